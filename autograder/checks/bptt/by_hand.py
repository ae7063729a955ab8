"""A prediction, and the gradient of two steps of one unit."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.parts import expect_any, expect_parts
from autograder.compare import expect
from autograder.spec import Exercise

CHOICES = ("only at h4", "at h4 and all earlier states", "at h4 and all later states", "at all states")

ARRIVES = Exercise(
    "bptt-where-gradient-arrives",
    values={"gradient_arrives": CHOICES[1]},
    points=1,
    minutes=3,
    difficulty=1,
    hints=("There is no right or wrong here: copy one of the four texts, quotes included.",),
    explain="The point is for having committed. The map further down shows what happens.",
)


@ARRIVES.check("one of the four answers is chosen")
def chosen(student, rng):
    answer = student.gradient_arrives
    expect(
        isinstance(answer, str) and answer.strip().lower() in CHOICES,
        f"gradient_arrives: expected one of {', '.join(repr(choice) for choice in CHOICES)}, got {answer!r}.",
    )


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
    return (dict(zip(NAMES, f(*args), strict=True)) for f in (student.two_step_gradient, reference.two_step_gradient))


def compare(student, rng, names, hint):
    """Compare some of the slopes, five times."""
    for _ in range(5):
        expect_parts(names, *both(student, *draw(rng)), hint)


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
    expect_parts(NAMES, got, want, "With u = 0 nothing flows back from step 2 to step 1.")


@TWO.check("close to the target the slopes are tiny, and as exact")
def tiny(student, rng):
    x1, x2, h0, w, u, b, _ = draw(rng)
    target = np.tanh(w * x2 + u * np.tanh(w * x1 + u * h0 + b) + b) - 1e-6
    expect_any(*both(student, x1, x2, h0, w, u, b, float(target)))  # a difference of the loss is not as exact


def mistake(name, words):
    """Name a wrong gradient by what it makes of the inputs, the states and the two right slopes."""

    def add(compute):
        def wrong(x1, x2, h0, w, u, b, target):
            h1 = np.tanh(w * x1 + u * h0 + b)
            h2 = np.tanh(w * x2 + u * h1 + b)
            da2 = (h2 - target) * (1 - h2**2)
            da1 = da2 * u * (1 - h1**2)
            return compute((x1, x2), (h0, h1, h2), w, u, da1, da2)

        TWO.mistake(name, words, two_step_gradient=wrong)

    return add


def summed(x, h, u, da1, da2):
    return da2 * x[1] + da1 * x[0], da2 * h[1] + da1 * h[0], da2 + da1, da1 * u


mistake(
    "the share of the first step is missing",
    "`w`, `u` and `b` act at step 2 and already at step 1, through `h1`. A nudge of `w` moves both. "
    "The gradient adds the share of each step.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1], da2 * h[1], da2, da1 * u))
mistake(
    "the share of the second step is missing",
    "What comes back is the share of step 1 alone. In a loop, `dw = …` a second time forgets what stood there. Both "
    "uses of the weight count: add their shares.",
)(lambda x, h, w, u, da1, da2: (da1 * x[0], da1 * h[0], da1, da1 * u))
mistake(
    "the factor u is missing on the way back to step 1",
    "`a2` holds `u * h1`: a nudge of `h1` moves `a2` by `u` times as much. So `dh1 = da2 * u`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da2 * (1 - h[1] ** 2), da2))
mistake(
    "the tanh of step 1 is passed without its slope",
    "Between `h1` and `a1` stands a tanh as well: multiply by `1 - h1**2`, as you did at step 2.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da2 * u, da2))
mistake(
    "the tanh of step 2 is passed without its slope",
    "Between the loss and `a2` stands the tanh of step 2: `da2 = (h2 - target) * (1 - h2**2)`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da1 / (1 - h[2] ** 2), da2 / (1 - h[2] ** 2)))
mistake(
    "the slope of tanh without its square",
    "The slope of tanh is `1 - h**2`, not `1 - h`: at `h = -1` the curve is flat.",
)(
    lambda x, h, w, u, da1, da2: summed(
        x, h, u, da1 / (1 - h[2] ** 2) / (1 - h[1] ** 2) * (1 - h[2]) * (1 - h[1]), da2 / (1 - h[2] ** 2) * (1 - h[2])
    )
)
mistake(
    "w is taken on the way back instead of u",
    "`h1` went into `a2` through the recurrent weight: `a2 = w * x2 + u * h1 + b`. So `dh1 = da2 * u`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, w, da2 * w * (1 - h[1] ** 2), da2))
mistake(
    "u is paired with the state after the step",
    "`u` multiplies the state that the step *reads*: `h1` at step 2, `h0` at step 1.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1] + da1 * x[0], da2 * h[2] + da1 * h[1], da2 + da1, da1 * u))
mistake(
    "the factor 1/2 of the loss is forgotten",
    "The loss is *half* the squared error, so its slope is `h2 - target`, without a 2.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, 2 * da1, 2 * da2))
mistake(
    "the error has the wrong sign",
    "All four slopes point the other way. The slope of half the squared error is `h2 - target`, not `target - h2`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, -da1, -da2))
mistake(
    "x1 and x2 are exchanged",
    "At step 2 the weight `w` was multiplied with `x2`: `delta2` belongs to `x2`, and `delta1` to `x1`.",
)(lambda x, h, w, u, da1, da2: (da2 * x[0] + da1 * x[1], da2 * h[1] + da1 * h[0], da2 + da1, da1 * u))
mistake(
    "h0 and h1 are exchanged",
    "At step 2 the weight `u` was multiplied with `h1`: `delta2` belongs to `h1`, and `delta1` to `h0`.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1] + da1 * x[0], da2 * h[0] + da1 * h[1], da2 + da1, da1 * u))
mistake(
    "dw and du come back in the other order",
    "All four numbers are right. The order is `dw, du, db, dh0`.",
)(lambda x, h, w, u, da1, da2: (lambda dw, du, db, dh0: (du, dw, db, dh0))(*summed(x, h, u, da1, da2)))
mistake(
    "dh0 stops before the factor u",
    "`da1` is the slope at `a1`. One more factor leads to `h0`: `a1` holds `u * h0`, so `dh0 = da1 * u`.",
)(lambda x, h, w, u, da1, da2: (*summed(x, h, u, da1, da2)[:3], da1))
