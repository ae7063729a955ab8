"""Wrong ways to shift by one, known by name."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.checks.shapes.five_shapes.shift import SHIFT


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
