"""Train the translators of lesson 8 over many seeds, and record how many sentences they get right.

python solutions/08_shapes/sweeps/translation.py feeding     what the decoder is fed, in two grammars
python solutions/08_shapes/sweeps/translation.py attention   with and without attention, by the number of units
python solutions/08_shapes/sweeps/translation.py longer      without attention, six times as many steps
"""

import argparse
import itertools
import time
from functools import partial

import numpy as np

from rnn_core.attention import DOT
from rnn_core.beam import greedy
from rnn_core.cells import GRU
from rnn_core.data import recorded, translation
from rnn_core.optim import Adam
from rnn_core.seq2seq import (
    FEEDS,
    encoder_forward,
    seq2seq_forward,
    seq2seq_loss_and_grads,
    seq2seq_params,
    seq2seq_step,
)
from rnn_core.train import fit

V_X, V_Y = len(translation.ENGLISH), len(translation.JAPANESE)
LENGTH = 10  # of the longest translation, with <end>


def trained(seed, feed="true", attention=None, H=96, free=True, steps=400):
    """Train one translator. Returns: parameters, what it has not seen, and the mean loss of the last 50 steps."""
    rng = np.random.default_rng(seed)
    train, test = translation.split(rng)
    params = seq2seq_params(rng, GRU, V_X, V_Y, 32, H, attention=attention, dtype=np.float32)
    history = fit(
        partial(seq2seq_loss_and_grads, GRU, attention=attention, feed=feed),
        params,
        (translation.batch(rng, train, 64, free)[1] for _ in range(steps)),
        Adam(1e-2),
        clip=1.0,
        steps=steps,
        decay=0.05,
    )
    return params, test, float(np.mean(history.loss[-50:]))


def right(params, test, feed="true", attention=None, N=300):
    """Which of N sentences that it has not seen it translates rightly, fed as in training; and their right orders."""
    meant, (source, mask, _, _) = translation.batch(np.random.default_rng(99), test, N)
    first = np.full(N, translation.START_ID)
    if feed == "none":
        inputs = np.repeat(first[:, None], LENGTH, axis=1)
        ids = seq2seq_forward(GRU, params, source, inputs, mask, attention)[0].argmax(axis=2)
    else:
        encoded, _ = encoder_forward(GRU, params, source, mask)
        step = partial(seq2seq_step, GRU, params, attention=attention)
        ids = greedy(step, encoded, first, LENGTH, translation.END_ID)
    return translation.exact(ids, meant), np.array(
        [len(translation.japanese(m)) for m in meant]
    )


def feeding(seeds):
    for free, seed, feed in itertools.product((True, False), range(seeds), FEEDS):
        params, test, loss = trained(seed, feed, free=free)
        good, orders = right(params, test, feed)
        by_orders = {f"right_{k}": round(float(good[orders == k].mean()), 4) for k in (1, 2, 4)}
        yield {
            "grammar": "free" if free else "fixed",
            "feed": feed,
            "seed": seed,
            "loss": round(loss, 4),
            "right": round(float(good.mean()), 4),
        } | by_orders


def attention(seeds):
    for H, seed, kind in itertools.product((16, 24, 32, 48, 64, 96), range(seeds), (None, DOT)):
        yield by_units(H, seed, kind, steps=250)


def longer(seeds):
    for H, seed in itertools.product((32, 64), range(seeds)):
        yield by_units(H, seed, None, steps=1500)


def by_units(H, seed, kind, steps):
    params, test, loss = trained(seed, attention=kind, H=H, steps=steps)
    share = float(right(params, test, attention=kind)[0].mean())
    return {
        "H": H,
        "attention": bool(kind),
        "seed": seed,
        "loss": round(loss, 4),
        "right": round(share, 4),
    }


PARTS = {"feeding": (feeding, 12), "attention": (attention, 10), "longer": (longer, 5)}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--seeds", type=int)
    args = parser.parse_args()
    run, usual = PARTS[args.part]
    start, rows = time.perf_counter(), []
    for row in run(args.seeds or usual):
        rows.append(row)
        print(row, flush=True)
    command = f"python solutions/08_shapes/sweeps/translation.py {args.part}"
    print(recorded.save(f"translation_{args.part}", rows, command, time.perf_counter() - start))


if __name__ == "__main__":
    main()
