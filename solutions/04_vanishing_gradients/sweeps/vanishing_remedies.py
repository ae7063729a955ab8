"""Recall of the first symbol over lag, remedy and seed: what lesson 4 draws.

Run from the repository's root: python solutions/04_vanishing_gradients/sweeps/vanishing_remedies.py
The seeds of one setting are trained side by side, (S, N, H) at once. The learning rate of a setting is the best of
a few on pilot seeds, which are not among those that the lesson counts. `--only momentum` runs the settings again whose
name holds this text, and keeps the other rows.
"""

import argparse
import time
from typing import NamedTuple

import numpy as np

from rnn_core.activations import softmax
from rnn_core.data.recall import DISTRACTORS, SYMBOLS, first_symbol
from rnn_core.data.recorded import load, save
from rnn_core.init import glorot, orthogonal, uniform
from rnn_core.optim import SGD, Adam, Momentum

H, N, STEPS, TESTS, EPS = (
    32,
    32,
    600,
    256,
    1e-5,
)  # units, sequences a batch, training steps, fresh sequences
PILOT_SEEDS, SEEDS = range(100, 106), range(20)
RATES = {
    "SGD": (0.003, 0.01, 0.03, 0.1),
    "Momentum": (0.003, 0.01, 0.03, 0.1),
    "Adam": (1e-3, 3e-3, 1e-2),
}
OPTIMIZERS = {"SGD": SGD, "Momentum": Momentum, "Adam": Adam}


class Setting(NamedTuple):
    """How a net starts and learns."""

    start: str
    optimizer: str
    limit: float | None = None  # of clipping
    norm: str = ""  # layer or batch
    cut: int | None = None  # steps that the gradient goes back
    varied: bool = False  # each batch another lag, from half of it to one and a half


SETTINGS = {
    "uniform start, SGD": Setting("uniform", "SGD"),
    "uniform start, momentum": Setting("uniform", "Momentum"),
    "uniform start, momentum, clipped": Setting("uniform", "Momentum", limit=0.5),
    "uniform start, Adam": Setting("uniform", "Adam"),
    "orthogonal start, SGD": Setting("orthogonal", "SGD"),
    "orthogonal start, momentum": Setting("orthogonal", "Momentum"),
    "orthogonal start, momentum, clipped": Setting("orthogonal", "Momentum", limit=0.5),
    "orthogonal start, Adam": Setting("orthogonal", "Adam"),
    "orthogonal start, Adam, clipped": Setting("orthogonal", "Adam", limit=0.5),
    "orthogonal start, Adam, truncated": Setting("orthogonal", "Adam", cut=10),
    "orthogonal start, Adam, lengths varied": Setting("orthogonal", "Adam", varied=True),
    "uniform start, Adam, layer norm": Setting("uniform", "Adam", norm="layer"),
    "uniform start, Adam, batch norm": Setting("uniform", "Adam", norm="batch"),
    "orthogonal start, Adam, layer norm": Setting("orthogonal", "Adam", norm="layer"),
    "orthogonal start, Adam, batch norm": Setting("orthogonal", "Adam", norm="batch"),
}
TABLE_LAGS, CURVE_LAGS = (
    (20, 40),
    (2, 5, 10, 15, 30, 60),
)  # the curve has the table's lags as well
CURVE = ("uniform start, Adam", "orthogonal start, Adam", "orthogonal start, momentum, clipped")
WITH_ALL_RATES = ("orthogonal start, momentum", "orthogonal start, momentum, clipped")
ALL_RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
AXIS = {"layer": -1, "batch": -2}


