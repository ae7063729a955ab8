"""Rows of unequal length without their padding, and back."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.compare import as_numbers, by_name, expect, expect_close, expect_equal, expect_unchanged
from autograder.spec import Exercise

PACKED = ("data", "batch_sizes", "order")

PACK = Exercise(
    "gpu-packed",
    functions={"pack": reference.pack, "unpack": reference.unpack},
    returns={"pack": PACKED, "unpack": ("x",)},
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        'Begin with the order: `np.argsort(-lengths, kind="stable")` puts the longest row first and leaves equal ones '
        "as they stood.",
        "At step t a row is still running if its length is above t. How many are there? These are the first so many of "
        "the order: `x[order[:n], t]`.",
        "Back: `np.split(data, np.cumsum(batch_sizes))[:-1]` are the pieces, one for each step. Piece t belongs to "
        "`x[order[:n], t]`, on the left of an assignment this time.",
    ),
    explain="In the packed form step t is one piece without gaps, and its rows are the first ones of the state, since "
    "the longest come first. So a step works on `h[:n]`, and no padding is ever computed.",
)


def draw(rng, N, T, D, equal=False):
    """x (N, T, D) with numbers in the padding too, and ragged lengths: one row is empty, and none reaches T."""
    lengths = rng.integers(1, T, N) if equal else rng.permutation(T - 1)[:N] + 1
    lengths = np.where(np.arange(N) == N - 2, 0, lengths)
    order = np.argsort(-lengths, kind="stable")
    rises, undoes_itself = (np.diff(order[:-1]) > 0).all(), np.array_equal(order[order], np.arange(N))
    if rises or undoes_itself:  # either would let a wrong order pass
        return draw(rng, N, T, D, equal)
    return 0.4 + rng.standard_normal((N, T, D)), lengths


CASES = ({"N": 4, "T": 6, "D": 3}, {"N": 5, "T": 9, "D": 2}, {"N": 6, "T": 4, "D": 5, "equal": True})
HINTS = {
    "order": "The longest row first; of equal ones the first. A row without a step is a row, too.",
    "batch_sizes": "For each step: how many rows have one? There are as many steps as the longest row has.",
    "data": "All rows' first steps, then all second ones; in each the rows in the order, and none whose end is past.",
}


def compare(student, rng, names):
    for case in CASES:
        x, lengths = draw(rng, **case)
        got, want = (by_name(PACKED, f(x, lengths)) for f in (student.pack, reference.pack))
        for name in names:
            same = expect_close if name == "data" else expect_equal
            same(name, got[name], want[name], HINTS[name])


@PACK.check("pack: the order of the rows, and how many of them run at each step")
def sizes(student, rng):
    compare(student, rng, ("order", "batch_sizes"))


@PACK.check("pack: the real steps, and nothing else")
def data(student, rng):
    compare(student, rng, ("data",))


@PACK.check("unpack: every step at its place, 0 in the padding")
def back(student, rng):
    for case in CASES:
        packed = reference.pack(*draw(rng, **case))
        hint = "Row `order[k]` of the result is the k-th of the packed rows."
        expect_close("x", student.unpack(*packed), reference.unpack(*packed), hint)


@PACK.check("there and back")
def both(student, rng):
    x, lengths = draw(rng, 5, 7, 3)
    packed = by_name(PACKED, student.pack(x, lengths))
    for name, right in by_name(PACKED, reference.pack(x, lengths)).items():
        shape = as_numbers(name, packed[name]).shape
        expect(shape == right.shape, f"{name}: expected shape {right.shape}, got {shape}. {HINTS[name]}")
    want = np.where(np.arange(7)[:, None] < lengths[:, None, None], x, 0)[:, : lengths.max()]
    expect_close("x after both", student.unpack(*packed.values()), want, "The two have to fit together.")


@PACK.check("the caller's arrays are left alone")
def untouched(student, rng):
    x, lengths = draw(rng, 4, 6, 3)
    packed, after = student.pack.with_arguments(x, lengths)
    expect_close("data", packed[0], reference.pack(x, lengths)[0])
    expect_unchanged(
        ("x", "lengths"), after, (x, lengths), "Copy first: `x[…] = 0` and `lengths.sort()` write to them."
    )
