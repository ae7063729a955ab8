"""How a gradient becomes a step: momentum and Adam."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.parts import expect_one, expect_unchanged
from autograder.compare import expect_close
from autograder.spec import Exercise

OPTIMIZERS = Exercise(
    "start-optimizers",
    functions={"momentum_step": reference.momentum_step, "adam_step": reference.adam_step},
    returns={"momentum_step": ("p_next", "v_next"), "adam_step": ("p_next", "m_next", "v_next")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "One line an equation, in their order. The new velocity is used for the step, not the old one.",
        "m_hat and v_hat are used for this one step; what you return are m_next and v_next, uncorrected.",
        "The step: `lr * m_hat / (np.sqrt(v_hat) + eps)`, with eps outside the root.",
    ),
    explain="Both remember. Momentum sums past gradients; Adam divides a running mean by the root of a running mean of "
    "squares, so that the size of the gradient cancels.",
)


def draw(rng, size=1.0):
    """A parameter, its gradient, and two running means that are not zero."""
    shape = (3, 4)
    return [rng.normal(0.3, 1, shape), size * rng.standard_normal(shape), size * rng.standard_normal(shape)]


@OPTIMIZERS.check("momentum: the new velocity")
def velocity(student, rng):
    for options in ((0.3, 0.8), (0.05,)):  # beta is 0.9 where nobody says another
        p, g, v = draw(rng)
        got, want = student.momentum_step(p, g, v, *options), reference.momentum_step(p, g, v, *options)
        expect_close("v_next", got[1], want[1], hint="The old velocity times beta, plus the whole gradient.")


@OPTIMIZERS.check("momentum: the step")
def momentum(student, rng):
    for options in ((0.3, 0.8), (0.05,)):
        p, g, v = draw(rng)
        got, want = student.momentum_step(p, g, v, *options), reference.momentum_step(p, g, v, *options)
        expect_close("p_next", got[0], want[0], hint="Against the new velocity, lr times it.")


@OPTIMIZERS.check("momentum: the caller's arrays are left alone")
def momentum_untouched(student, rng):
    args = *draw(rng), 0.3, 0.8
    got, after = student.momentum_step.with_arguments(*args)
    expect_one(("p_next", "v_next"), got, reference.momentum_step(*args))
    expect_unchanged("pgv", after[:3], args[:3], hint="`p -= …` changes the caller's array.")


def draw_adam(rng):
    """Arguments for later steps: with small gradients, with a large eps, and with nothing but lr said."""
    for size, t, *options in ((1e-6, 10, 0.8, 0.99, 1e-8), (1.0, 3, 0.9, 0.999, 1e-3), (1e-6, 4)):
        p, g, m = draw(rng, size)
        v = size**2 * rng.uniform(0.5, 2, p.shape)
        told = f"beta1, beta2, eps = {options}, " if options else ""
        yield (p, g, m, v, t, 0.1, *options), f"t = {t}, {told}gradients of about {size:g}."


@OPTIMIZERS.check("Adam: the running means")
def means(student, rng):
    for args, hint in draw_adam(rng):
        (_, *got), (_, *want) = student.adam_step(*args), reference.adam_step(*args)
        for name, a, b in zip(("m_next", "v_next"), got, want, strict=True):
            expect_close(name, a, b, hint=f"The running mean before its correction; {hint}")


@OPTIMIZERS.check("Adam: the first step")
def adam_first(student, rng):
    p, g, _ = draw(rng)
    zero = np.zeros_like(p)
    got, want = student.adam_step(p, g, zero, zero, 1, 0.1), reference.adam_step(p, g, zero, zero, 1, 0.1)
    expect_close("p_next", got[0], want[0], hint="At t = 1, m_hat is g and v_hat is g².")


@OPTIMIZERS.check("Adam: later steps, with small gradients too")
def adam_later(student, rng):
    for args, hint in draw_adam(rng):
        expect_close("p_next", student.adam_step(*args)[0], reference.adam_step(*args)[0], hint=hint)


@OPTIMIZERS.check("Adam: the caller's arrays are left alone")
def adam_untouched(student, rng):
    p, g, m = draw(rng)
    args = p, g, m, rng.uniform(0.5, 2, p.shape), 2, 0.1
    got, after = student.adam_step.with_arguments(*args)
    expect_one(("p_next", "m_next", "v_next"), got, reference.adam_step(*args))
    expect_unchanged("pgmv", after[:4], args[:4], hint="`m *= …` changes the caller's array.")


def _momentum(velocity=lambda beta, v, g: beta * v + g, step=lambda p, lr, v, v_next: p - lr * v_next):
    def version(p, g, v, lr, beta=0.9):
        v_next = velocity(beta, v, g)
        return step(p, lr, v, v_next), v_next

    return version


def _lr_inside(p, g, v, lr, beta=0.9):
    v_next = beta * v + lr * g
    return p - v_next, v_next


def _momentum_in_place(p, g, v, lr, beta=0.9):
    v *= beta
    v += g
    p -= lr * v
    return p, v


def _adam(
    square=lambda g: g**2,
    correct=lambda a, beta, t: a / (1 - beta**t),
    step=lambda m, v, eps: m / (np.sqrt(v) + eps),
    keep=False,
    weight=lambda beta: 1 - beta,
):
    def version(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        m_next = beta1 * m + weight(beta1) * g
        v_next = beta2 * v + weight(beta2) * square(g)
        m_hat, v_hat = correct(m_next, beta1, t), correct(v_next, beta2, t)
        p_next = p - lr * step(m_hat, v_hat, eps)
        return (p_next, m_hat, v_hat) if keep else (p_next, m_next, v_next)

    return version


def _adam_one_beta(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m_next, v_next = reference.adam_step(p, g, m, v, t, lr, beta1, beta2, eps)
    scale = 1 - beta1**t
    return p - lr * (m_next / scale) / (np.sqrt(v_next / scale) + eps), m_next, v_next


def _adam_in_place(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    p -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return p, m, v


for _name, _words, _version in (
    (
        "the old velocity makes the step",
        "The new gradient must count at once: update the velocity first, then step with the new one.",
        _momentum(step=lambda p, lr, v, v_next: p - lr * v),
    ),
    (
        "the gradient enters the velocity with 1 - beta",
        "That is a running mean, as in Adam. Here the whole gradient is added: v_next = beta v + g.",
        _momentum(lambda beta, v, g: beta * v + (1 - beta) * g),
    ),
    (
        "momentum walks uphill",
        "The gradient points to where the loss grows. Step against it: a minus sign.",
        _momentum(step=lambda p, lr, v, v_next: p + lr * v_next),
    ),
    (
        "the learning rate stands inside the velocity",
        "p - lr v and v = beta v + g is asked for. With lr inside v the path is the same as long as lr is, "
        "but v is another number.",
        _lr_inside,
    ),
):
    OPTIMIZERS.mistake(_name, _words, momentum_step=_version)

for _name, _words, _version in (
    (
        "Adam without the correction of its start",
        "m and v begin at 0 and are too small at first. Dividing by 1 - beta^t makes up for it; at t = 1, m_hat is g.",
        _adam(correct=lambda a, beta, t: a),
    ),
    (
        "Adam counts t from 0",
        "t is 1 at the first step. With t + 1 the correction is one step ahead.",
        _adam(correct=lambda a, beta, t: a / (1 - beta ** (t + 1))),
    ),
    (
        "both means are corrected with beta1",
        "m is a running mean with beta1 and v one with beta2: each is corrected with its own.",
        _adam_one_beta,
    ),
    (
        "Adam's root is missing",
        "v_hat is a mean of squares. Only its root has the size of a gradient.",
        _adam(step=lambda m, v, eps: m / (v + eps)),
    ),
    (
        "eps stands inside the root",
        "sqrt(v_hat + 1e-8) is never below 1e-4: small gradients then make small steps. Add eps after the root.",
        _adam(step=lambda m, v, eps: m / np.sqrt(v + eps)),
    ),
    (
        "v averages the gradient, not its square",
        "v holds the mean of g². Without the square the root is taken of numbers that may be negative.",
        _adam(square=lambda g: g),
    ),
    (
        "the corrected means are returned",
        "m_hat and v_hat serve this step only. Returned, they would be corrected again at every step.",
        _adam(keep=True),
    ),
    (
        "Adam walks uphill",
        "The gradient points to where the loss grows. Step against it: a minus sign.",
        _adam(step=lambda m, v, eps: -m / (np.sqrt(v) + eps)),
    ),
    (
        "Adam adds the whole gradient",
        "m and v are running means: the new value counts with 1 - beta, so that the weights sum to 1.",
        _adam(weight=lambda beta: 1.0),
    ),
    (
        "Adam writes into the caller's arrays",
        "`p -= …` and `m *= …` change the arrays that were passed in. Make new ones and return them.",
        _adam_in_place,
    ),
):
    OPTIMIZERS.mistake(_name, _words, adam_step=_version)

OPTIMIZERS.mistake(
    "momentum writes into the caller's arrays",
    "`p -= …` and `v *= …` change the arrays that were passed in. Make new ones and return them.",
    momentum_step=_momentum_in_place,
)
