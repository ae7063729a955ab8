"""Wrong conversions, known by name."""

import numpy as np

from autograder.checks.before_you_start.standardise import STANDARDISE


def _variant(statistics_of, spread=lambda a: a.std(axis=0), mean=lambda a: a.mean(axis=0), eps=0.0):
    def version(x, x_train):
        a = x if statistics_of == "x" else x_train
        size = spread(a) + eps
        return (x - mean(a)) / np.where(size > 0, size, 1.0)

    return version


STANDARDISE.mistake(
    "the statistics come from x itself",
    "x may be a single example, whose mean is itself: every feature would be 0. New examples must go through the "
    "very same conversion as those the net has learned from: use x_train for both mean and standard deviation.",
    standardise=_variant("x"),
)
STANDARDISE.mistake(
    "one mean for all features together",
    "Without `axis`, numpy averages over everything and returns one number, which broadcasts without an error. "
    "Each feature needs its own: `axis=0`.",
    standardise=_variant("x_train", lambda a: a.std(), lambda a: a.mean()),
)
STANDARDISE.mistake(
    "the mean runs along each row",
    "`axis` names the axis that vanishes, not the one that stays. `axis=1` averages the features of one example. "
    "To keep the features, the rows must vanish: `axis=0`.",
    standardise=_variant("x_train", lambda a: a.std(axis=1), lambda a: a.mean(axis=1)),
)
STANDARDISE.mistake(
    "the mean runs along each row (kept as a column)",
    "`axis=1` averages the features of one example, and `keepdims` makes the mistake fit. `axis` names the axis "
    "that vanishes: the rows must go, so `axis=0`.",
    standardise=_variant("x_train", lambda a: a.std(axis=1, keepdims=True), lambda a: a.mean(axis=1, keepdims=True)),
)
STANDARDISE.mistake(
    "divided by N - 1 (ddof=1)",
    "`ddof=1` estimates the spread of a population from a sample. Here the spread of these rows is asked for: "
    "numpy's default, which divides by N.",
    standardise=_variant("x_train", lambda a: a.std(axis=0, ddof=1)),
)
STANDARDISE.mistake(
    "divided by the variance",
    "The variance has the square of the feature's unit. The result has standard deviation 1 only when you divide "
    "by the square root of it: `std`.",
    standardise=_variant("x_train", lambda a: a.var(axis=0)),
)
STANDARDISE.mistake(
    "a small number is added to the standard deviation",
    "It keeps 0 out of the denominator, but a feature in tiny units then comes out too small. Replace the zeros "
    "and leave the rest: `np.where(std > 0, std, 1.0)`.",
    standardise=_variant("x_train", eps=1e-8),
)


def _small_as_zero(x, x_train):
    std = x_train.std(axis=0)
    return (x - x_train.mean(axis=0)) / np.where(std < 1e-8, 1.0, std)


STANDARDISE.mistake(
    "a small standard deviation is taken for 0",
    "A feature in tiny units varies too, and it is brought to the same scale as all others. Only a standard deviation "
    "of exactly 0 is replaced: `np.where(std > 0, std, 1.0)`.",
    standardise=_small_as_zero,
)


def _kept_above(x, x_train):
    return (x - x_train.mean(axis=0)) / np.maximum(x_train.std(axis=0), 1e-8)


STANDARDISE.mistake(
    "the standard deviation is kept above a small number",
    "It keeps 0 out of the denominator, but a feature in tiny units then comes out too small, and one that never "
    "varies is divided by a tiny number. Replace the zeros by 1 and leave the rest: `np.where(std > 0, std, 1.0)`.",
    standardise=_kept_above,
)


def _by_zero(x, x_train):
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)


STANDARDISE.mistake(
    "a feature that never varies is divided by 0",
    "Its standard deviation is 0, and a number divided by 0 is infinite or not a number (NaN), which then spreads "
    "through the whole net. Put 1 in place of a 0: `np.where(std > 0, std, 1.0)`.",
    standardise=_by_zero,
)


def _in_place(x, x_train):
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    x -= mean
    x /= np.where(std > 0, std, 1.0)
    return x


STANDARDISE.mistake(
    "x is changed in place",
    "`x -= …` writes into the array that the caller passed in, so that a second call standardises twice. "
    "`x - …` makes a new array.",
    standardise=_in_place,
)


STANDARDISE.mistake(
    "the mean is not subtracted",
    "Divided by its standard deviation a feature has the right size, but lies where it was. Subtract the mean first.",
    standardise=_variant("x_train", mean=lambda a: 0.0),
)


def _spread_of_x(x, x_train):
    std = x.std(axis=0)
    return (x - x_train.mean(axis=0)) / np.where(std > 0, std, 1.0)


STANDARDISE.mistake(
    "the standard deviation comes from x itself",
    "The mean is that of x_train, and so must the standard deviation be: every example goes through one conversion.",
    standardise=_spread_of_x,
)


def _from_least_to_largest(x, x_train):
    least, most = x_train.min(axis=0), x_train.max(axis=0)
    return (x - least) / np.where(most > least, most - least, 1.0)


STANDARDISE.mistake(
    "the features are brought between 0 and 1",
    "That is another conversion, and one odd example decides its scale. Asked for are mean 0 and standard deviation 1.",
    standardise=_from_least_to_largest,
)
STANDARDISE.mistake(
    "what was divided by 0 is mended afterwards",
    "`nan_to_num` turns an infinite number into 1.8e308. Put 1 in place of a 0 before you divide: "
    "`np.where(std > 0, std, 1.0)`.",
    standardise=lambda x, x_train: np.nan_to_num(_by_zero(x, x_train)),
)


def _zero_where_constant(x, x_train):
    return np.where(x_train.std(axis=0) > 0, _by_zero(x, x_train), 0.0)


STANDARDISE.mistake(
    "a feature that never varied comes out as 0",
    "It never varied in x_train, but it may in x, and then it should be seen. Divide by 1 there; do not set it to 0.",
    standardise=_zero_where_constant,
)
