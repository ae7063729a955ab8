"""Recall by tanh, leaky and gated units, the gate's bias, and steeper gates, over seeds: what lesson 5 draws.

Run: python solutions/05_gating/sweeps/gates.py
"""

import argparse
import time
from functools import partial

import numpy as np

from rnn_core import gates, leaky, one_gate
from rnn_core.cells import TANH, Cell
from rnn_core.data import recall, recorded
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam, Momentum
from rnn_core.train import fit

N, H, V = 32, 32, 4
SPREAD = np.logspace(0, 2, H)  # time constants of 1 to 100 steps
TASKS = {"first": recall.first_symbol, "marked": recall.last_marked}
WEIGHTS = "W_xh", "W_hh", "b"


def leaky_cell(connected=True):
    """Leaky units with fixed leaks; without connections each unit reads the input and itself alone."""
    leak = leaky.leak_for(SPREAD).astype(np.float32)

    def forward(x, h0, W_xh, W_hh, b, mask=None):
        return leaky.forward(x, h0, W_xh, W_hh * np.float32(connected), b, leak, mask)

    def backward(dh, cache):
        dx, dh0, dW_xh, dW_hh, db, _ = leaky.backward(dh, cache)
        return dx, dh0, dW_xh, dW_hh * np.float32(connected), db

    return Cell(forward, backward, WEIGHTS)


def gated_cell(gate=gates.SIGMOID):
    return Cell(partial(one_gate.forward, gate=gate), one_gate.backward, WEIGHTS, blocks=2)


def opening(steps):
    """The share that lets a state fall to 1/e in so many steps."""
    return leaky.leak_for(np.broadcast_to(steps, H))


def learn(task, T, cell, optimizer, seed, steps, bias=None):
    """Train until 95 % of 256 fresh sequences are right, looked at every 20 steps. Returns: the row's results."""
    rng, draw = np.random.default_rng(seed), TASKS[task]
    x, targets = draw(np.random.default_rng(10_000 + seed), 256, T)
    params = net_params(rng, cell, x.shape[2], H, V, dtype=np.float32)
    if bias is not None:
        params["layer1.b"][:H] = bias
    step, best = 0, 0.0
    while step < steps and best < 0.95:
        fit(
            partial(last_step, cell),
            params,
            (draw(rng, N, T) for _ in range(20)),
            optimizer,
            clip=CLIP[type(optimizer)],
        )
        step += 20
        best = max(
            best,
            float(
                np.mean(net_forward(cell, params, x, last=True)[0].argmax(axis=1) == targets)
            ),
        )
    return {"seed": seed, "success": best >= 0.95, "steps": step, "best": round(best, 3)}


CLIP = {Adam: 1.0, Momentum: 0.5}
SPREAD_BIAS = np.log(opening(SPREAD) / (1 - opening(SPREAD)))
CELLS = {
    "tanh": (TANH, lambda: Momentum(0.1), None),
    "leaky": (leaky_cell(), lambda: Adam(1e-2), None),
    "gated": (gated_cell(), lambda: Adam(1e-2), SPREAD_BIAS),
}
MARKED = {
    "tanh": CELLS["tanh"],
    "tanh, Adam": (TANH, lambda: Adam(1e-3), None),
    "leaky, apart": (leaky_cell(connected=False), lambda: Adam(3e-2), None),
    "leaky": (leaky_cell(), lambda: Adam(3e-2), None),
    "gated": CELLS["gated"],
}


def recall_rows(seeds):
    for lag in (20, 40, 80, 160):
        for name, (cell, optimizer, bias) in CELLS.items():
            for seed in range(seeds):
                yield {"task": "first", "lag": lag, "cell": name} | learn(
                    "first", lag + 1, cell, optimizer(), seed, 600, bias
                )
    for name, (cell, optimizer, bias) in MARKED.items():
        for seed in range(seeds):
            yield {"task": "marked", "lag": 40, "cell": name} | learn(
                "marked", 40, cell, optimizer(), seed, 2400, bias
            )


def bias_rows(seeds):
    for steps in (1.5, 5, 20, 100, 400):
        share = opening(steps)
        for seed in range(seeds):
            bias = np.log(share / (1 - share))
            yield {"time constant": steps} | learn(
                "first", 161, gated_cell(), Adam(1e-2), seed, 400, bias
            )


def steeper_rows(seeds):
    """All gates start with the same openings: only the slope differs."""
    share = opening(SPREAD)
    for kind, make, slopes in (
        ("sigmoid", gates.steep, (1, 3, 10, 30, 100)),
        ("hard", gates.hard, (0.25, 1, 4, 16)),
    ):
        for slope in slopes:
            bias = (np.log(share / (1 - share)) if kind == "sigmoid" else share - 0.5) / slope
            for seed in range(seeds):
                yield {"gate": kind, "slope": slope} | learn(
                    "marked", 40, gated_cell(make(slope)), Adam(1e-2), seed, 600, bias
                )


SWEEPS = {
    "gating_recall": (recall_rows, 10),
    "gating_bias": (bias_rows, 10),
    "gating_steeper": (steeper_rows, 10),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sweeps", nargs="*", default=list(SWEEPS), help="which of " + ", ".join(SWEEPS)
    )
    for name in parser.parse_args().sweeps:
        rows, seeds = SWEEPS[name]
        start, found = time.perf_counter(), []
        for row in rows(seeds):
            found.append(row)
            print(row, flush=True)
        command = "python solutions/05_gating/sweeps/gates.py " + name
        print(recorded.save(name, found, command, time.perf_counter() - start))


if __name__ == "__main__":
    main()
