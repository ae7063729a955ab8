"""Record a character model of two layers on little text, with and without dropout between them."""

import argparse
import time

import numpy as np

from rnn_core.cells import TANH
from rnn_core.data import recorded
from rnn_core.data.text import Vocabulary, load_text, split
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy, to_bits
from rnn_core.nets import net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.sequence import one_hot, stream_batches
from rnn_core.stack import stack_backward, stack_forward
from rnn_core.train import fit

SHARES = 0.0, 0.25, 0.5
STEPS, EVERY = 1500, 150

text = load_text()
vocabulary = Vocabulary(text)
train_ids, test_ids = split(vocabulary.encode(text), held_out=0.1)
little, V = train_ids[:40_000], len(vocabulary)


def bits(params, ids):
    """Bits a character on 32 pieces of 200 characters, with nothing dropped."""
    inputs, targets = next(stream_batches(ids[: 32 * 200 + 1], 32, 200))
    logits, _, _ = net_forward(TANH, params, inputs)
    return round(float(to_bits(cross_entropy(logits, targets)[0])), 4)


def with_dropout(share, seed, steps=STEPS):
    """Train; a row with the bits on text that was learned from and on held-out text, every so many steps."""
    rng, rows = np.random.default_rng(seed), []
    params = net_params(rng, TANH, V, 128, V, layers=2, dtype=np.float32)

    def loss_and_grads(p, batch, state):
        inputs, targets = batch
        x = one_hot(inputs, V, np.float32)
        h, state, stack = stack_forward(TANH, p, x, state, None, share, rng)
        logits, output = output_forward(h, p["W_hy"], p["b_y"])
        loss, dlogits = cross_entropy(logits, targets)
        dh, dW_hy, db_y = output_backward(dlogits, output)
        return loss, stack_backward(dh, None, stack)[2] | {"W_hy": dW_hy, "b_y": db_y}, state

    def watch(step, history):
        if step % EVERY == 0:
            known, new = bits(params, little), bits(params, test_ids)
            rows.append(
                {"share": share, "seed": seed, "step": step, "trained": known, "held_out": new}
            )

    def passes():
        return stream_batches(little[rng.integers(32) :], 16, 32)

    fit(loss_and_grads, params, passes, Adam(2e-3), clip=1.0, steps=steps, on_step=watch)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    start = time.perf_counter()
    rows = [
        row for seed in range(seeds) for share in SHARES for row in with_dropout(share, seed)
    ]
    command = "python solutions/08_shapes/sweeps/depth_dropout.py"
    print(recorded.save("depth_dropout", rows, command, time.perf_counter() - start))


if __name__ == "__main__":
    main()
