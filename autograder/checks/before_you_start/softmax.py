"""From scores to probabilities."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_close
from autograder.spec import Exercise

SOFTMAX = Exercise(
    "start-softmax",
    functions={"softmax": reference.softmax},
    returns={"softmax": ("p",)},
    points=2,
    minutes=12,
    hints=(
        "Begin with `np.exp(a)`, then divide by a sum. Along which axis, and how must the sum's shape be?",
        "`keepdims=True` keeps the summed axis with size 1, so that (N, 1) broadcasts over (N, V).",
        "For large scores: subtract from every row its own maximum, `a.max(axis=-1, keepdims=True)`. The ratio stays.",
    ),
    explain="Subtracting a row's maximum divides numerator and denominator by one number: nothing changes, but the "
    "largest exponential is exp(0) = 1 and cannot overflow.",
)


@SOFTMAX.check("values agree, for any number of axes")
def softmax_values(student, rng):
    for shape in ((4, 4), (3, 5), (4,), (2, 3, 7)):
        a = rng.normal(0.5, 2, shape)
        hint = f"a has shape {shape}; the probabilities sum to 1 along the last axis."
        expect_close("p", student.softmax(a), reference.softmax(a), hint=hint)


@SOFTMAX.check("scores of a thousand, up and down")
def softmax_large(student, rng):
    a = rng.normal(0.5, 2, (3, 5))
    a[0] += 1000
    a[1, rng.integers(5)] += 1000
    a[2] -= 1000
    p = student.softmax(a)
    hint = "exp(1000) is more than a number can hold, and exp(-1000) is 0. Each row has its own largest score."
    expect_close("p", p, reference.softmax(a), hint=hint, rtol=1e-6)


@SOFTMAX.check("the caller's array is left alone")
def softmax_untouched(student, rng):
    a = rng.normal(0.5, 2, (2, 6))
    p, (after,) = student.softmax.with_arguments(a)
    expect_close("p", p, reference.softmax(a))
    expect_close("a after the call", after, a, hint="`a -= …` changes the caller's array; `a - …` makes a new one.")


def _rows(a):
    e = np.exp(a - a.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def _everything(a):
    e = np.exp(a - a.max())
    return e / e.sum()


def _no_max(a):
    e = np.exp(a)
    return e / e.sum(axis=-1, keepdims=True)


def _one_max(a):
    e = np.exp(a - a.max())
    return e / e.sum(axis=-1, keepdims=True)


def _no_keepdims(a):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


def _axis_one(a):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _no_exp(a):
    return a / a.sum(axis=-1, keepdims=True)


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _mean(a):
    e = np.exp(a - a.mean(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _in_place(a):
    a -= a.max(axis=-1, keepdims=True)
    e = np.exp(a)
    return e / e.sum(axis=-1, keepdims=True)


for _name, _words, _version in (
    (
        "the sum runs down the columns",
        "`axis=0` makes every column sum to 1: the examples compete with each other. The classes of one example "
        "must compete, and they stand along the last axis: `axis=-1`.",
        _rows,
    ),
    (
        "one sum for the whole array",
        "Without `axis`, all numbers of the array together sum to 1. Each row is a distribution of its own: `axis=-1`.",
        _everything,
    ),
    (
        "the largest score is not subtracted",
        "For everyday scores this is right. exp(1000) overflows to infinity, and infinity divided by infinity is not "
        "a number. Subtract each row's maximum first.",
        _no_max,
    ),
    (
        "too much is subtracted from some rows",
        "A row whose scores all lie far below what was subtracted has exp(…) = 0 everywhere, and 0 / 0 is no number. "
        "Neither one number for all rows will do nor the largest magnitude: each row needs its own maximum, "
        "`a.max(axis=-1, keepdims=True)`.",
        _one_max,
    ),
    (
        "the sum lost its axis (no keepdims)",
        "A sum of shape (N,) lines up with the last axis of (N, V), not with the rows. With `keepdims=True` it is "
        "(N, 1), and each row is divided by its own sum.",
        _no_keepdims,
    ),
    (
        "axis 1 instead of the last",
        "For (N, V) both are the same axis. For one vector there is no axis 1, and for three axes it is the wrong one. "
        "Count from the end: `axis=-1`.",
        _axis_one,
    ),
    (
        "the sigmoid of each score",
        "The sigmoid looks at one score alone, so the results of a row need not sum to 1. In softmax the classes "
        "compete: divide by the sum of all exponentials of the row.",
        _sigmoid,
    ),
    (
        "too little is subtracted: the row's maximum is needed",
        "A score far above what was subtracted (a mean, a smallest score, the first one) stays far above 0, and its "
        "exponential overflows. After the row's maximum is subtracted, no score is above 0.",
        _mean,
    ),
    (
        "no exponential",
        "Scores may be negative, so dividing them by their sum gives no probabilities. exp makes them positive first.",
        _no_exp,
    ),
    (
        "the array is changed in place",
        "`a -= …` writes into the caller's array, and the scores are gone for everyone who still needs them. "
        "`a = a - …` makes a new array.",
        _in_place,
    ),
):
    SOFTMAX.mistake(_name, _words, softmax=_version)