class Nets:
    """A net for each seed, side by side: every array has a first axis of seeds."""

    def __init__(self, seeds, start, norm):
        self.rngs, self.norm = [np.random.default_rng(seed) for seed in seeds], norm
        drawn = [self.draw(rng, start) for rng in self.rngs]
        self.params = {
            name: np.stack([p[name] for p in drawn]).astype(np.float32) for name in drawn[0]
        }

    def draw(self, rng, start):
        W_hh = (
            orthogonal(rng, H)
            if start == "orthogonal"
            else uniform(rng, (H, H), 1 / np.sqrt(H))
        )
        params = {
            "W_xh": glorot(rng, SYMBOLS + DISTRACTORS, H),
            "W_hh": W_hh,
            "b": np.zeros((1, H)),
        }
        params |= {"W_hy": glorot(rng, H, SYMBOLS), "b_y": np.zeros((1, SYMBOLS))}
        return params | ({"gain": np.ones((1, H))} if self.norm else {})

    def batch(self, rows, T):
        """x (S, N, T, D) and targets (S, N), each net's own."""
        x, targets = zip(*(first_symbol(rng, rows, T) for rng in self.rngs), strict=True)
        return np.stack(x), np.stack(targets)

    def forward(self, x, statistics=None):
        """States (T + 1, S, N, H), and what the way back needs. statistics: (mean, var) of each step, for a test."""
        p, (S, rows, T, _) = self.params, x.shape
        a = np.ascontiguousarray(
            (x.reshape(S, rows * T, -1) @ p["W_xh"])
            .reshape(S, rows, T, H)
            .transpose(2, 0, 1, 3)
        )
        h, kept = np.zeros((T + 1, S, rows, H), np.float32), []
        for t in range(T):
            s = h[t] @ p["W_hh"]
            s += a[t]
            if self.norm:
                axis = AXIS[self.norm]
                if statistics is None:
                    mean = s.mean(axis=axis, keepdims=True)
                    var = ((s - mean) ** 2).mean(axis=axis, keepdims=True)
                else:
                    mean, var = (part[min(t, len(part) - 1)] for part in statistics)
                scale = 1 / np.sqrt(var + np.float32(EPS))
                normal = (s - mean) * scale
                kept.append((normal, scale, mean, var))
                s = p["gain"] * normal
            h[t + 1] = np.tanh(s + p["b"])
        return h, kept

    def gradients(self, x, targets, cut):
        p, (S, rows, T, _) = self.params, x.shape
        h, kept = self.forward(x)
        scores = h[-1] @ p["W_hy"] + p["b_y"]
        dy = (softmax(scores) - np.eye(SYMBOLS, dtype=np.float32)[targets]) / np.float32(rows)
        grads = {"W_hy": h[-1].swapaxes(1, 2) @ dy, "b_y": dy.sum(axis=1, keepdims=True)}
        grads["b"] = np.zeros_like(p["b"])
        if self.norm:
            grads["gain"] = np.zeros_like(p["gain"])
        dh, da, W_hh_T = (
            dy @ p["W_hy"].swapaxes(1, 2),
            np.zeros_like(h[1:]),
            p["W_hh"].swapaxes(1, 2).copy(),
        )
        for t in reversed(range(0 if cut is None else T - cut, T)):
            d = dh * (1 - h[t + 1] ** 2)
            grads["b"] += d.sum(axis=1, keepdims=True)
            if self.norm:
                normal, scale, *_ = kept[t]
                grads["gain"] += (d * normal).sum(axis=1, keepdims=True)
                d, axis = d * p["gain"], AXIS[self.norm]
                d = scale * (
                    d
                    - d.mean(axis=axis, keepdims=True)
                    - normal * (d * normal).mean(axis=axis, keepdims=True)
                )
            da[t] = d
            dh = d @ W_hh_T
        da = da.transpose(1, 2, 0, 3).reshape(S, rows * T, H)
        grads["W_xh"] = x.reshape(S, rows * T, -1).swapaxes(1, 2) @ da
        grads["W_hh"] = h[:-1].transpose(1, 2, 0, 3).reshape(S, rows * T, H).swapaxes(1, 2) @ da
        return grads, kept

    def share_right(self, T, statistics=None):
        """The share of right answers on fresh sequences, one number a net."""
        x, targets = self.batch(TESTS, T)
        h, _ = self.forward(x, statistics)
        scores = h[-1] @ self.params["W_hy"] + self.params["b_y"]
        right = (scores.argmax(axis=-1) == targets).mean(axis=1)
        return np.where(np.isfinite(scores).all(axis=(1, 2)), right, 0)


def clip(grads, limit):
    """Each net's gradient by a factor of its own."""
    norm = np.sqrt(sum((g.astype(np.float64) ** 2).sum(axis=(1, 2)) for g in grads.values()))
    factor = np.minimum(1, limit / np.maximum(norm, 1e-30)).astype(np.float32)[:, None, None]
    return {name: g * factor for name, g in grads.items()}


