"""Rows of unequal length, each turned round within its own length."""

import numpy as np

from autograder.checks.shapes.depth_and_direction import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise

REVERSE = Exercise(
    "deep-reverse-rows",
    functions={"reverse_rows": reference.reverse_rows},
    returns={"reverse_rows": ("turned",)},
    points=2,
    minutes=12,
    difficulty=2,
    hints=(
        "`x[:, ::-1]` turns whole rows round, and the padding comes to stand first. A row of length L has its real "
        "steps at 0 to L - 1.",
        "Take a copy of `x`. Then go row by row: in row n only the first `lengths[n]` steps change.",
        "`turned[n, :L] = x[n, :L][::-1]` with `L = lengths[n]`. Test it with L = 0.",
    ),
    explain="Each row is turned round within its own length, so that it again begins with its real steps. Turned "
    "twice, it is what it was.",
)
HINT = "Row n: its first lengths[n] steps in the other order, the rest as it is."


def draw(rng, N=4, T=6, D=3):
    """x (N, T, D), and lengths with an empty row, a single step and a full row."""
    middle = rng.integers(2, T, N - 3)
    return rng.standard_normal((N, T, D)), rng.permutation([0, 1, T, *middle])


@REVERSE.check("each row is turned round within its own length")
def values(student, rng):
    for sizes in ((4, 6, 3), (6, 5, 2), (4, 7, 1)):
        x, lengths = draw(rng, *sizes)
        expect_close("turned", student.reverse_rows(x, lengths), reference.reverse_rows(x, lengths), HINT)


@REVERSE.check("a batch without padding, and one of a single row")
def full(student, rng):
    for N, T, L in ((3, 4, 4), (1, 6, 4)):
        x, lengths = rng.standard_normal((N, T, 2)), np.full(N, L)
        expect_close("turned", student.reverse_rows(x, lengths), reference.reverse_rows(x, lengths), HINT)


@REVERSE.check("turned twice, everything is where it was")
def twice(student, rng):
    x, lengths = draw(rng, 5, 8, 2)
    once = student.reverse_rows(x, lengths)
    expect_close("turned", once, reference.reverse_rows(x, lengths), HINT)
    expect_close("turned twice", student.reverse_rows(once, lengths), x)


@REVERSE.check("the caller's arrays are left alone")
def untouched(student, rng):
    x, lengths = draw(rng)
    turned, after = student.reverse_rows.with_arguments(x, lengths)
    expect_close("turned", turned, reference.reverse_rows(x, lengths), HINT)
    hint = "`turned = x` gives the array a second name, and `x[n]` is a view: take a copy of x first."
    expect_unchanged(("x", "lengths"), after, (x, lengths), hint)
