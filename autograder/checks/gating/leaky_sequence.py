"""Leaky units over a batch of sequences."""

import numpy as np

from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import leaky

LEAKY = Exercise(
    "gate-leaky-forward",
    functions={"leaky_forward": leaky.forward},
    returns={"leaky_forward": ("h", "cache")},
    points=2,
    minutes=20,
    difficulty=2,
    hints=(
        "The loop is the one of lesson 2: start with `h = h0`, go through `x[:, t]`, collect the states, and stack "
        "them along axis 1.",
        "One step: the candidate `n = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)`, then a mix of `h` and `n`. The two "
        "shares add up to 1.",
        "`mixed = (1 - leak) * h + leak * n`. With a mask: `h = np.where(mask[:, t, None] > 0, mixed, h)`.",
    ),
    explain="`leak` multiplies along the last axis, one number for each unit. A step that is not real is a step with "
    "a leak of 0: the old state is kept whole.",
)
# row 0 has a gap in the middle, row 1 ends early, row 2 is empty
MASK = np.array([[1, 0, 1, 1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])


def draw(rng, N=2, T=4, D=3, H=5):
    """x, h0, W_xh, W_hh, b, leak; all sizes differ and no leak is near 1/2."""
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,)
    x, h0, W_xh, W_hh, b = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    leak = np.where(rng.random(H) < 0.5, rng.uniform(0.05, 0.35, H), rng.uniform(0.6, 0.95, H))
    return [x, h0, W_xh, W_hh, b, leak]


def compare(student, args, hint, **mask):
    expect_close("h", student.leaky_forward(*args, **mask)[0], leaky.forward(*args, **mask)[0], hint)


@LEAKY.check("one step: the share `leak` of the new, the rest of the old")
def one_step(student, rng):
    compare(student, draw(rng, N=3, T=1, D=2), "With one step there is only the mix of `h0` and the candidate.")


@LEAKY.check("all steps of a batch, a leak for each unit")
def all_steps(student, rng):
    compare(student, draw(rng), "Each step starts from the state that the step before has left.")


@LEAKY.check("one leak for all units")
def one_leak(student, rng):
    for leak in (0.07, 0.8):
        compare(student, [*draw(rng)[:-1], leak], f"Here `leak` is the number {leak}.")


@LEAKY.check("where the mask is 0 the state stays as it is")
def masked(student, rng):
    args = draw(rng, N=4, T=5)
    hint = "Rows with gaps, one that ends early, and one without any real step: its states are all `h0`."
    compare(student, args, hint, mask=MASK)


@LEAKY.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h, _), after = student.leaky_forward.with_arguments(*args)
    expect_close("h", h, leaky.forward(*args)[0])
    names = ("x", "h0", "W_xh", "W_hh", "b", "leak")
    expect_unchanged(names, after, args, "`h = h0` gives one array a second name, and `h *= …` changes both.")
