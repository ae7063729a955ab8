"""Wrong probabilities, known by name."""

import numpy as np

from autograder.checks.before_you_start.softmax import SOFTMAX


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


def _max_lost_axis(a):
    e = np.exp(a - a.max(axis=-1))
    return e / e.sum(axis=-1, keepdims=True)


def _cut(a):
    e = np.exp(np.clip(a, -500, 500))
    return e / e.sum(axis=-1, keepdims=True)


def _log_softmax(a):
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


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
        "the maximum lost its axis (no keepdims)",
        "Maxima of shape (N,) line up with the last axis of (N, V), not with the rows: an error, or with N = V another "
        "row's maximum. `a.max(axis=-1, keepdims=True)` is (N, 1).",
        _max_lost_axis,
    ),
    (
        "the scores are cut at a limit",
        "Nothing overflows, but scores of 1000 and of 1002 become equal. Subtract each row's maximum: that changes "
        "no probability.",
        _cut,
    ),
    (
        "the exponentials are not divided by their sum",
        "The exponentials of a row do not sum to 1 yet. Divide each row by its own sum.",
        lambda a: np.exp(a - a.max(axis=-1, keepdims=True)),
    ),
    (
        "the logarithms of the probabilities",
        "All numbers are below 0: they are log p. `np.exp` of them is asked for.",
        _log_softmax,
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
