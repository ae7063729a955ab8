"""Wrong steps of clipped momentum, known by name."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.checks.vanishing_gradients.clipping import STEP


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
