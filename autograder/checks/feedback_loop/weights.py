"""One matrix for the joined input, or two: the same numbers."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import expect_equal, expect_shape, expect_unchanged
from autograder.spec import Exercise

SPLIT = Exercise(
    "loop-split-weights",
    functions={"split_weights": reference.split_weights, "join_weights": reference.join_weights},
    returns={"split_weights": ("W_in", "W_back"), "join_weights": ("W",)},
    points=2,
    minutes=10,
    hints=(
        "Row k of W is multiplied by number k of the joined input. Which rows meet x, and which meet y_prev?",
        "`W[:D]` are the first D rows.",
        "Joining undoes it: `np.concatenate` with the rows of the second below those of the first, axis=0.",
    ),
    explain="A product with a joined vector is a sum of two products. So a text may say joined where another says "
    "two matrices, and both mean the same net.",
)


def draw(rng, D, V):
    return rng.standard_normal((D + V, V))


def expect_part(name, got, want, hint):
    """A wrong cut shows in the shape or in the values: the hint fits both."""
    expect_shape(name, got, want.shape, hint)
    expect_equal(name, got, want, hint)


@SPLIT.check("W_in: the rows that meet the input")
def rows_in(student, rng):
    for D, V in ((2, 7), (8, 3)):
        W = draw(rng, D, V)
        (W_in, _), after = student.split_weights.with_arguments(W, D)
        expect_part("W_in", W_in, W[:D], "The first D rows meet the input.")
        expect_unchanged(("W",), after[:1], (W,))


@SPLIT.check("W_back: the rows that meet what is fed back")
def rows_back(student, rng):
    for D, V in ((2, 7), (8, 3)):
        W = draw(rng, D, V)
        _, W_back = student.split_weights(W, D)
        expect_part("W_back", W_back, W[D:], "All rows after the first D meet what is fed back.")


@SPLIT.check("joining undoes splitting")
def joined(student, rng):
    for D, V in ((5, 5), (3, 5)):  # equal sizes first: there other ways to join have values to compare
        W = draw(rng, D, V)
        joined, after = student.join_weights.with_arguments(W[:D], W[D:])
        expect_part("join_weights(W_in, W_back)", joined, W, "The rows of W_back stand below those of W_in.")
        expect_unchanged(("W_in", "W_back"), after, (W[:D], W[D:]))


@SPLIT.mistake(
    "the columns are split",
    "Columns belong to what comes out, rows to what goes in. The joined input is cut into two parts, so the rows are.",
)
def split_weights(W, D):
    return W[:, :D], W[:, D:]


@SPLIT.mistake(
    "the two parts are exchanged",
    "The input is joined first, so its rows come first: return W_in, then W_back.",
)
def split_weights(W, D):
    return W[D:], W[:D]


@SPLIT.mistake(
    "W is split below V rows",
    "W.shape[1] is V, the number of outputs. The cut lies where the input ends: after D rows.",
)
def split_weights(W, D):
    return W[: W.shape[1]], W[W.shape[1] :]


@SPLIT.mistake(
    "W is split in the middle",
    "Half of D + V rows is D only when both parts are of one size. The cut lies after D rows.",
)
def split_weights(W, D):
    W_in, W_back = np.array_split(W, 2)
    return W_in, W_back


@SPLIT.mistake(
    "one row is lost at the cut",
    "Rows count from 0: the first D rows are W[:D], and the next one is W[D].",
)
def split_weights(W, D):
    return W[:D], W[D + 1 :]


@SPLIT.mistake(
    "the cut lies one row too low",
    "Rows count from 0: the first D rows are 0 to D - 1, and `W[:D]` ends before row D.",
)
def split_weights(W, D):
    return W[: D + 1], W[D + 1 :]


def _in_place(W, D):
    W_back = W[D:].copy()
    W[D:] = 0
    return W[:D], W_back


SPLIT.mistake(
    "W is written into",
    "`W[D:] = …` changes the caller's matrix. A slice is all that is needed: `W[:D]`.",
    split_weights=_in_place,
)


@SPLIT.mistake(
    "the matrices are added",
    "A sum mixes what belongs to the input with what belongs to the output fed back. Keep all D + V rows.",
)
def join_weights(W_in, W_back):
    return W_in + W_back


@SPLIT.mistake(
    "the matrices are put side by side",
    "axis=1 adds columns. The rows of W_back go below those of W_in: axis=0.",
)
def join_weights(W_in, W_back):
    return np.concatenate([W_in, W_back], axis=1)


@SPLIT.mistake("W_back is put on top", "The input's rows come first, as in the joined input.")
def join_weights(W_in, W_back):
    return np.concatenate([W_back, W_in], axis=0)
