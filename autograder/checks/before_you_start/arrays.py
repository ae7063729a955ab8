"""Rows, columns, and what numpy does when two arrays do not have one shape."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect, expect_close
from autograder.spec import Exercise

SHAPES = ("(3,)", "(3, 1)", "(3, 3)", "error")

BROADCAST = Exercise(
    "start-broadcast",
    values={"predicted_shape": "(3, 3)"},
    points=1,
    minutes=3,
    hints=("Commit to what you believe; the point is for the prediction, not for being right.",),
    explain="numpy lines the shapes up from the right: (3,) counts as (1, 3), and each size of 1 is stretched to 3.",
)


@BROADCAST.check("a prediction is made before the run")
def predicted(student, rng):
    value = student.predicted_shape
    words = f'predicted_shape: expected one of {", ".join(SHAPES)}, between quotes, got "{value}".'
    expect(isinstance(value, str) and value.replace(" ", "") in [s.replace(" ", "") for s in SHAPES], words)


EMPTY = "The point is for committing before the run, and any of the choices earns it. Write down what you believe now."
BROADCAST.mistake("nothing is predicted yet", EMPTY, predicted_shape="")
BROADCAST.mistake(
    "a tuple instead of a text",
    'Without quotes (3, 3) is a pair of numbers. Write the prediction as a text: `predicted_shape = "(3, 3)"`.',
    predicted_shape=(3, 3),
)


STANDARDISE = Exercise(
    "start-standardise",
    functions={"standardise": reference.standardise},
    returns={"standardise": ("z",)},
    points=2,
    minutes=10,
    hints=(
        "The mean has one number for each feature, so its shape is (D,). Which axis must vanish?",
        "`x_train.mean(axis=0)` runs down the rows. `(D,)` lines up with the last axis of `x` by itself.",
        "`np.where(std > 0, std, 1.0)` replaces the zeros before you divide.",
    ),
    explain="`axis=0` is the axis that vanishes: (N, D) becomes (D,), which broadcasts over the rows of x.",
)


def draw(rng, M=4, N=9, D=3):
    """Rows to convert and rows to learn from, whose features differ in place and size."""
    place, size = rng.uniform(-5, 5, D), rng.uniform(2, 6, D)
    return [place + size * rng.standard_normal((rows, D)) for rows in (M, N)]


@STANDARDISE.check("values agree with the reference")
def values(student, rng):
    for D in (3, 6):
        x, x_train = draw(rng, D=D)
        expect_close(
            "z",
            student.standardise(x, x_train),
            reference.standardise(x, x_train),
            hint="Mean and standard deviation: one for each feature, over the rows of x_train.",
        )


@STANDARDISE.check("as many rows as features: a wrong axis cannot hide")
def square(student, rng):
    x, x_train = draw(rng, M=5, N=5, D=5)
    hint = "Here all sizes are equal, so a mean along the wrong axis broadcasts without an error."
    expect_close("z", student.standardise(x, x_train), reference.standardise(x, x_train), hint=hint)


@STANDARDISE.check("a feature that never varies, and one in tiny units")
def odd_features(student, rng):
    x, x_train = draw(rng, D=4)
    x_train[:, 2] *= 1e-10
    x[:, 2] *= 1e-10
    z, want = student.standardise(x, x_train), reference.standardise(x, x_train)
    expect_close("z, with one feature in tiny units", z, want, hint="Divide by the standard deviation, however small.")
    x_train[:, 1], x[:, 1] = 3.0, 3.0 + np.arange(len(x))
    z, want = student.standardise(x, x_train), reference.standardise(x, x_train)
    expect_close(
        "z, with one feature that never varies", z, want, hint="Divide by 1 where the standard deviation is 0."
    )


@STANDARDISE.check("the caller's arrays are left alone")
def untouched(student, rng):
    x, x_train = draw(rng)
    z, after = student.standardise.with_arguments(x, x_train)
    expect_close("z", z, reference.standardise(x, x_train))
    for name, now, before in zip(("x", "x_train"), after, (x, x_train), strict=True):
        expect_close(f"{name} after the call", now, before, hint="`x -= …` changes the caller's array.")


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
