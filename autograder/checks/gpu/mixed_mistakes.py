"""Wrong ways to scale a loss, known by name."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.mixed import MIXED


def finite(g):
    return np.isfinite(g).all()


def step(params, grads, scale, lr, kind=np.float32):
    return {name: p - lr * (grads[name].astype(kind) / scale).astype(np.float32) for name, p in params.items()}


def right_but(params, grads, scale, good, lr, patience, by=None, kind=np.float32, fine=finite, lost=None, row=None):
    """The right thing, but for one of the last five.

    by: what the gradients are divided by; kind: their type before that; fine: says of one whether it can be used;
    lost, row: scale and good after an overflow, and after `patience` good steps in a row.
    """
    if not all(map(fine, grads.values())):
        return dict(params), *(lost or (scale / 2, 0))
    params = step(params, grads, by or scale, lr, kind)
    return (params, *(row or (scale * 2, 0))) if good + 1 == patience else (params, scale, good + 1)


def moved_by(kept, params, grads, scale, good, lr, patience):
    """Weights that move by these gradients in any case, with the right scale and count."""
    _, *rest = reference.scaled_step(params, grads, scale, good, lr, patience)
    return step(params, kept, scale, lr), *rest


@MIXED.mistake(
    "the scale is taken out in float16",
    "`g / scale` keeps the type of g. The smallest numbers, for which the scale was there, are rounded off again. "
    "Convert first.",
)
def in_half(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, kind=np.float16)


@MIXED.mistake(
    "the scale is not taken out",
    "The gradients are those of the loss times the scale: that many times too large. Divide before the step.",
)
def not_unscaled(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, by=1.0)


@MIXED.mistake("the step goes up the gradient", "The loss goes down against the gradient: params - lr * gradient.")
def upwards(params, grads, scale, good, lr, patience):
    return reference.scaled_step(params, grads, scale, good, -lr, patience)


@MIXED.mistake(
    "only the array that overflowed is left out",
    "The gradient is one direction of all weights together. If a part of it is unknown, none of it can be used.",
)
def by_array(params, grads, scale, good, lr, patience):
    kept = {name: g if finite(g) else 0 * np.nan_to_num(g, posinf=0, neginf=0) for name, g in grads.items()}
    return moved_by(kept, params, grads, scale, good, lr, patience)


@MIXED.mistake(
    "numbers that are not finite are replaced by 0",
    "The rest of that gradient is not to be trusted either, and the weights would move. Leave the whole step out.",
)
def zeros(params, grads, scale, good, lr, patience):
    kept = {name: np.nan_to_num(g, nan=0, posinf=0, neginf=0) for name, g in grads.items()}
    return moved_by(kept, params, grads, scale, good, lr, patience)


@MIXED.mistake(
    "numbers that are not finite are not noticed",
    "One of them spoils the whole gradient, so *every* number has to be finite: `np.isfinite(g).all()`. With `any` a "
    "single finite one would do.",
)
def not_looked_for(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, fine=lambda g: True)


@MIXED.mistake(
    "the weights move before the step is left out",
    "If anything is not finite, the weights that came are returned: no number of theirs changes.",
)
def moved_first(params, grads, scale, good, lr, patience):
    return moved_by(grads, params, grads, scale, good, lr, patience)


@MIXED.mistake(
    "the learning rate is left out",
    "params - lr * gradient / scale: the step is `lr` times the gradient long.",
)
def no_lr(params, grads, scale, good, lr, patience):
    return reference.scaled_step(params, grads, scale, good, 1, patience)


@MIXED.mistake(
    "the gradients are multiplied by the scale once more",
    "They came from a loss that was multiplied by the scale already. Divide by it.",
)
def scaled_again(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, by=1 / scale)


@MIXED.mistake(
    "this step is divided by the scale that is tried next",
    "These gradients came with the old scale. Take the step first, then double.",
)
def new_scale(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, by=scale * 2 if good + 1 == patience else scale)


@MIXED.mistake(
    "NaN is not noticed",
    "np.isinf says False of NaN, which is what inf - inf gives on the way back. `np.isfinite` sees both.",
)
def no_nan(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, fine=lambda g: not np.isinf(g).any())


@MIXED.mistake(
    "infinity is not noticed",
    "An overflow gives inf, and np.isnan says False of it. `np.isfinite` sees both.",
)
def no_inf(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, fine=lambda g: not np.isnan(g).any())


@MIXED.mistake(
    "the scale stays after an overflow",
    "The same scale would overflow again. Half of it is tried next.",
)
def not_halved(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, lost=(scale, 0))


@MIXED.mistake(
    "the count goes on after an overflow",
    "`good` counts the steps without overflow since the scale was last changed. It was changed just now: 0.",
)
def count_kept(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, lost=(scale / 2, good))


@MIXED.mistake(
    "the count goes on after the scale was doubled",
    "`good` begins anew with each change of the scale; else it would be past `patience` for ever.",
)
def never_anew(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, row=(scale * 2, good + 1))


@MIXED.mistake(
    "the scale is doubled one step too late",
    "This step is a good one as well: it is the (good + 1)-th.",
)
def too_late(params, grads, scale, good, lr, patience):
    return reference.scaled_step(params, grads, scale, good, lr, patience + 1)


@MIXED.mistake(
    "the scale is never doubled",
    "It would only ever fall. After `patience` good steps twice the scale is tried.",
)
def never_doubled(params, grads, scale, good, lr, patience):
    return right_but(params, grads, scale, good, lr, patience, row=(scale, 0))


@MIXED.mistake(
    "the scale is doubled after every good step",
    "That overflows every few steps, and each time a step is lost. Wait for `patience` good ones.",
)
def always_doubled(params, grads, scale, good, lr, patience):
    return reference.scaled_step(params, grads, scale, good, lr, good + 1)
