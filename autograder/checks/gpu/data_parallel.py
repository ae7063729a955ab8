"""One gradient from several workers that saw unequal numbers of tokens."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.compare import expect_all_close, expect_close, expect_names, expect_unchanged
from autograder.spec import Exercise
from rnn_core.cells import TANH
from rnn_core.nets import every_step, net_params

PARALLEL = Exercise(
    "gpu-data-parallel",
    functions={"joined_gradient": reference.joined_gradient},
    returns={"joined_gradient": ("gradient", "norm")},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "Each worker divided by its own number of tokens. Multiply that back: `gradient * tokens` is a sum over "
        "tokens, and sums may be added.",
        "The sum of all sums, divided by all tokens, is the mean over all of them. Only then is its length known.",
        "The norm is that of all arrays together: the root of the sum of all squares. If it is above `max_norm`, every "
        "array is multiplied by `max_norm / norm`.",
    ),
    explain="A mean of means gives a token of a short row more weight than one of a long row. With the sums joined "
    "first, it does not matter how the rows were dealt out, and clipping sees the gradient that is used.",
)
D, H, V, T = 5, 4, 3, 6


def dealt(rng, rows):
    """The gradients and tokens of workers with so many rows each, and the gradient of one process that has all."""
    lengths = [rng.integers(1, T + 1, N) for N in rows]
    tokens = [int(of_worker.sum()) for of_worker in lengths]
    if len(set(tokens)) < len(tokens):  # a mean of means would be right
        return dealt(rng, rows)
    params, batches = net_params(rng, TANH, D, H, V), []
    for of_worker in lengths:
        x, targets = rng.standard_normal((len(of_worker), T, D)), rng.integers(0, V, (len(of_worker), T))
        batches.append((x, targets, np.arange(T) < of_worker[:, None]))
    whole = tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))
    return [every_step(TANH, params, batch)[1] for batch in batches], tokens, every_step(TANH, params, whole)[1]


def length(gradient):
    return np.sqrt(sum((g**2).sum() for g in gradient.values()))


def compare(student, workers, tokens, max_norm, want, hint):
    gradient, norm = student.joined_gradient(workers, tokens, max_norm)
    expect_names("gradient", gradient, want)
    expect_all_close(want, gradient, want, hint)
    return norm


@PARALLEL.check("the gradient is that of one process with all rows")
def as_one(student, rng):
    for rows in ((1, 4, 2), (5, 1), (3,)):
        workers, tokens, want = dealt(rng, rows)
        hint = f"The workers have {', '.join(map(str, tokens))} tokens: each token counts alike."
        compare(student, workers, tokens, 1e3, want, hint)


@PARALLEL.check("it is clipped as a whole, after it is joined")
def clipped(student, rng):
    for rows, share in (((1, 5, 2), 0.05), ((4, 1), 0.6)):  # 0.05: single numbers are longer, too
        workers, tokens, whole = dealt(rng, rows)
        max_norm = share * length(whole)
        want = {name: share * g for name, g in whole.items()}
        hint = "Is it the joined gradient that is measured, and all its arrays together?"
        compare(student, workers, tokens, max_norm, want, hint)


@PARALLEL.check("norm is the length before clipping")
def norm(student, rng):
    for rows, share in (((2, 3, 1), 0.5), ((4, 2), 3.0)):
        workers, tokens, whole = dealt(rng, rows)
        _, got = student.joined_gradient(workers, tokens, share * length(whole))
        expect_close("norm", got, length(whole), "The root of the sum of all squares, of all arrays together.")


@PARALLEL.check("a worker without a token changes nothing")
def idle(student, rng):
    workers, tokens, want = dealt(rng, (2, 4))
    nothing = {name: np.zeros(g.shape) for name, g in want.items()}
    hint = "One of the workers had no token, and its gradient is zero."
    compare(student, [workers[0], nothing, workers[1]], [tokens[0], 0, tokens[1]], 1e3, want, hint)


@PARALLEL.check("the caller's gradients are left alone")
def untouched(student, rng):
    workers, tokens, want = dealt(rng, (1, 3, 2))
    (gradient, _), after = student.joined_gradient.with_arguments(workers, tokens, 1e3)
    expect_names("gradient", gradient, want)
    expect_all_close(want, gradient, want)
    for k, (now, was) in enumerate(zip(after[0], workers, strict=True)):
        names = [f"gradients[{k}][{name}]" for name in was]
        expect_unchanged(names, [now[name] for name in was], was.values(), "`g *= n` changes the worker's own array.")
