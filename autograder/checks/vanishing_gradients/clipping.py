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


def moved(params, velocity, lr):
    return {name: params[name] - lr * velocity[name] for name in params}


def rolled(velocity, grads, beta, share=1.0):
    return {name: beta * velocity[name] + share * grads[name] for name in velocity}


def clipped(grads, limit):
    return reference.clip_by_global_norm(grads, limit)[0]


def mistake(name, words):
    """Name a wrong step, computed from params p, grads g, velocity v, lr, beta and the limit."""

    def add(compute):
        STEP.mistake(name, words, clipped_momentum_step=compute)

    return add


def by_velocity(velocity_of):
    """A step that moves by the velocity that it returns."""

    def step(p, g, v, lr, beta, limit):
        v = velocity_of(g, v, lr, beta, limit)
        return moved(p, v, lr), v

    return step


mistake(
    "the velocity is clipped instead of the gradient",
    "With momentum the velocity is longer than a single gradient, about 1 / (1 - beta) times in quiet times: it would "
    "be cut all the time. Clip the gradient, before it enters.",
)(by_velocity(lambda g, v, lr, beta, limit: clipped(rolled(v, g, beta), limit)))


@mistake(
    "the step is clipped, and the velocity keeps the explosion",
    "The clipped velocity is used for this step only, and the whole explosion stays in the velocity for the steps to "
    "come. Clip the gradient, before it enters.",
)
def clip_the_move(p, g, v, lr, beta, limit):
    v = rolled(v, g, beta)
    return moved(p, clipped(v, limit), lr), v


mistake(
    "nothing is clipped",
    "The velocity takes in `grads`. It should take in what `clip_by_global_norm` returned.",
)(by_velocity(lambda g, v, lr, beta, limit: rolled(v, g, beta)))
mistake(
    "each array is clipped by its own norm",
    "One factor for all arrays keeps the direction: call `clip_by_global_norm` once, with the whole dict.",
)(
    by_velocity(
        lambda g, v, lr, beta, limit: rolled(
            v, {k: a for name in g for k, a in clipped({name: g[name]}, limit).items()}, beta
        )
    )
)
mistake(
    "each number is clipped by itself",
    "Cutting each number off at `max_norm` bends the gradient's direction. `clip_by_global_norm` shortens the whole by "
    "one factor.",
)(by_velocity(lambda g, v, lr, beta, limit: rolled(v, {k: np.clip(a, -limit, limit) for k, a in g.items()}, beta)))
mistake(
    "beta multiplies the new gradient as well",
    "`beta` says what is left of the *old* velocity: `beta * velocity[name] + clipped[name]`, with no bracket.",
)(by_velocity(lambda g, v, lr, beta, limit: rolled(v, clipped(g, limit), beta, beta)))


@mistake(
    "the step looks ahead, as Nesterov's does",
    "This moves by the gradient and beta times the new velocity. Momentum as in lesson 0 moves by the velocity alone: "
    "p = p - lr v.",
)
def nesterov(p, g, v, lr, beta, limit):
    g = clipped(g, limit)
    v = rolled(v, g, beta)
    return moved(p, rolled(v, g, beta), lr), v


mistake(
    "the new gradient enters with the factor 1 - beta",
    "That is a running mean, as Adam has it. Momentum as in lesson 0 adds the gradient whole: v = beta v + g.",
)(by_velocity(lambda g, v, lr, beta, limit: rolled(v, clipped(g, limit), beta, 1 - beta)))


@mistake(
    "the parameters move by the gradient",
    "The velocity is updated, and then not used: the parameters move by the velocity, `params - lr * velocity`.",
)
def move_by_gradient(p, g, v, lr, beta, limit):
    g = clipped(g, limit)
    return moved(p, g, lr), rolled(v, g, beta)


@mistake(
    "the parameters move by the old velocity",
    "First the velocity takes in the gradient, then the parameters move by the new velocity.",
)
def move_by_old(p, g, v, lr, beta, limit):
    return moved(p, v, lr), rolled(v, clipped(g, limit), beta)


@mistake(
    "the old velocity comes back",
    "The parameters are right. Return the *new* velocity: the next step needs it.",
)
def old_velocity(p, g, v, lr, beta, limit):
    return moved(p, rolled(v, clipped(g, limit), beta), lr), v


@mistake(
    "the learning rate is inside the velocity",
    "Yours is v = beta v + lr g and p = p - v. Here, as in lesson 0, the velocity holds gradients: v = beta v + g, "
    "p = p - lr v.",
)
def rate_inside(p, g, v, lr, beta, limit):
    v = {name: beta * v[name] + lr * a for name, a in clipped(g, limit).items()}
    return moved(p, v, 1.0), v


@mistake(
    "the learning rate and the minus are inside the velocity",
    "Yours is v = beta v - lr g and p = p + v. Here, as in lesson 0, the velocity holds gradients: v = beta v + g, "
    "p = p - lr v.",
)
def rate_and_sign_inside(p, g, v, lr, beta, limit):
    v = {name: beta * v[name] - lr * a for name, a in clipped(g, limit).items()}
    return moved(p, v, -1.0), v


@mistake(
    "the step goes uphill",
    "The gradient points to where the loss grows: subtract `lr * velocity`.",
)
def uphill(p, g, v, lr, beta, limit):
    v = rolled(v, clipped(g, limit), beta)
    return moved(p, v, -lr), v


mistake(
    "the old velocity is kept whole",
    "`beta` multiplies the old velocity: v = beta v + g. Without it nothing is ever forgotten.",
)(by_velocity(lambda g, v, lr, beta, limit: rolled(v, clipped(g, limit), 1.0)))
mistake(
    "the velocity is not carried on",
    "This is a step of plain SGD. The velocity takes part: v = beta v + g.",
)(by_velocity(lambda g, v, lr, beta, limit: clipped(g, limit)))
mistake(
    "clipped twice, gradient and velocity",
    "Clipping the gradient is enough. A velocity is longer than a gradient by nature, and would be cut all the time.",
)(by_velocity(lambda g, v, lr, beta, limit: clipped(rolled(v, clipped(g, limit), beta), limit)))
mistake(
    "the gradient is always scaled to the limit",
    "Only a gradient that is longer than `max_norm` is shortened. A short one stays as it is.",
)(
    by_velocity(
        lambda g, v, lr, beta, limit: rolled(
            v, {name: a * limit / reference.clip_by_global_norm(g, 1.0)[1] for name, a in g.items()}, beta
        )
    )
)
mistake(
    "velocity and parameters are exchanged",
    "The numbers are right. The order is `params, velocity`.",
)(lambda *args: reference.clipped_momentum_step(*args)[::-1])


@mistake(
    "the caller's parameters are changed in place",
    "The values are right, but `params[name] -= …` writes into the caller's arrays. Build a new dict.",
)
def in_place(p, g, v, lr, beta, limit):
    new = rolled(v, clipped(g, limit), beta)
    for name in p:
        p[name] -= lr * new[name]
    return p, new


@mistake(
    "the caller's velocity is changed in place",
    "The values are right, but the caller's dict of velocities was written into. Build a new one.",
)
def velocity_in_place(p, g, v, lr, beta, limit):
    new = rolled(v, clipped(g, limit), beta)
    v.update(new)
    return moved(p, new, lr), v
