"""The gradient of two steps of one unit."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import by_name, expect_all_close, expect_any_close
from autograder.spec import Exercise

TWO = Exercise(
    "bptt-two-steps",
    functions={"two_step_gradient": reference.two_step_gradient},
    returns={"two_step_gradient": ("dw", "du", "db", "dh0")},
    points=3,
    minutes=25,
    difficulty=2,
    hints=(
        "Work from the loss towards the start: first `da2`, then `da1`, then everything else from these two.",
        "`da2 = (h2 - target) * (1 - h2**2)`. On the way from `a2` to `h1` stands the factor `u`, on the way "
        "from `h1` to `a1` the slope of step 1.",
        "`da1 = da2 * u * (1 - h1**2)`. The weight `w` was used twice, with `x2` and with `x1`: "
        "`dw = da2 * x2 + da1 * x1`. The same thought gives `du` and `db`.",
    ),
    explain="Two slopes are enough: `da2` and `da1`. A weight that acts at both steps gets a share from each, and "
    "the shares add up. `h0` acts only through step 1, by the factor `u`.",
)
NAMES = ("dw", "du", "db", "dh0")


def draw(rng):
    """x1, x2, h0, w, u, b, target: none of them zero, none equal."""
    return [float(v) for v in rng.uniform(0.3, 1.0, 7) * rng.choice([-1, 1], 7)]


def both(student, *args):
    """The student's four slopes by name, and the right ones."""
    return (by_name(NAMES, f(*args)) for f in (student.two_step_gradient, reference.two_step_gradient))


def compare(student, rng, names, hint):
    """Compare some of the slopes, five times."""
    for _ in range(5):
        expect_all_close(names, *both(student, *draw(rng)), hint)


@TWO.check("dw, du and db: a share from each of the two steps")
def shares(student, rng):
    compare(student, rng, ("dw", "du", "db"), "At this step and at the one before: two shares, added.")


@TWO.check("dh0: back through both steps")
def initial(student, rng):
    compare(student, rng, ("dh0",), "h0 acts through step 1, and that through step 2.")


@TWO.check("without recurrent weight only the last step counts")
def cut(student, rng):
    x1, x2, h0, w, _, b, target = draw(rng)
    got, want = both(student, x1, x2, h0, w, 0.0, b, target)
    expect_all_close(NAMES, got, want, "With u = 0 nothing flows back from step 2 to step 1.")


@TWO.check("close to the target the slopes are tiny, and as exact")
def tiny(student, rng):
    x1, x2, h0, w, u, b, _ = draw(rng)
    target = np.tanh(w * x2 + u * np.tanh(w * x1 + u * h0 + b) + b) - 1e-6
    expect_any_close(*both(student, x1, x2, h0, w, u, b, float(target)))  # a difference of the loss is not as exact
