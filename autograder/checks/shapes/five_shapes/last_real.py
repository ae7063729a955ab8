"""The true last step of rows that were filled up, and where its gradient goes."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.compare import expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise

LAST = Exercise(
    "shape-last-step",
    functions={"last_real": reference.last_real, "last_real_backward": reference.last_real_backward},
    returns={"last_real": ("last",), "last_real_backward": ("dh",)},
    points=4,
    minutes=20,
    difficulty=2,
    hints=(
        "The number of real steps of each row is `mask.sum(axis=1)`. Steps are counted from 0: the last real one is "
        "at that number minus 1.",
        "One step for each row: index with two arrays of length N, `h[np.arange(N), lengths - 1]`. `h[:, lengths - 1]` "
        "would take all of these steps from every row.",
        "A row without real steps has length 0, and -1 is the last column. Treat it apart: "
        "`np.where(lengths[:, None] > 0, …, 0)`.",
        "Backwards: zeros of shape (N, T, H), then `dh[rows, lengths[rows] - 1] = dlast[rows]` for the rows that are "
        "not empty.",
    ),
    explain="What was read gets the gradient, everything else exactly zero: earlier states get theirs on the way back "
    "through time, and padding gets none.",
)
STEP = "Row n ends at step `mask[n].sum() - 1`, counted from 0."
PLACE = "The gradient belongs to the one step of each row that was read; all others are exactly 0."
EMPTY = "A row without real steps has read nothing: zeros forwards, and no gradient backwards."


def draw(rng, N=5, T=6, H=4, full=True):
    """h and dlast without zeros, and a mask with an empty row, ragged ones and, with `full`, a full one."""
    lengths = rng.permutation([0, T if full else T - 1, *rng.choice(np.arange(2, T - 1), N - 2)])
    return (
        0.3 + rng.standard_normal((N, T, H)),
        np.arange(T) < lengths[:, None],
        0.2 + rng.standard_normal((N, H)),
    )


SIZES = (4, 7, 3, False), (5, 6, 4, True)


@LAST.check("forwards, the state after each row's last real step")
def forwards(student, rng):
    for sizes in SIZES:
        h, mask, _ = draw(rng, *sizes)
        real = mask.any(axis=1)
        h, mask = h[real], mask[real]
        expect_close("last", student.last_real(h, mask), reference.last_real(h, mask), STEP)


@LAST.check("forwards, an empty row gives zeros")
def empty(student, rng):
    for sizes in SIZES:
        h, mask, _ = draw(rng, *sizes)
        expect_close("last", student.last_real(h, mask), reference.last_real(h, mask), EMPTY)


@LAST.check("backwards, the gradient goes to that step alone")
def backwards(student, rng):
    for sizes in SIZES:
        _, mask, dlast = draw(rng, *sizes)
        real = mask.any(axis=1)
        mask, dlast = mask[real], dlast[real]
        got = student.last_real_backward(dlast, mask)
        expect_close("dh", got, reference.last_real_backward(dlast, mask), PLACE)


@LAST.check("backwards, an empty row gets exactly zero")
def empty_backwards(student, rng):
    for sizes in SIZES:
        _, mask, dlast = draw(rng, *sizes)
        got = student.last_real_backward(dlast, mask)
        expect_close("dh", got, reference.last_real_backward(dlast, mask), EMPTY)


@LAST.check("the caller's arrays are left alone")
def untouched(student, rng):
    h, mask, dlast = draw(rng)
    last, after = student.last_real.with_arguments(h, mask)
    dh, back = student.last_real_backward.with_arguments(dlast, mask)
    right = {"last": reference.last_real(h, mask), "dh": reference.last_real_backward(dlast, mask)}
    expect_any_close({"last": last, "dh": dh}, right)
    expect_unchanged(("h", "mask"), after, (h, mask), "`h[~mask] = 0` changes the caller's array.")
    expect_unchanged(("dlast", "mask"), back, (dlast, mask))
