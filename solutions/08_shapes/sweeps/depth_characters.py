"""Record the character model with 1, 2 and 3 layers: equal parameters, equal time of the processor."""

import argparse
import time

import numpy as np

from rnn_core.cells import TANH
from rnn_core.data import recorded
from rnn_core.data.text import Vocabulary, load_text, split
from rnn_core.loss import cross_entropy, to_bits
from rnn_core.nets import every_step, net_forward, net_params
from rnn_core.optim import Adam, clip_global_norm
from rnn_core.sequence import stream_batches

UNITS = {
    1: 126,
    2: 87,
    3: 72,
}  # the largest nets of at most 40,000 parameters for 94 characters
TIMES = 2, 4, 8  # seconds of the processor
RATES = 0.003, 0.006  # learning rates

text = load_text()
vocabulary = Vocabulary(text)
train_ids, test_ids = split(vocabulary.encode(text), held_out=0.1)
V = len(vocabulary)


def batches(rng):
    """Chunks of 32 streams, pass after pass, each from another place; True where a pass begins."""
    while True:
        begins = True
        for batch in stream_batches(train_ids[rng.integers(1000) :], 32, 32):
            yield begins, batch
            begins = False


def held_out_bits(params):
    """Bits a character on 64 pieces of 200 held-out characters."""
    inputs, targets = next(stream_batches(test_ids[: 64 * 200 + 1], 64, 200))
    logits, _, _ = net_forward(TANH, params, inputs)
    return float(to_bits(cross_entropy(logits, targets)[0]))


def run(layers, seed, rate):
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, V, UNITS[layers], V, layers, dtype=np.float32)
    optimizer, stream, rows, state, spent, steps = Adam(rate), batches(rng), [], None, 0.0, 0
    for limit in TIMES:
        start = time.process_time() - spent
        while spent < limit:
            begins, batch = next(stream)
            _, grads, state = every_step(TANH, params, batch, None if begins else state)
            optimizer.step(params, clip_global_norm(grads, 1.0)[0])
            steps, spent = steps + 1, time.process_time() - start
        bits = round(held_out_bits(params), 4)
        about = {"layers": layers, "seed": seed, "rate": rate, "seconds": limit}
        rows.append({**about, "steps": steps, "bits": bits})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rates", type=float, nargs="+", default=RATES)
    parser.add_argument(
        "--add", action="store_true", help="to the rows that are recorded already"
    )
    options = parser.parse_args()
    rows, seconds, start = [], 0, time.perf_counter()
    if options.add:
        before = recorded.load("depth_characters")
        rows, seconds = before["rows"], before["seconds"]
    for rate in options.rates:
        for seed in range(options.seeds):
            for layers in UNITS:
                rows += run(layers, seed, rate)
    command = "python solutions/08_shapes/sweeps/depth_characters.py"
    print(
        recorded.save("depth_characters", rows, command, seconds + time.perf_counter() - start)
    )


if __name__ == "__main__":
    main()
