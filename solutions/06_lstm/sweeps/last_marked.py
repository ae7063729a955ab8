"""The last marked symbol, by cells of equal size: `python solutions/06_lstm/sweeps/last_marked.py`.

Sequences of 40 steps with 1 to 4 marks in the first half, batches of 32; tested on 500 others after every 50 steps of
training. A run ends when it is right on 95 % of those, or at the limit of steps.
"""

import argparse
import time
from functools import partial

import numpy as np

from rnn_core import leaky
from rnn_core.cells import LSTM, TANH, Cell
from rnn_core.data import recorded
from rnn_core.data.recall import last_marked
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam, Momentum
from rnn_core.train import fit

T, N = 40, 32
LEAKS = leaky.leak_for(np.geomspace(1, 100, 64)).astype(
    np.float32
)  # time constants of 1 to 100 steps


def leaky_forward(x, h0, W_xh, W_hh, b, mask=None):
    """Leaky units whose leaks stay as they are."""
    return leaky.forward(x, h0, W_xh, W_hh, b, LEAKS, mask)


def leaky_backward(dh, cache):
    """The gradient without that of the leaks."""
    return leaky.backward(dh, cache)[:-1]


LEAKY = Cell(leaky_forward, leaky_backward, ("W_xh", "W_hh", "b"))
NETS = {  # cell, units, forget bias, optimizer, clip
    "LSTM, bias 3": (LSTM, 31, 3, lambda: Adam(1e-2), None),
    "leaky units": (LEAKY, 64, None, lambda: Adam(1e-2), None),
    "tanh, Adam": (TANH, 64, None, lambda: Adam(1e-3), None),
    "tanh, SGD clipped": (TANH, 64, None, lambda: Momentum(0.1), 0.5),
}


def run(name, seed, limit):
    """One run. Returns: a row of the table."""
    cell, H, bias, optimizer, clip = NETS[name]
    rng = np.random.default_rng(seed)
    x, targets = last_marked(rng, 500, T)
    params = net_params(rng, cell, x.shape[2], H, 4, dtype=np.float32)
    if bias is not None:
        params["layer1.b"][H : 2 * H] = bias
    optimizer, steps, share, best = optimizer(), 0, 0.0, 0.0
    while steps < limit and share < 0.95:
        batches = (last_marked(rng, N, T) for _ in range(50))
        steps += len(fit(partial(last_step, cell), params, batches, optimizer, clip=clip).loss)
        y, *_ = net_forward(cell, params, x, last=True)
        share = float(np.mean(y.argmax(axis=1) == targets))
        best = max(best, share)
    numbers = sum(p.size for p in params.values())
    row = {"net": name, "units": H, "numbers": numbers, "seed": seed, "steps": steps}
    return row | {"right": round(share, 3), "best": round(best, 3), "learned": share >= 0.95}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--limit", type=int, default=1000, help="steps of training")
    options = parser.parse_args()
    began, rows = time.perf_counter(), []
    for name in NETS:
        found = [run(name, seed, options.limit) for seed in range(options.seeds)]
        rows += found
        learned, best = sum(row["learned"] for row in found), max(row["best"] for row in found)
        print(f"{name:20} {learned:3} of {options.seeds}, at best {best:.2f} right", flush=True)
    command = "python solutions/06_lstm/sweeps/last_marked.py"
    print(recorded.save("lstm_last_marked", rows, command, time.perf_counter() - began))


if __name__ == "__main__":
    main()
