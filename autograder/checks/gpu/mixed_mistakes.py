"""Wrong ways to scale a loss, known by name."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.mixed import MIXED


def finite(grads):
    return all(np.isfinite(g).all() for g in grads.values())


def step(params, grads, scale, lr, sign=-1):
    return {name: p + sign * lr * (grads[name].astype(np.float32) / scale) for name, p in params.items()}


def counted(params, scale, good, patience, factor=2, again=0):
    return (params, scale * factor, again) if good + 1 == patience else (params, scale, good + 1)


@MIXED.mistake(
    "the scale is taken out in float16",
    "`g / scale` keeps the type of g. The smallest numbers, for which the scale was there, are rounded off again. "
    "Convert first.",
)
def in_half(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    halves = {name: g / np.float16(scale) for name, g in grads.items()}
    return counted(step(params, halves, 1.0, lr), scale, good, patience)


@MIXED.mistake(
    "the scale is not taken out",
    "The gradients are those of the loss times the scale: that many times too large. Divide before the step.",
)
def not_unscaled(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    return counted(step(params, grads, 1.0, lr), scale, good, patience)


@MIXED.mistake("the step goes up the gradient", "The loss goes down against the gradient: params - lr * gradient.")
def upwards(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    return counted(step(params, grads, scale, lr, +1), scale, good, patience)


@MIXED.mistake(
    "only the array that overflowed is left out",
    "The gradient is one direction of all weights together. If a part of it is unknown, none of it can be used.",
)
def by_array(params, grads, scale, good, lr, patience):
    if finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    kept = {name: g if np.isfinite(g).all() else 0 * np.nan_to_num(g, posinf=0, neginf=0) for name, g in grads.items()}
    return step(params, kept, scale, lr), scale / 2, 0


@MIXED.mistake(
    "numbers that are not finite are replaced by 0",
    "The rest of that gradient is not to be trusted either, and the weights would move. Leave the whole step out.",
)
def zeros(params, grads, scale, good, lr, patience):
    if finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    kept = {name: np.nan_to_num(g, nan=0, posinf=0, neginf=0) for name, g in grads.items()}
    return step(params, kept, scale, lr), scale / 2, 0


@MIXED.mistake(
    "numbers that are not finite are not noticed",
    "One of them spoils the whole gradient, so *every* number has to be finite: `np.isfinite(g).all()`. With `any` a "
    "single finite one would do.",
)
def not_looked_for(params, grads, scale, good, lr, patience):
    return counted(step(params, grads, scale, lr), scale, good, patience)


@MIXED.mistake(
    "the weights move before the step is left out",
    "If anything is not finite, the weights that came are returned: no number of theirs changes.",
)
def moved_first(params, grads, scale, good, lr, patience):
    moved = step(params, grads, scale, lr)
    return counted(moved, scale, good, patience) if finite(grads) else (moved, scale / 2, 0)


@MIXED.mistake(
    "the learning rate is left out",
    "params - lr * gradient / scale: the step is `lr` times the gradient long.",
)
def no_lr(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    return counted(step(params, grads, scale, 1), scale, good, patience)


@MIXED.mistake(
    "the gradients are multiplied by the scale once more",
    "They came from a loss that was multiplied by the scale already. Divide by it.",
)
def scaled_again(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    return counted(step(params, grads, 1 / scale, lr), scale, good, patience)


@MIXED.mistake(
    "this step is divided by the scale that is tried next",
    "These gradients came with the old scale. Take the step first, then double.",
)
def new_scale(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return reference.scaled_step(params, grads, scale, good, lr, patience)
    return counted(step(params, grads, scale * (2 if good + 1 == patience else 1), lr), scale, good, patience)


@MIXED.mistake(
    "NaN is not noticed",
    "np.isinf says False of NaN, which is what inf - inf gives on the way back. `np.isfinite` sees both.",
)
def no_nan(params, grads, scale, good, lr, patience):
    if any(np.isinf(g).any() for g in grads.values()):
        return dict(params), scale / 2, 0
    return counted(step(params, grads, scale, lr), scale, good, patience)


@MIXED.mistake(
    "infinity is not noticed",
    "An overflow gives inf, and np.isnan says False of it. `np.isfinite` sees both.",
)
def no_inf(params, grads, scale, good, lr, patience):
    if any(np.isnan(g).any() for g in grads.values()):
        return dict(params), scale / 2, 0
    return counted(step(params, grads, scale, lr), scale, good, patience)


@MIXED.mistake(
    "the scale stays after an overflow",
    "The same scale would overflow again. Half of it is tried next.",
)
def not_halved(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale, 0
    return reference.scaled_step(params, grads, scale, good, lr, patience)


@MIXED.mistake(
    "the count goes on after an overflow",
    "`good` counts the steps without overflow since the scale was last changed. It was changed just now: 0.",
)
def count_kept(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale / 2, good
    return reference.scaled_step(params, grads, scale, good, lr, patience)


@MIXED.mistake(
    "the count goes on after the scale was doubled",
    "`good` begins anew with each change of the scale; else it would be past `patience` for ever.",
)
def never_anew(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale / 2, 0
    return counted(step(params, grads, scale, lr), scale, good, patience, again=good + 1)


@MIXED.mistake(
    "the scale is doubled one step too late",
    "This step is a good one as well: it is the (good + 1)-th.",
)
def too_late(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale / 2, 0
    params = step(params, grads, scale, lr)
    return (params, scale * 2, 0) if good == patience else (params, scale, good + 1)


@MIXED.mistake(
    "the scale is never doubled",
    "It would only ever fall. After `patience` good steps twice the scale is tried.",
)
def never_doubled(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale / 2, 0
    return counted(step(params, grads, scale, lr), scale, good, patience, factor=1)


@MIXED.mistake(
    "the scale is doubled after every good step",
    "That overflows every few steps, and each time a step is lost. Wait for `patience` good ones.",
)
def always_doubled(params, grads, scale, good, lr, patience):
    if not finite(grads):
        return dict(params), scale / 2, 0
    return step(params, grads, scale, lr), scale * 2, 0
