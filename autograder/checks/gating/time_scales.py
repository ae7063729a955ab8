"""From a leak to a time constant and back."""

import numpy as np

from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import leaky

SCALES = Exercise(
    "gate-time-constant",
    functions={"time_constant": leaky.time_constant, "leak_for": leaky.leak_for},
    returns={"time_constant": ("the time constant",), "leak_for": ("the leak",)},
    points=2,
    minutes=12,
    difficulty=1,
    hints=(
        "Without an input each step leaves the share `1 - leak`, so after k steps `(1 - leak)**k` is left. For which "
        "k is that 1/e?",
        "Take the logarithm of both sides: `k * log(1 - leak) = -1`.",
        "`-1 / np.log(1 - leak)`. Solve the same equation for the leak: `1 - leak = exp(-1 / steps)`.",
    ),
    explain="Both come from one line, (1 - leak)^k = e^(-k / steps). For small leaks -log(1 - leak) is nearly the "
    "leak, so that 1 / leak is a good guess there, and only there.",
)


def some(function, values):
    """The function of each number alone, and of all as an array."""
    return [*(function(float(v)) for v in values), function(np.array(values))]


def compare(function, reference, values, name, hint):
    """Compare for single numbers and for an array."""
    for got, want in zip(some(function, values), some(reference, values), strict=True):
        expect_close(name, got, want, hint)


def leaks(rng, least, most):
    return rng.uniform(least, most, 3)


@SCALES.check("time_constant of large leaks, where 1 / leak is far off")
def large(student, rng):
    hint = "How many steps until 1/e of a value is left, if every step leaves the share `1 - leak`?"
    compare(student.time_constant, leaky.time_constant, leaks(rng, 0.55, 0.95), "the time constant", hint)


@SCALES.check("time_constant of small leaks")
def small(student, rng):
    hint = "A small leak means a long memory."
    compare(student.time_constant, leaky.time_constant, leaks(rng, 0.01, 0.3), "the time constant", hint)


@SCALES.check("leak_for: after so many steps 1/e is left")
def back(student, rng):
    for steps in rng.uniform(0.6, 30, 3):
        hint = "Each step leaves the share 1 - leak. After `steps` steps 1/e of the old value must be left."
        expect_close("the leak", student.leak_for(float(steps)), float(leaky.leak_for(steps)), hint)


@SCALES.check("leak_for takes an array, and leaves it as it is")
def arrays(student, rng):
    steps = rng.uniform(1.1, 100, (2, 4))
    got, after = student.leak_for.with_arguments(steps)
    expect_close("the leak", got, leaky.leak_for(steps), "The same, for each number of the array.")
    expect_unchanged(("steps",), after, (steps,), "`steps /= …` changes the caller's array.")
