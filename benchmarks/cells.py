"""How fast the cells are beside torch.nn's: `python benchmarks/cells.py`.

Forward and backward with dx, in float32, on one thread. torch's column is in milliseconds of CPU time, the others are
multiples of it: `forward` and `backward` of rnn_core, and the textbook loop over `step_forward` and `step_backward`.
Each library has a process of its own, since two pools of threads in one disturb each other. On a machine that others
use as well, times drift: in each round the three are asked one after the other, and what is printed is the median of
the rounds' ratios, with the lowest and the highest. A process visits all sizes in every round, as a program that runs
for long does; the first round, in which memory is taken from the system for the first time, is not counted. Later
rounds pay for some too, torch at times more than we: the C library gives large arrays back after a run.
`--keep-memory` tells it, in all three processes, to keep them.
"""

import argparse
import importlib
import os
import statistics
import subprocess
import sys
import time

import numpy as np

SIZES = {"A": (32, 50, 64, 128), "B": (64, 100, 128, 256), "C": (16, 35, 32, 64), "D": (1, 100, 32, 64)}  # N, T, D, H
RUNS = {"A": 4, "B": 1, "C": 25, "D": 25}  # for one answer
GOALS = {
    "rnn": dict.fromkeys("ABCD", 0.9),
    "lstm": {"A": 1.2, "B": 1.05, "C": 1.2, "D": 2.0},
    "gru": dict.fromkeys("ABCD", 0.9),
}
LIBRARIES = "torch", "forward", "loop"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
KEEPS_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(10**9), "MALLOC_TRIM_THRESHOLD_": str(2 * 10**9)}  # bytes; glibc's names


def draw(cell, N, T, D, H):
    """The cell's entry in rnn_core.cells; x, the initial states, the weights by name, and the gradient at h."""
    from rnn_core import cells

    kind = {"rnn": cells.TANH, "lstm": cells.LSTM, "gru": cells.GRU}[cell]
    rng = np.random.default_rng(0)
    x, dh, *state0 = (
        rng.standard_normal(shape).astype(np.float32) for shape in [(N, T, D), (N, T, H), *[(N, H)] * len(kind.states)]
    )
    return kind, x, state0, cells.cell_params(rng, kind, D, H, np.float32), dh


def by_torch(cell, size):
    """One run of torch.nn, as a function without arguments."""
    import torch

    from rnn_core.torch_weights import to_torch

    torch.set_num_threads(1)
    kind, x, state0, params, dh = draw(cell, *size)
    module, x, dh = to_torch(kind, params), torch.tensor(x, requires_grad=True), torch.tensor(dh)
    state0 = [torch.tensor(s)[None] for s in state0]

    def run():
        x.grad = None
        module.zero_grad(set_to_none=True)
        h, _ = module(x, tuple(state0) if len(state0) > 1 else state0[0])
        h.backward(dh)

    return run


def by_forward(cell, size):
    """One run of `forward` and `backward`."""
    kind, x, state0, params, dh = draw(cell, *size)
    unread = [None] * (len(state0) - 1)  # nothing outside reads c

    def run():
        *_, cache = kind.forward(x, *state0, **params)
        kind.backward(dh, *unread, cache)

    return run


def by_loop(cell, size):
    """One run of the textbook: a loop over the steps, and one back, which adds the gradients up."""
    _, x, state0, params, dh = draw(cell, *size)
    steps, S, weights = importlib.import_module(f"rnn_core.{cell}"), len(state0), list(params.values())

    def run():
        states, caches, h = state0, [], np.empty_like(dh)
        for t in range(x.shape[1]):
            *states, cache = steps.step_forward(x[:, t], *states, *weights)
            caches.append(cache)
            h[:, t] = states[0]
        dstates, total, dx = [np.zeros_like(s) for s in state0], [np.zeros_like(w) for w in weights], np.empty_like(x)
        for t in reversed(range(x.shape[1])):
            dh_t, *others = dstates
            dx[:, t], *grads = steps.step_backward(dh_t + dh[:, t], *others, caches[t])
            dstates, total = grads[:S], [a + g for a, g in zip(total, grads[S:], strict=True)]

    return run


def answer(library):
    """Read cell and size from each line that comes in; write the milliseconds of CPU time that one run took."""
    make, made = {"torch": by_torch, "forward": by_forward, "loop": by_loop}[library], {}
    for line in sys.stdin:
        cell, size = key = tuple(line.split())
        if key not in made:
            made[key] = make(cell, SIZES[size])
        made[key]()  # what other processes have driven out of the cache comes back
        began = time.process_time()
        for _ in range(RUNS[size]):
            made[key]()
        print((time.process_time() - began) / RUNS[size] * 1000, flush=True)


def ask(process, cell, size):
    process.stdin.write(f"{cell} {size}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cells", nargs="+", choices=GOALS, default=list(GOALS))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--keep-memory", action="store_true", help="give no memory back to the system")
    parser.add_argument("--answer", choices=LIBRARIES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        return answer(options.answer)

    command, pipes = [sys.executable, __file__, "--answer"], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    env = os.environ | ONE_THREAD | (KEEPS_MEMORY if options.keep_memory else {})
    processes = [subprocess.Popen([*command, library], **pipes, text=True, env=env) for library in LIBRARIES]
    jobs = [(cell, size) for cell in options.cells for size in options.sizes]
    taken = {job: [] for job in jobs}
    for n in range(options.rounds + 1):
        for job in jobs:
            times = [ask(process, *job) for process in processes]
            if n > 0:
                taken[job].append(times)
    for process in processes:
        process.stdin.close()
        process.wait()

    print(f"{'cell':5} {'size':22} {'torch ms':>8} {'ours':>6} {'from .. to':>13} {'goal':>6} {'loop':>6}")
    for (cell, size), times in taken.items():
        torch_ms = statistics.median(t for t, _, _ in times)
        ours = sorted(t / torch for torch, t, _ in times)
        loop = statistics.median(t / torch for torch, _, t in times)
        name, spread = f"{size} {SIZES[size]}", f"{ours[0]:.2f} .. {ours[-1]:.2f}"
        middle, goal = statistics.median(ours), GOALS[cell][size]
        print(f"{cell:5} {name:22} {torch_ms:8.2f} {middle:6.2f} {spread:>13} {goal:6.2f} {loop:6.2f}")


if __name__ == "__main__":
    main()
