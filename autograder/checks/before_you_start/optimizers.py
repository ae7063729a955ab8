"""How a gradient becomes a step: momentum and Adam."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import by_name, expect_any_close, expect_close, expect_finite, expect_unchanged
from autograder.spec import Exercise

MOMENTUM, ADAM = ("p_next", "v_next"), ("p_next", "m_next", "v_next")

OPTIMIZERS = Exercise(
    "start-optimizers",
    functions={"momentum_step": reference.momentum_step, "adam_step": reference.adam_step},
    returns={"momentum_step": MOMENTUM, "adam_step": ADAM},
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
    want = reference.momentum_step(*args)
    expect_any_close(by_name(MOMENTUM, got), by_name(MOMENTUM, want))
    expect_unchanged("pgv", after[:3], args[:3], hint="`p -= …` changes the caller's array.")


def draw_adam(rng):
    """Arguments for later steps: with small gradients, with a large eps, and with nothing but lr said."""
    for size, t, *options in ((1e-7, 10, 0.8, 0.99, 1e-8), (1.0, 3, 0.9, 0.999, 1e-3), (1e-7, 4)):
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
    p, g, _ = draw(rng, 1e-7)
    zero = np.zeros_like(p)
    got, want = student.adam_step(p, g, zero, zero, 1, 0.1), reference.adam_step(p, g, zero, zero, 1, 0.1)
    expect_close("p_next", got[0], want[0], hint="At t = 1, m_hat is g and v_hat is g².")


@OPTIMIZERS.check("Adam: later steps, with small gradients too")
def adam_later(student, rng):
    for args, hint in draw_adam(rng):
        p_next = student.adam_step(*args)[0]
        expect_finite("p_next", p_next, hint="Is the root taken of a number below 0? v_hat is a mean of squares.")
        expect_close("p_next", p_next, reference.adam_step(*args)[0], hint=hint)


@OPTIMIZERS.check("Adam: the caller's arrays are left alone")
def adam_untouched(student, rng):
    p, g, m = draw(rng)
    args = p, g, m, rng.uniform(0.5, 2, p.shape), 2, 0.1
    got, after = student.adam_step.with_arguments(*args)
    want = reference.adam_step(*args)
    expect_any_close(by_name(ADAM, got), by_name(ADAM, want))
    expect_unchanged("pgmv", after[:4], args[:4], hint="`m *= …` changes the caller's array.")
