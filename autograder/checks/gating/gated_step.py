"""One step of the soft switch."""

import numpy as np

from autograder.checks.gating import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise

STEP = Exercise(
    "gate-step-forward",
    functions={"gated_step_forward": reference.gated_step_forward},
    returns={"gated_step_forward": ("h_next", "cache")},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "One sum for both: `a = x @ W_xh + h @ W_hh + b` has shape (N, 2H). Its first H columns belong to the gate.",
        "`a_g, a_n = np.split(a, 2, axis=1)`. The gate is a share: sigmoid. The candidate has a sign: tanh.",
        "`h_next = (1 - g) * h + g * n`: a gate that is 0 keeps the old state, one that is 1 takes the candidate.",
    ),
    explain="This is the leaky unit with `g` for the leak. The leak was one number for all time; `g` is computed at "
    "every step, for each row and each unit.",
)
NAMES = ("x", "h", "W_xh", "W_hh", "b")


def draw(rng, N=2, D=3, H=5):
    """x, h, W_xh, W_hh, b: nothing is centred on zero."""
    shapes = (N, D), (N, H), (D, 2 * H), (H, 2 * H), (2 * H,)
    x, h, W_xh, W_hh, b = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return [x, np.tanh(h), W_xh, W_hh, b]


def compare(student, args, hint):
    expect_close("h_next", student.gated_step_forward(*args)[0], reference.gated_step_forward(*args)[0], hint)


@STEP.check("values agree with the reference")
def values(student, rng):
    hint = "Two halves of one sum, the gate's first: sigmoid for g, tanh for n, then the mix of h and n."
    compare(student, draw(rng), hint)
    compare(student, draw(rng, N=4, D=2, H=3), hint)


@STEP.check("a shut gate keeps the old state, exactly")
def shut(student, rng):
    args = draw(rng)
    args[4][:5] = -1e3
    compare(student, args, "Here the gate's bias is -1000: g is 0, and h_next is h.")


@STEP.check("an open gate takes the candidate, exactly")
def opened(student, rng):
    args = draw(rng)
    args[4][:5] = 1e3
    compare(student, args, "Here the gate's bias is 1000: g is 1, and h_next is the candidate n.")


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h_next, _), after = student.gated_step_forward.with_arguments(*args)
    expect_close("h_next", h_next, reference.gated_step_forward(*args)[0])
    expect_unchanged(NAMES, after, args, "`h *= 1 - g` changes the caller's array; `(1 - g) * h` makes a new one.")
