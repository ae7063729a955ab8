"""A tanh cell against an LSTM of equal size on a text: `python solutions/06_lstm/sweeps/text_race.py`.

Both get the same CPU time, not the same number of steps. First short races at several learning rates, then long ones of
each cell, at the rate that was best in its short races and at a quarter of it. The rate falls along a straight line to
5 %. What a model is worth is measured on 20,000 held-out characters, read in ten pieces; that takes no time from the race.
"""

import argparse
import time

import numpy as np

from rnn_core.cells import LSTM, TANH
from rnn_core.data import recorded
from rnn_core.data.text import Vocabulary, load_text, split
from rnn_core.loss import cross_entropy, to_bits
from rnn_core.nets import every_step, net_forward, net_params
from rnn_core.optim import Adam, clip_global_norm
from rnn_core.sequence import stream_batches

N, T = 16, 50
CELLS = {"tanh": (TANH, 125, None), "LSTM": (LSTM, 56, 1)}  # cell, units, forget bias
RATES = 0.004, 0.008, 0.016, 0.032


def bits(cell, params, held_out):
    """Bits a character on the first 20,000 held-out ones."""
    inputs, targets = held_out[:20_000].reshape(10, -1), held_out[1:20_001].reshape(10, -1)
    return to_bits(cross_entropy(net_forward(cell, params, inputs)[0], targets)[0])


def race(name, lr, budget, V, train, held_out, looks):
    """One run. Returns: a row of the table, with the CPU time, steps and bits at each look at the held-out text."""
    cell, H, bias = CELLS[name]
    rng = np.random.default_rng(0)
    params, optimizer = net_params(rng, cell, V, H, V, dtype=np.float32), Adam(lr)
    if bias is not None:
        params["layer1.b"][H : 2 * H] = bias
    row = {
        "cell": name,
        "units": H,
        "numbers": sum(p.size for p in params.values()),
        "rate": lr,
        "budget": budget,
    }
    row |= {"seconds": [], "steps": [], "bits": []}
    spent, steps = 0.0, 0
    while spent < budget:
        state = None
        for batch in stream_batches(train, N, T):
            began = time.process_time()
            optimizer.lr = lr * (1 - 0.95 * spent / budget)
            _, grads, state = every_step(cell, params, batch, state)
            optimizer.step(params, clip_global_norm(grads, 1.0)[0])
            steps, spent = steps + 1, spent + time.process_time() - began
            if spent >= budget * (len(row["bits"]) + 1) / looks:
                row["seconds"].append(round(spent, 2))
                row["steps"].append(steps)
                row["bits"].append(round(bits(cell, params, held_out), 4))
            if spent >= budget:
                break
    print(row, flush=True)
    return row


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--short", type=float, default=5, help="seconds of CPU time of a short race"
    )
    parser.add_argument(
        "--long", type=float, default=50, help="seconds of CPU time of a long race"
    )
    options = parser.parse_args()
    text = load_text()
    vocabulary = Vocabulary(text)
    data = len(vocabulary), *split(vocabulary.encode(text))
    began, rows = time.perf_counter(), []
    for name in CELLS:
        found = [race(name, lr, options.short, *data, looks=1) for lr in RATES]
        best = min(found, key=lambda row: row["bits"][-1])["rate"]
        rows += found + [
            race(name, lr, options.long, *data, looks=10) for lr in (best, best / 4)
        ]
    command = "python solutions/06_lstm/sweeps/text_race.py"
    print(recorded.save("lstm_text_race", rows, command, time.perf_counter() - began))


if __name__ == "__main__":
    main()
