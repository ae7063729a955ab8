"""Wrong steps, known by name."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.optimizers import OPTIMIZERS


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


def _step_as_velocity(p, g, v, lr, beta=0.9):
    v_next = beta * v - lr * g
    return p + v_next, v_next


OPTIMIZERS.mistake(
    "the velocity is the step itself",
    "With v = beta v - lr g and p + v the path is the same as long as lr is. Asked for is v_next = beta v + g, with "
    "the minus sign and lr in the step.",
    momentum_step=_step_as_velocity,
)


def _adam_by_gradient(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m_next, v_next = reference.adam_step(p, g, m, v, t, lr, beta1, beta2, eps)
    return p - lr * g / (np.sqrt(v_next / (1 - beta2**t)) + eps), m_next, v_next


def _adam_half_corrected(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m_next, v_next = reference.adam_step(p, g, m, v, t, lr, beta1, beta2, eps)
    return p - lr * m_next / (1 - beta1**t) / (np.sqrt(v_next) + eps), m_next, v_next


def _adam_exchanged(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m_next, v_next = (1 - beta1) * m + beta1 * g, (1 - beta2) * v + beta2 * g**2
    return p - lr * m_next / (1 - beta1**t) / (np.sqrt(v_next / (1 - beta2**t)) + eps), m_next, v_next


for _name, _words, _version in (
    (
        "Adam steps with the gradient, not with its running mean",
        "m_next is computed, and g makes the step. The step is lr * m_hat / (sqrt(v_hat) + eps).",
        _adam_by_gradient,
    ),
    (
        "v is not corrected",
        "v begins at 0 as well, and is even slower than m: v_hat = v_next / (1 - beta2^t).",
        _adam_half_corrected,
    ),
    (
        "the two weights of the running means are exchanged",
        "beta is near 1 and belongs to the past: beta * m + (1 - beta) * g. Exchanged, almost nothing is remembered.",
        _adam_exchanged,
    ),
    (
        "beta times t in place of beta to the power t",
        "The past counts beta, beta², beta³, …: a power, `beta**t`. 1 - beta * t soon falls below 0.",
        _adam(correct=lambda a, beta, t: a / (1 - beta * t)),
    ),
    (
        "eps is left out",
        "A parameter whose gradients were all 0 has v_hat = 0, and 0 / 0 is no number. Add eps to the root.",
        _adam(step=lambda m, v, eps: m / np.sqrt(v)),
    ),
):
    OPTIMIZERS.mistake(_name, _words, adam_step=_version)
