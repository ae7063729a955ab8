"""Targets one step ahead: a start mark in front of the inputs, an end mark behind the targets."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.compare import expect, expect_equal, expect_shape
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
    expect_equal("captions after the call", after[0], args[0], "`caption.append(…)` changes the caller's list.")


def rows(parts, T=None, front=False):
    """Lists side by side, filled up with 0."""
    T = max(map(len, parts)) if T is None else T
    found = np.zeros((len(parts), T), int)
    for n, part in enumerate(parts):
        if len(part):
            found[n, T - len(part) if front else 0 : T if front else len(part)] = part
    return found


def first(lengths, T):
    return np.arange(T) < np.array(lengths)[:, None]


def mistake(name, words, make):
    """A wrong version, from the captions, the two marks, the lengths with a mark, T and what is right."""

    def shift_by_one(captions, start, end):
        right = reference.shift_by_one(captions, start, end)
        lengths = [len(c) + 1 for c in captions]
        return make(captions, start, end, lengths, max(lengths), right)

    SHIFT.mistake(name, words, shift_by_one=shift_by_one)


mistake(
    "the targets are not shifted",
    "Each target is the word that is being read: the net could copy it. The target at a step is the input of the "
    "next step.",
    lambda c, s, e, k, T, right: (right[0], right[0], right[2]),
)
mistake(
    "the targets are shifted the wrong way, or exchanged with the inputs",
    "Your targets lie one step in the past: the net is asked for the word that it has just read. Inputs begin with the "
    "start mark; targets end with the end mark. If yours do, look at the order of what is returned: `inputs, targets, "
    "mask`.",
    lambda c, s, e, k, T, right: (right[1], right[0], right[2]),
)
MISSING_START = (
    "Before the first word the net has read no word, and it must predict the first one all the same. The start mark is "
    "what it reads there."
)
mistake(
    "the start mark is missing",
    MISSING_START,
    lambda c, s, e, k, T, right: (
        rows(c, T - 1),
        rows([[*x[1:], e] if x else [] for x in c], T - 1),
        first([n - 1 for n in k], T - 1),
    ),
)
mistake("the start mark is missing", MISSING_START, lambda c, s, e, k, T, right: (rows(c, T), right[1], right[2]))
MISSING_END = (
    "Without an end mark among the targets, nothing teaches the net to stop. The last target of each row is the end "
    "mark."
)
mistake(
    "the end mark is missing",
    MISSING_END,
    lambda c, s, e, k, T, right: (
        rows([[s, *x][: len(x)] for x in c], T - 1),
        rows(c, T - 1),
        first([n - 1 for n in k], T - 1),
    ),
)
mistake("the end mark is missing", MISSING_END, lambda c, s, e, k, T, right: (right[0], rows(c, T), right[2]))
mistake(
    "the end mark is read as well",
    "The end mark is a target and never an input: after it nothing is to be predicted. `whole[:-1]` are the inputs, "
    "`whole[1:]` the targets.",
    lambda c, s, e, k, T, right: (
        rows([[s, *x, e] for x in c]),
        rows([[*x, e] for x in c], T + 1),
        first([n + 1 for n in k], T + 1),
    ),
)
mistake(
    "the end mark is read as well",
    "The end mark is a target and never an input. Cut each row by itself: what is dropped from the inputs is the end "
    "mark of that row, not the last column.",
    lambda c, s, e, k, T, right: (rows([[s, *x, e] for x in c])[:, :-1], *right[1:]),
)
mistake(
    "the mask counts the padding",
    "Your mask is True everywhere. The loss would then ask for the word with id 0 at all the padding.",
    lambda c, s, e, k, T, right: (*right[:2], np.ones((len(c), T), bool)),
)
mistake(
    "the mask leaves out the end mark",
    "A row has one prediction more than words: the end mark. Where the mask is False there, nothing teaches the net "
    "to stop.",
    lambda c, s, e, k, T, right: (*right[:2], first([n - 1 for n in k], T)),
)
mistake(
    "the mask is False where the input is 0",
    "0 is the id of a word, too. Lengths tell what is padding; ids do not.",
    lambda c, s, e, k, T, right: (*right[:2], right[0] != 0),
)
mistake(
    "the mask is False where the target is 0",
    "0 is the id of a word, too. Lengths tell what is padding; ids do not.",
    lambda c, s, e, k, T, right: (*right[:2], right[1] != 0),
)
mistake(
    "the mask is the wrong way round",
    "True stands for what is real, False for the padding.",
    lambda c, s, e, k, T, right: (*right[:2], ~right[2]),
)
mistake(
    "the padding stands in front",
    "The real steps come first in each row, and the padding after them: a net reads from the left, and would begin "
    "with padding.",
    lambda c, s, e, k, T, right: (
        rows([[s, *x] for x in c], T, front=True),
        rows([[*x, e] for x in c], T, front=True),
        right[2][:, ::-1],
    ),
)
mistake(
    "the end mark stands in the last column",
    "It follows the last word of its own row. The last column is the place for that in the longest row alone.",
    lambda c, s, e, k, T, right: (
        right[0],
        np.where(np.arange(T) == T - 1, e, rows(c, T)),
        right[2],
    ),
)
mistake(
    "the padding holds the end mark",
    "One end mark follows each caption. What fills up the row behind it is 0 here, in `inputs` and in `targets`.",
    lambda c, s, e, k, T, right: (
        np.where(right[2], right[0], e),
        np.where(right[2], right[1], e),
        right[2],
    ),
)
mistake(
    "the mask is True for one step too many",
    "A row has as many real steps as words and one end mark: `np.arange(T) < length`, since steps are counted from 0.",
    lambda c, s, e, k, T, right: (*right[:2], first([n + 1 for n in k], T)),
)
mistake(
    "the last step is cut off",
    "The longest caption needs a step for its end mark, too: T is the number of its words plus 1.",
    lambda c, s, e, k, T, right: tuple(a[:, :-1] for a in right),
)
mistake(
    "the targets are shifted by two",
    "Each target is the input of the next step, not of the one after it.",
    lambda c, s, e, k, T, right: (right[0], rows([[*x[1:], e] for x in c], T), right[2]),
)
mistake(
    "the lengths are returned in place of the mask",
    "The mask has the shape (N, T): True at the first `lengths[n]` places of row n.",
    lambda c, s, e, k, T, right: (*right[:2], np.array(k)),
)


@SHIFT.mistake(
    "the caller's captions grow",
    "`caption.append(end)` and `caption.insert(0, start)` change the caller's list. `[start, *caption]` is a new one.",
)
def grown(captions, start, end):
    found = reference.shift_by_one(captions, start, end)
    for caption in captions:
        caption.append(end)
    return found
