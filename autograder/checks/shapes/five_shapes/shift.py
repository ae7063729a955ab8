"""Targets one step ahead: a start mark in front of the inputs, an end mark behind the targets."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.compare import expect, expect_equal, expect_shape, expect_unchanged
from autograder.spec import Exercise

SHIFT = Exercise(
    "shape-shift",
    functions={"shift_by_one": reference.shift_by_one},
    returns={"shift_by_one": ("inputs", "targets", "mask")},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "A caption of three words has four predictions: three words and the end. So T is the longest caption plus 1.",
        "Row by row: the inputs are `[start, *caption]`, the targets `[*caption, end]`. Both have the same length.",
        "Start from `np.zeros((N, T), int)` twice, and write each row's numbers into its first places.",
        "The mask says how long a row is: `np.arange(T) < lengths[:, None]`, with `lengths` the captions' plus 1. It "
        "cannot be read off the ids, since 0 is a word.",
    ),
    explain="At each step the target is what the next step reads. The start mark is read and never predicted; the end "
    "mark is predicted and never read.",
)
INPUTS = "What is read: the start mark, then the caption. Filled up with 0 at the end."
TARGETS = "What is to come next: the caption, then the end mark. Filled up with 0 at the end."
MASK = "True for each row's caption and its end mark: the number of words plus 1."
LONG = "T is the number of words of the longest caption, plus 1."


def draw(rng, N=5, most=6):
    """Ragged captions, an empty one and one that holds id 0 among them, and marks that are no words."""
    marks = rng.permutation(np.arange(1, 12))[:2].tolist()
    words = np.setdiff1d(np.arange(12), marks)
    lengths = rng.permutation([0, most, 3, *rng.integers(1, most, N - 3)])
    captions = [rng.choice(words, k).tolist() for k in lengths]
    for caption in captions:
        caption[1:2] = [0] * len(caption[1:2])  # a word in the middle
        caption[-1:] = [words[-1].item()] * len(caption[-1:])
    return captions, *marks


def compare(student, rng, name, hint):
    """One of the three arrays, for ragged captions, for captions of one length, and for one word."""
    ragged, start, end = draw(rng)
    longest = max(ragged, key=len)
    for captions in (ragged, [longest, longest[::-1]], [longest[:1]]):
        k = ("inputs", "targets", "mask").index(name)
        got, want = (f(captions, start, end)[k] for f in (student.shift_by_one, reference.shift_by_one))
        expect_rows(name, got)
        expect_shape(name, got, want.shape, LONG)
        expect_equal(name, np.asarray(got, float), want.astype(float), hint)


def expect_rows(name, got):
    """Expect rows of one length, where what came are lists."""
    if isinstance(got, list | tuple) and all(isinstance(row, list | tuple) for row in got):
        expect(
            len({len(row) for row in got}) == 1, f"{name}: the rows have different lengths. Fill them up to T places."
        )


@SHIFT.check("inputs: the start mark, then the caption")
def inputs(student, rng):
    compare(student, rng, "inputs", INPUTS)


@SHIFT.check("targets: the caption, then the end mark")
def targets(student, rng):
    compare(student, rng, "targets", TARGETS)


@SHIFT.check("mask: caption and end mark are real, the rest is padding")
def mask(student, rng):
    compare(student, rng, "mask", MASK)


@SHIFT.check("the caller's lists are left alone")
def untouched(student, rng):
    args = draw(rng)
    found, after = student.shift_by_one.with_arguments(*args)
    expect_rows("inputs", found[0])
    expect_equal("inputs", np.asarray(found[0]), reference.shift_by_one(*args)[0])
    expect_unchanged(("captions",), after[:1], args[:1], "`caption.append(…)` changes the caller's list.")
