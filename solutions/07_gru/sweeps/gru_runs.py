"""Record the runs of lesson 7: `OPENBLAS_NUM_THREADS=1 python solutions/07_gru/sweeps/gru_runs.py`.

Four parts, a row a run. "search": which learning rate suits which cell, on seeds of its own. "compare": GRU against
LSTM with about as many parameters, each with the learning rate that the search preferred; "longer": the first seeds
of it for twice as many steps. "held": a GRU of which one gate is held at a constant value.
"""

import argparse
import time
from functools import partial

import numpy as np

from rnn_core.cells import GRU, LSTM
from rnn_core.data import recorded
from rnn_core.data.recall import adding, last_marked
from rnn_core.data.text import Vocabulary, load_text, split
from rnn_core.loss import cross_entropy, squared_error, to_bits
from rnn_core.nets import every_step, last_step, net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.sequence import stream_batches
from rnn_core.train import fit

CELLS = {"GRU": GRU, "LSTM": LSTM}
UNITS = {"GRU": 36, "LSTM": 31}  # some 4,700 parameters; the text has more
TEXT_UNITS = {"GRU": 76, "LSTM": 64}
RATES = 3e-3, 1e-2, 3e-2
N, T, TEXT_T = 32, 40, 32
STEPS = {"last marked": 600, "adding": 600, "text": 900}
EVERY = {"last marked": 50, "adding": 50, "text": 100}
BLOCK = {"r": lambda H: slice(0, H), "z": lambda H: slice(H, 2 * H)}
BIAS = {
    "last marked": 3.0,
    "adding": 3.0,
    "text": 1.0,
}  # of the forget gate, or of the update gate


def start(task, kind, rng, H, D, V):
    """A net in float32 whose gate starts open for what the state holds."""
    params = net_params(rng, CELLS[kind], D, H, V, dtype=np.float32)
    params["layer1.b" if kind == "LSTM" else "layer1.b_x"][H : 2 * H] = BIAS[task]
    return params


def hold(params, H, gate, values):
    """Hold a gate of a GRU at these values, whatever comes in."""
    for name in GRU.weights:
        params[f"layer1.{name}"][..., BLOCK[gate](H)] = 0
    with np.errstate(divide="ignore"):
        logits = np.log(values) - np.log1p(
            -values
        )  # 1e3 either way is as good as infinity, and adds up
    params["layer1.b_x"][BLOCK[gate](H)] = np.clip(logits, -1e3, 1e3)


HELD = {  # of each gate that is held: its value in each of H units
    "nothing held": {},
    "r held at 1": {"r": np.ones},
    "z held at 0": {"z": np.zeros},
    "z held at many values": {"z": lambda H: 1 - 1 / np.geomspace(1.25, 40, H)},
    "both held": {"r": np.ones, "z": lambda H: 1 - 1 / np.geomspace(1.25, 40, H)},
}


def run(part, task, kind, lr, seed, steps, held="nothing held"):
    """One run: score and seconds of CPU time of training after every so many steps."""
    rng, fresh = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    cell, spent, row = (
        CELLS[kind],
        [0.0],
        {"part": part, "task": task, "cell": kind, "lr": lr, "seed": seed},
    )
    if task == "text":
        text = load_text()
        vocabulary = Vocabulary(text)
        train, test = split(vocabulary.encode(text))
        H, V, train = (
            TEXT_UNITS[kind],
            len(vocabulary),
            np.roll(train, -rng.integers(len(train))),
        )
        params, step = start(task, kind, rng, H, V, V), every_step
        x, y = test[:12800].reshape(64, 200), test[1:12801].reshape(64, 200)

        def batches():
            return stream_batches(train, N, TEXT_T)

        def score():
            return float(to_bits(cross_entropy(net_forward(cell, params, x)[0], y)[0]))
    else:
        H, (draw, D, V) = (
            UNITS[kind],
            {"last marked": (last_marked, 5, 4), "adding": (adding, 2, 1)}[task],
        )
        params = start(task, kind, rng, H, D, V)
        step = partial(last_step, loss=squared_error) if task == "adding" else last_step
        x, y = draw(fresh, 500, T)

        def batches():
            return (draw(rng, N, T) for _ in range(10**9))

        def score():
            out = net_forward(cell, params, x, last=True)[0]
            right = np.abs(out - y) < 0.1 if task == "adding" else out.argmax(axis=1) == y
            return float(right.mean())

    for gate, values in HELD[held].items():
        hold(params, H, gate, values(H))

    def loss_and_grads(params, batch, state):
        loss, grads, state = step(cell, params, batch, state)
        for gate in HELD[held]:
            for name in GRU.weights:
                grads[f"layer1.{name}"][..., BLOCK[gate](H)] = 0
        return loss, grads, state

    row |= {"held": held, "H": H, "parameters": sum(p.size for p in params.values())}
    row |= {"steps": [], "seconds": [], "score": []}
    last = [time.process_time()]

    def watch(number, _):
        if number % EVERY[task] == 0:
            spent[0] += time.process_time() - last[0]
            row["steps"].append(number)
            row["seconds"].append(round(spent[0], 3))
            row["score"].append(round(score(), 4))
            last[0] = time.process_time()

    fit(loss_and_grads, params, batches, Adam(lr), clip=1.0, steps=steps, on_step=watch)
    return row


def best_rate(rows, task, kind):
    """The learning rate with the best mean over its runs: of all scores on the way, of the text's last bits."""

    def goodness(lr):
        mine = [
            row["score"]
            for row in rows
            if (row["task"], row["cell"], row["lr"]) == (task, kind, lr)
        ]
        return -np.mean([s[-1] for s in mine]) if task == "text" else np.mean(mine)

    return max(RATES, key=goodness)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seeds",
        type=int,
        default=20,
        help="runs of each cell on each task; half as many on the text",
    )
    parser.add_argument("--search", type=int, default=2, help="runs for each learning rate")
    parser.add_argument(
        "--held",
        type=int,
        default=10,
        help="longer runs, and runs for each way of holding a gate",
    )
    options = parser.parse_args()
    began, rows = time.perf_counter(), []

    def add(*args, **kwargs):
        rows.append(run(*args, **kwargs))
        row = rows[-1]
        print(
            *args,
            kwargs.get("held", ""),
            row["score"][-1],
            f"{row['seconds'][-1]:.1f} s",
            flush=True,
        )

    rates = {}
    for task in STEPS:
        for kind in CELLS:
            for lr in RATES:
                for seed in range(options.search):
                    add(
                        "search",
                        task,
                        kind,
                        lr,
                        1000 + seed,
                        STEPS[task] if task != "text" else 400,
                    )
            rates[task, kind] = best_rate(rows, task, kind)
    for task in STEPS:
        for seed in range(options.seeds // 2 if task == "text" else options.seeds):
            for kind in CELLS:
                add("compare", task, kind, rates[task, kind], seed, STEPS[task])
    for seed in range(options.held):
        for kind in CELLS:
            add(
                "longer",
                "last marked",
                kind,
                rates["last marked", kind],
                seed,
                2 * STEPS["last marked"],
            )
    for held in HELD:
        for seed in range(options.held):
            add("held", "last marked", "GRU", 1e-2, seed, STEPS["last marked"], held=held)
        for seed in range(0 if held == "both held" else options.held // 2):
            add("held", "text", "GRU", 1e-2, seed, 400, held=held)
    command = "OPENBLAS_NUM_THREADS=1 python solutions/07_gru/sweeps/gru_runs.py"
    print(recorded.save("gru_runs", rows, command, time.perf_counter() - began))


if __name__ == "__main__":
    main()
