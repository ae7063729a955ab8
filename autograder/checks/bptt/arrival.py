"""A loss on chosen steps only: where its gradient arrives."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.sequence import draw_all
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

NAMES = ("loss", "g")

CHOSEN = Exercise(
    "bptt-chosen-steps",
    functions={"chosen_steps_gradient": reference.chosen_steps_gradient},
    returns={"chosen_steps_gradient": NAMES},
    lends={"step_backward": rnn.step_backward},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Two parts. First the gradient from outside: zeros everywhere, and at the chosen steps the slope of the loss.",
        "At a chosen step t: `dh[:, t] = (h[:, t] - targets[:, t]) / (N * K)`, with K the number of chosen steps.",
        "Then the loop of the exercise before, through *all* steps. Keep what arrives at each state: "
        "`g[:, t] = dh[:, t] + carried`, then `carried = step_backward(g[:, t], caches[t])[1]`.",
    ),
    explain="A step without a loss gets nothing from outside. It still hands on what comes from the future: `g` is "
    "zero only after the last chosen step.",
)


def draw(rng, N=3, T=6, D=2, H=4):
    """h, targets and the list of step caches; all sizes differ."""
    targets, cache = draw_all(rng, N, T, D, H)
    return np.stack([kept[-1] for kept in cache], axis=1), targets, cache


def both(student, h, targets, steps, cache):
    """What the student returned by name, and what is right."""
    functions = student.chosen_steps_gradient, reference.chosen_steps_gradient
    return (by_name(NAMES, f(h, targets, steps, cache)) for f in functions)


def compare(student, h, targets, steps, cache, hint):
    expect_all_close(("g",), *both(student, h, targets, steps, cache), hint)


@CHOSEN.check("the loss: a mean over sequences and chosen steps")
def loss(student, rng):
    h, targets, cache = draw(rng)
    for steps in ([1, 3], [0, 2, 5]):
        hint = "Half the squared distance, averaged over sequences and chosen steps."
        expect_all_close(("loss",), *both(student, h, targets, steps, cache), hint)


@CHOSEN.check("the gradient at every state agrees with the reference")
def gradient(student, rng):
    h, targets, cache = draw(rng)
    for steps in ([1, 3], [0, 2, 5]):
        hint = "Does g[:, t] hold both what comes from outside and from the future?"
        compare(student, h, targets, steps, cache, hint)


@CHOSEN.check("ignored steps hand the gradient on")
def through(student, rng):
    h, targets, cache = draw(rng)
    hint = "Only step 4 has a loss. Steps 0 to 3 have none, and still the gradient passes through them."
    compare(student, h, targets, [4], cache, hint)


@CHOSEN.check("nothing arrives after the last chosen step")
def after(student, rng):
    h, targets, cache = draw(rng, N=2, T=5, D=3)
    compare(student, h, targets, [0], cache, "Only step 0 has a loss: at every later state g is exactly 0.")


@CHOSEN.check("the caller's arrays are left alone")
def untouched(student, rng):
    h, targets, cache = draw(rng)
    got, after = student.chosen_steps_gradient.with_arguments(h, targets, [1, 3], cache)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, reference.chosen_steps_gradient(h, targets, [1, 3], cache)))
    expect_unchanged(("h", "targets"), after[:2], (h, targets), "`dh = h` gives one array a second name.")
    expect_unchanged(("steps",), after[2:3], ([1, 3],), "`steps.pop()` empties the caller's list.")
