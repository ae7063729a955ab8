"""Padding: a step that does not run on it, and its gradient."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.step import draw_cell
from autograder.compare import (
    by_name,
    expect,
    expect_all_close,
    expect_any_close,
    expect_close,
    expect_equal,
    expect_shape,
    expect_unchanged,
)
from autograder.spec import Exercise
from autograder.wording import brief

ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db")

STEP = Exercise(
    "bptt-masked-step",
    functions={
        "masked_step_forward": reference.masked_step_forward,
        "masked_step_backward": reference.masked_step_backward,
    },
    returns={
        "masked_step_forward": ("h_next", "cache"),
        "masked_step_backward": ORDER,
    },
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "Forwards: compute `candidate` for every row, then choose row by row: `np.where(real[:, None], candidate, h)`.",
        "Backwards a row has one of two ways. A real row: through tanh and the products. A row of padding: `h_next` "
        "*was* `h`, so `dh` is `dh_next`, and nothing else gets anything.",
        "`da = np.where(real[:, None], dh_next * (1 - candidate**2), 0)`: with that, the products give the rows of "
        "padding no share by themselves.",
        "`dh = da @ W_hh.T + np.where(real[:, None], 0, dh_next)`; the other four as in `step_backward`.",
    ),
    explain="A mask is a switch for each row. Backwards the switch stands as it stood forwards: the gradient takes the "
    "way that the value took.",
)


def draw(rng, N=4, D=3, H=5):
    """x, h, W_xh, W_hh, b, real (some rows real, some padding) and dh_next."""
    args, dh_next = draw_cell(rng, N, D, H)
    return [*args, rng.permutation(np.arange(N) < 2)], dh_next


@STEP.check("forwards, padding keeps the state")
def forwards(student, rng):
    for sizes in ((4, 3, 5), (3, 1, 2)):
        args, _ = draw(rng, *sizes)
        want, kept = reference.masked_step_forward(*args)
        h_next, cache = student.masked_step_forward(*args)
        expect_close(
            "h_next", h_next, want, hint="Where `real` is True the row takes the step; where not, it keeps `h`."
        )
        expect_cache(cache, kept)

    over_ragged_batch(student, rng)


def expect_cache(cache, want):
    """The six entries that `masked_step_backward` is handed, in their order."""
    names = ("x", "h", "W_xh", "W_hh", "candidate", "real")
    six = isinstance(cache, tuple | list) and len(cache) == 6
    expect(six, f"cache: expected the six entries ({', '.join(names)}), got {brief(cache)}.")
    for name, got, right in zip(names, cache, want, strict=True):
        tanh = name == "candidate"
        hint = "The tanh of every row, before choosing." if tanh else "As it was handed in, and in this place."
        expect_shape(f"{name} in the cache", got, right.shape, hint)
        (expect_equal if name == "real" else expect_close)(f"{name} in the cache", got, right, hint)


def over_ragged_batch(student, rng):
    """Four steps of rows that end at different places: each row ends in its last real state."""
    (x, h, W_xh, W_hh, b, _), _ = draw(rng, N=3)
    theirs, ours, lengths = h, h, np.array([2, 0, 3])
    for t in range(4):
        x = rng.standard_normal(x.shape) * np.where(t < lengths, 1, 100)[:, None]  # wild numbers in the padding
        theirs, _ = student.masked_step_forward(x, theirs, W_xh, W_hh, b, t < lengths)
        ours, _ = reference.masked_step_forward(x, ours, W_xh, W_hh, b, t < lengths)
    expect_close(
        "h after the last step", theirs, ours, hint="Each row ends in its last real state, an empty one in its first."
    )


def compare(student, rng, names):
    """Compare some of the gradients: a mixed batch, padding alone, real rows alone."""
    for real in (None, False, True):
        args, dh_next = draw(rng)
        args[5] = args[5] if real is None else np.full(4, real)
        cache = reference.masked_step_forward(*args)[1]
        functions = student.masked_step_backward, reference.masked_step_backward
        got, want = (by_name(ORDER, f(dh_next, cache)) for f in functions)
        expect_all_close(names, got, want, "Which way did each row take forwards?")


@STEP.check("backwards, dx and dh: padding hands its gradient on whole")
def back(student, rng):
    compare(student, rng, ("dx", "dh"))


@STEP.check("backwards, dW_xh, dW_hh and db: padding gives the weights no share")
def weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args, dh_next = draw(rng)
    want, cache = reference.masked_step_forward(*args)
    (h_next, _), after = student.masked_step_forward.with_arguments(*args)
    grads, grads_after = student.masked_step_backward.with_arguments(dh_next, cache)
    results = (h_next, *grads), (want, *reference.masked_step_backward(dh_next, cache))
    expect_any_close(*(by_name(("h_next", *ORDER), each) for each in results))
    expect_unchanged(("h",), after[1:2], args[1:2], "`h[real] = …` changes the caller's array.")
    expect_unchanged(("dh_next",), grads_after[:1], (dh_next,), "`dh_next[...] = …` changes the caller's array.")