def train(name, rate, lag, seeds, steps=STEPS):
    """The rows of one setting: what each seed's net gets right at the end."""
    setting = SETTINGS[name]
    nets, rule, T = (
        Nets(seeds, setting.start, setting.norm),
        OPTIMIZERS[setting.optimizer](rate),
        lag + 1,
    )
    longer, lengths = 1 + lag * 3 // 2, np.random.default_rng(0)
    own, shared = [], None  # running statistics: a set for each step, and one for all
    for _ in range(steps):
        now = int(lengths.integers(1 + lag // 2, longer + 1)) if setting.varied else T
        grads, kept = nets.gradients(*nets.batch(N, now), setting.cut)
        rule.step(nets.params, grads if setting.limit is None else clip(grads, setting.limit))
        if setting.norm == "batch":
            seen = [np.stack([mean, var * N / (N - 1)]) for _, _, mean, var in kept]
            own = own or [np.stack([np.zeros_like(m), np.ones_like(v)]) for m, v in seen]
            shared = own[0] if shared is None else shared
            for t, new in enumerate(seen):
                own[t] = 0.9 * own[t] + 0.1 * new
                shared = 0.9 * shared + 0.1 * new
    if setting.norm == "batch":
        each = tuple(np.stack(part).astype(np.float32) for part in zip(*own, strict=True))
        one = tuple(part[None].astype(np.float32) for part in shared)
        found = {"test": nets.share_right(T, each), "longer": nets.share_right(longer, each)}
        found |= {"shared": nets.share_right(T, one), "batch": nets.share_right(T)}
    else:
        found = {"test": nets.share_right(T), "longer": nets.share_right(longer)}
    return [
        {"setting": name, "rate": rate, "lag": lag, "steps": steps, "seed": seed}
        | {key: round(float(values[k]), 3) for key, values in found.items()}
        for k, seed in enumerate(seeds)
    ]


def best_rate(name, lag):
    """The learning rate that does best on the pilot seeds; of equal ones the smallest."""
    rates = RATES[SETTINGS[name].optimizer]
    return max(
        rates,
        key=lambda rate: np.mean([row["test"] for row in train(name, rate, lag, PILOT_SEEDS)]),
    )


def experiments(text):
    """What is run and counted: part of the lesson, setting, learning rate, lag and steps."""
    chosen = [name for name in SETTINGS if text in name]
    for name in chosen:
        for lag in TABLE_LAGS:
            rate = best_rate(name, lag)
            yield "table", name, rate, lag, STEPS
            if name == "orthogonal start, Adam" and lag == TABLE_LAGS[-1]:
                yield "patience", name, rate, lag, 3 * STEPS
    for name in set(CURVE).intersection(chosen):
        for lag in CURVE_LAGS:
            yield "curve", name, best_rate(name, lag), lag, STEPS
    for name in set(WITH_ALL_RATES).intersection(chosen):
        for rate in ALL_RATES:
            yield "rates", name, rate, TABLE_LAGS[0], STEPS


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", help="run the settings again whose name holds this text"
    )
    only = parser.parse_args().only
    rows, start, before = (
        [],
        time.process_time(),
        0,
    )  # one thread: the time that an idle machine takes
    if only:
        old = load("vanishing_remedies")
        rows, before = (
            [row for row in old["rows"] if only not in row["setting"]],
            old["seconds"],
        )
    with np.errstate(all="ignore"):  # a net that explodes is a result, and counts as a failure
        for part, *experiment in experiments(only):
            name, rate, lag, steps = experiment
            found = train(name, rate, lag, SEEDS, steps)
            rows += [{"part": part, **row} for row in found]
            learned = sum(row["test"] > 0.95 for row in found)
            print(
                f"{time.process_time():5.0f} s {part:8} {name:38} rate {rate:<5} lag {lag:2}: {learned:2} of {len(SEEDS)}",
                flush=True,
            )
    order = {name: k for k, name in enumerate(SETTINGS)}
    rows.sort(key=lambda row: (row["part"], order[row["setting"]]))
    command = "python solutions/04_vanishing_gradients/sweeps/vanishing_remedies.py"
    save("vanishing_remedies", rows, command, before + time.process_time() - start)


if __name__ == "__main__":
    main()
