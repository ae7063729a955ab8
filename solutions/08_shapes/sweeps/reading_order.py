"""Sentences with filler, read from the front or from the back: how often does a tanh net learn them?

    python solutions/08_shapes/sweeps/reading_order.py

Some six minutes on a free core; the lesson draws the table that it writes.
"""

import argparse
import os
import time

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # products this small are faster on one thread

from functools import partial

import numpy as np

from rnn_core.cells import TANH
from rnn_core.data import recorded, sentences
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.train import fit

UNITS, STEPS, V = 32, 1000, len(sentences.WORDS)


def run(seed, filler, before, backwards):
    """Train one net; the share of right labels on sentences that it was not trained on."""
    rng = np.random.default_rng(seed)
    to_train, to_test = sentences.split(rng)

    def change(words):
        words = sentences.with_filler(rng, words, filler, before)
        return words[::-1] if backwards else words

    params = net_params(rng, TANH, V, UNITS, 2, dtype=np.float32)
    params["layer1.W_xh"] *= (
        3  # a word picks one row, and Glorot's rule reckons with a sum of many
    )
    batches = (sentences.draw(rng, to_train, 64, change=change) for _ in range(STEPS))
    fit(partial(last_step, TANH), params, batches, Adam(3e-3), steps=STEPS, clip=1.0, decay=0.1)
    x, targets, mask = sentences.draw(rng, to_test, 1000, change=change)
    y, _, _ = net_forward(TANH, params, x, mask=mask, last=True)
    return float(np.mean(y.argmax(axis=1) == targets))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--filler", type=int, nargs="+", default=[0, 2, 4, 8])
    chosen = parser.parse_args()
    rows, start = [], time.perf_counter()
    for filler in chosen.filler:
        for before in (False, True)[: 1 + (filler > 0)]:
            for backwards in (False, True):
                for seed in range(chosen.seeds):
                    right = run(seed, filler, before, backwards)
                    rows.append(
                        {
                            "filler": filler,
                            "before": before,
                            "backwards": backwards,
                            "seed": seed,
                            "right": right,
                        }
                    )
                print(rows[-1], flush=True)
    print(
        recorded.save(
            "reading_order",
            rows,
            "python solutions/08_shapes/sweeps/reading_order.py",
            time.perf_counter() - start,
        )
    )


if __name__ == "__main__":
    main()
