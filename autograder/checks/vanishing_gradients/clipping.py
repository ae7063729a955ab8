"""One step of SGD with momentum that clips in the right place."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.compare import expect_close, expect_names, expect_unchanged
from autograder.spec import Exercise

NAMES = ("params", "velocity")

STEP = Exercise(
    "vanish-clipped-step",
    functions={"clipped_momentum_step": reference.clipped_momentum_step},
    returns={"clipped_momentum_step": NAMES},
    lends={"clip_by_global_norm": reference.clip_by_global_norm},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "Three lines in this order: clip the gradient, update the velocity, move the parameters.",
        "`clipped, norm = clip_by_global_norm(grads, max_norm)`; the velocity takes in `clipped`, not `grads`.",
        "`{name: beta * velocity[name] + clipped[name] for name in params}`, and from this new velocity the new "
        "parameters.",
    ),
    explain="The velocity adds up gradients over many steps. If a huge gradient gets in, it stays for some "
    "1 / (1 - beta) steps. So it is shortened before it gets in; shortening the velocity afterwards would also brake "
    "the steps of quiet times.",
)


def draw(rng, norm):
    """Parameters, gradients of this global norm, and a velocity, each with arrays of unlike sizes."""
    shapes = {"W_hh": (3, 3), "b": (3,), "W_hy": (3, 4)}
    params, grads, velocity = ({name: rng.standard_normal(shape) for name, shape in shapes.items()} for _ in range(3))
    grads["b"] *= 0.2
    factor = norm / np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return params, {name: factor * g for name, g in grads.items()}, {name: 0.7 * v for name, v in velocity.items()}


def compare(student, args, hint):
    got, want = student.clipped_momentum_step(*args), reference.clipped_momentum_step(*args)
    for what, ours, theirs in zip(
        NAMES[::-1], want[::-1], got[::-1], strict=True
    ):  # the velocity first: it comes first
        expect_names(what, theirs, ours)
        for name in ours:
            expect_close(f"{what}[{name!r}]", theirs[name], ours[name], hint)


@STEP.check("a short gradient: momentum as in lesson 0")
def short(student, rng):
    compare(student, (*draw(rng, 0.4), 0.1, 0.9, 0.5), "Nothing is clipped here: v = beta v + g, then p = p - lr v.")


@STEP.check("an explosion gets in shortened")
def explosion(student, rng):
    for norm, beta in ((300.0, 0.9), (2.0, 0.6)):
        hint = "The gradient is shortened *before* it enters the velocity."
        compare(student, (*draw(rng, norm), 0.03, beta, 0.5), hint)


@STEP.check("an explosion is forgotten within a few steps")
def forgotten(student, rng):
    params, grads, velocity = draw(rng, 1e6)
    quiet = {name: np.zeros_like(g) for name, g in grads.items()}
    want = params, velocity
    got = params, velocity
    for g in (grads, quiet, quiet):
        got = student.clipped_momentum_step(got[0], g, got[1], 0.1, 0.5, 1.0)
        want = reference.clipped_momentum_step(want[0], g, want[1], 0.1, 0.5, 1.0)
    for name in params:
        expect_close(
            f"params[{name!r}]", got[0][name], want[0][name], "Three steps; the first has a gradient of norm 1e6."
        )


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = (*draw(rng, 5.0), 0.1, 0.9, 0.5)
    got, after = student.clipped_momentum_step.with_arguments(*args)
    want = reference.clipped_momentum_step(*args)
    expect_names("params", got[0], want[0])
    for name in want[0]:
        expect_close(f"params[{name!r}]", got[0][name], want[0][name])
    hint = "`params[name] -= …` writes into the caller's array; `params[name] - …` makes a new one."
    for what, now, was in zip(("params", "grads", "velocity"), after, args, strict=False):
        expect_names(f"{what} after the call", now, was)
        names = [f"{what}[{name!r}]" for name in was]
        expect_unchanged(names, [now[name] for name in was], list(was.values()), hint)
