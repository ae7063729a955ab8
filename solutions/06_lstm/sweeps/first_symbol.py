"""How far back a cell learns to recall the first symbol, by its start: `python solutions/06_lstm/sweeps/first_symbol.py`.

All nets have 32 units, read batches of 32 sequences, and are tested on 500 others after every 50 steps of Adam. A run ends
when it is right on 95 % of those, or at the limit of steps. A start that succeeded in no run at one lag is not tried at
longer ones.
"""

import argparse
import time
from functools import partial

import numpy as np

from rnn_core.cells import LSTM, TANH
from rnn_core.data import recorded
from rnn_core.data.recall import first_symbol
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.train import fit

H, N = 32, 32
STARTS = {  # cell, how all weights start, forget bias, learning rate
    "tanh, orthogonal": (TANH, "orthogonal", None, 1e-3),
    "LSTM, uniform, bias 1": (LSTM, "uniform", 1, 1e-2),
    "LSTM, uniform, bias 3": (LSTM, "uniform", 3, 1e-2),
    "LSTM, uniform, bias 5": (LSTM, "uniform", 5, 1e-2),
    "LSTM, orthogonal, bias 1": (LSTM, "orthogonal", 1, 1e-2),
    "LSTM, orthogonal, bias 5": (LSTM, "orthogonal", 5, 1e-2),
}


def start(rng, cell, kind, bias, D):
    """The parameters; the uniform start draws every number of the cell from +-1 / sqrt(H), as torch does."""
    params = net_params(rng, cell, D, H, 4, dtype=np.float32)
    if kind == "uniform":
        for name in ("layer1.W_xh", "layer1.W_hh", "layer1.b", "W_hy", "b_y"):
            params[name][...] = rng.uniform(-1, 1, params[name].shape) / np.sqrt(H)
    if bias is not None:
        params["layer1.b"][H : 2 * H] += bias
    return params


def run(name, lag, seed, limit):
    """One run. Returns: a row of the table."""
    cell, kind, bias, lr = STARTS[name]
    rng = np.random.default_rng(seed)
    x, targets = first_symbol(rng, 500, lag + 1)
    params, optimizer, steps, share = start(rng, cell, kind, bias, x.shape[2]), Adam(lr), 0, 0.0
    while steps < limit and share < 0.95:
        batches = (first_symbol(rng, N, lag + 1) for _ in range(50))
        steps += len(fit(partial(last_step, cell), params, batches, optimizer).loss)
        y, *_ = net_forward(cell, params, x, last=True)
        share = float(np.mean(y.argmax(axis=1) == targets))
    row = {"start": name, "lag": lag, "seed": seed, "steps": steps, "right": round(share, 3)}
    return row | {"learned": share >= 0.95}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--limit", type=int, default=500, help="steps of training")
    parser.add_argument("--lags", type=int, nargs="+", default=[20, 40, 80, 160])
    options = parser.parse_args()
    began, rows, alive = time.perf_counter(), [], list(STARTS)
    for lag in options.lags:
        for name in list(alive):
            found = [run(name, lag, seed, options.limit) for seed in range(options.seeds)]
            rows += found
            learned = sum(row["learned"] for row in found)
            print(f"lag {lag:4}  {name:26} {learned:3} of {options.seeds}", flush=True)
            if not learned:
                alive.remove(name)
    command = "python solutions/06_lstm/sweeps/first_symbol.py"
    print(recorded.save("lstm_first_symbol", rows, command, time.perf_counter() - began))


if __name__ == "__main__":
    main()
