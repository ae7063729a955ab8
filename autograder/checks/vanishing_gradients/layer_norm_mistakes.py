"""Wrong ways to normalise, known by name."""

import numpy as np

from autograder.checks.vanishing_gradients.layer_norm import FORWARD


def mistake(name, words):
    def add(compute):
        def wrong(a, gain, b, eps=1e-5):
            return compute(a, gain, b, eps), (a, gain, b)

        FORWARD.mistake(name, words, layer_norm_forward=wrong)

    return add


def normalise(a, eps, axis=-1, ddof=0, root=lambda var, eps: np.sqrt(var + eps), centre=True):
    mean = a.mean(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        return (a - mean if centre else a) / root(a.var(axis=axis, keepdims=True, ddof=ddof), eps)


mistake(
    "the statistics are taken over the batch",
    "Mean and variance over the rows are those of *batch* normalisation. Here each row has its own, over its units: "
    "the last axis.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, axis=0) + b)
mistake(
    "the statistics are taken over everything",
    "Without `axis` there is one mean and one variance for the whole array. Each row has its own: "
    "`axis=-1, keepdims=True`.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, axis=None) + b)
mistake(
    "the variance is divided by H - 1",
    "`ddof=1` is for estimating a variance from a sample. Here the row is all there is: divide by H.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, ddof=1) + b)
mistake(
    "eps stands outside the root",
    "`eps` is added to the variance, and then comes the root: `np.sqrt(variance + eps)`.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, root=lambda var, eps: np.sqrt(var) + eps) + b)
mistake(
    "eps is left out",
    "A row of equal numbers has the variance 0, and 0 / 0 is no number: `np.sqrt(variance + eps)`.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, root=lambda var, eps: np.sqrt(var)) + b)
mistake(
    "the root is missing",
    "Divided by the variance, the row does not get the variance 1. Divide by its root.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, root=lambda var, eps: var + eps) + b)
mistake(
    "multiplied by the spread",
    "A wide row should become narrower: divide by the root of the variance.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, root=lambda var, eps: 1 / np.sqrt(var + eps)) + b)
mistake(
    "the mean is not subtracted",
    "First the row is moved to mean 0, then it is divided by the root of its variance.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, centre=False) + b)
mistake(
    "the row is only centred",
    "The mean is 0 now. Divide by the root of the variance as well.",
)(lambda a, gain, b, eps: gain * (a - a.mean(axis=-1, keepdims=True)) + b)
mistake(
    "the mean of squares is taken before the mean is subtracted",
    "The variance is the mean of the squared distances from the mean: subtract the mean first, then square.",
)(
    lambda a, gain, b, eps: (
        gain * (a - a.mean(axis=-1, keepdims=True)) / np.sqrt((a**2).mean(axis=-1, keepdims=True) + eps) + b
    )
)
mistake(
    "the squares are added, not averaged",
    "The variance is a mean: divide the sum of squares by H.",
)(lambda a, gain, b, eps: gain * normalise(a, eps, root=lambda var, eps: np.sqrt(var * a.shape[-1] + eps)) + b)
mistake(
    "gain and shift are exchanged",
    "`gain` multiplies and `b` is added.",
)(lambda a, gain, b, eps: b * normalise(a, eps) + gain)
mistake(
    "the gain multiplies the shift, too",
    "`gain * normal + b`: the shift is added after the gain has multiplied.",
)(lambda a, gain, b, eps: gain * (normalise(a, eps) + b))
mistake(
    "the gain is left out",
    "After normalising, each unit gets its own gain and its own shift.",
)(lambda a, gain, b, eps: normalise(a, eps) + b)
mistake(
    "the shift is left out",
    "After normalising, each unit gets its own gain and its own shift.",
)(lambda a, gain, b, eps: gain * normalise(a, eps))
mistake(
    "gain and shift are left out",
    "Normalising is the first half. Then `gain * normal + b`.",
)(lambda a, gain, b, eps: normalise(a, eps))
mistake(
    "gain and shift come before normalising",
    "What is multiplied and shifted before, is normalised away. `gain` and `b` come last.",
)(lambda a, gain, b, eps: normalise(gain * a + b, eps))
mistake(
    "the mean absolute distance stands for the spread",
    "The spread is the root of the mean of *squared* distances from the mean.",
)(
    lambda a, gain, b, eps: (
        gain
        * (a - a.mean(axis=-1, keepdims=True))
        / (np.abs(a - a.mean(axis=-1, keepdims=True)).mean(axis=-1, keepdims=True) + eps)
        + b
    )
)
mistake(
    "tanh is applied already",
    "The cell applies its tanh to the result later. Here `gain * normal + b` is the end.",
)(lambda a, gain, b, eps: np.tanh(gain * normalise(a, eps) + b))


@FORWARD.mistake(
    "the caller's array is changed in place",
    "The values are right, but `a -= …` writes into the caller's array. `a - …` makes a new one.",
)
def in_place(a, gain, b, eps=1e-5):
    a -= a.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((a**2).mean(axis=-1, keepdims=True) + eps)
    a *= scale
    return gain * a + b, (a, scale, gain)


@FORWARD.mistake(
    "the caller's array is centred in place",
    "The values are right, but `a -= …` writes into the caller's array. `a - …` makes a new one.",
)
def centred_in_place(a, gain, b, eps=1e-5):
    a -= a.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((a**2).mean(axis=-1, keepdims=True) + eps)
    return gain * (a * scale) + b, (a, scale, gain)
