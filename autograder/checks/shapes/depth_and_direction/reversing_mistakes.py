"""Wrong ways to turn rows round, known by name."""

import numpy as np

from autograder.checks.shapes.depth_and_direction.reference import reverse_rows
from autograder.checks.shapes.depth_and_direction.reversing import REVERSE


@REVERSE.mistake(
    "reversed over the padding",
    "`x[:, ::-1]` turns whole rows round: the padding comes first then, and a net would read it before the first real "
    "step. Turn each row round within its own length.",
)
def over_padding(x, lengths):
    return x[:, ::-1]


@REVERSE.mistake(
    "the rows are in the other order",
    "`x[::-1]` reverses axis 0, the sequences. The steps are axis 1.",
)
def wrong_rows(x, lengths):
    return x[::-1]


@REVERSE.mistake(
    "the features are in the other order",
    "`x[..., ::-1]` reverses the last axis: the numbers within one step. The steps are axis 1.",
)
def wrong_features(x, lengths):
    return x[..., ::-1]


@REVERSE.mistake(
    "within each row the features are reversed, too",
    "Of row n, `x[n, :L]` is (L, D). `np.flip` without an axis turns both round; only the steps should be: "
    "`x[n, :L][::-1]`.",
)
def both_axes(x, lengths):
    turned = x.copy()
    for n, L in enumerate(lengths):
        turned[n, :L] = x[n, :L][::-1, ::-1]
    return turned


@REVERSE.mistake(
    "the padding comes out as zeros",
    "The padding stays behind as it is: begin with a copy of `x`, not with zeros.",
)
def zeros(x, lengths):
    turned = np.zeros_like(x)
    for n, L in enumerate(lengths):
        turned[n, :L] = x[n, :L][::-1]
    return turned


@REVERSE.mistake(
    "the last real step is left out",
    "`x[n, :L]` holds the steps 0 to L - 1, all that are real; the slice ends *before* L.",
)
def one_short(x, lengths):
    return reverse_rows(x, np.maximum(np.asarray(lengths) - 1, 0))


@REVERSE.mistake(
    "one step of the padding is turned round with the rest",
    "A row of length L has its last real step at L - 1: `x[n, :L]`, and not `x[n, :L + 1]`.",
)
def one_long(x, lengths):
    return reverse_rows(x, np.minimum(np.asarray(lengths) + 1, x.shape[1]))


@REVERSE.mistake(
    "all rows are turned round within the longest length",
    "Each row has a length of its own, `lengths[n]`.",
)
def longest(x, lengths):
    return reverse_rows(x, np.full(len(x), max(lengths)))


@REVERSE.mistake(
    "the padding is reversed, and the real steps are not",
    "`x[n, L:]` is the padding. The real steps are `x[n, :L]`.",
)
def padding_only(x, lengths):
    turned = x.copy()
    for n, L in enumerate(lengths):
        turned[n, L:] = x[n, L:][::-1]
    return turned


@REVERSE.mistake(
    "both parts are reversed, the real steps and the padding",
    "The padding stays as it is, too: only `turned[n, :L]` changes.",
)
def both_parts(x, lengths):
    turned = x.copy()
    for n, L in enumerate(lengths):
        turned[n, :L], turned[n, L:] = x[n, :L][::-1], x[n, L:][::-1]
    return turned


@REVERSE.mistake(
    "the reversed row stands at the end, behind its padding",
    "The real steps come first in the result as well: put them at `turned[n, :L]`.",
)
def at_the_end(x, lengths):
    turned = x.copy()
    for n, L in enumerate(lengths):
        T = x.shape[1]
        turned[n, : T - L], turned[n, T - L :] = x[n, L:], x[n, :L][::-1]
    return turned


@REVERSE.mistake(
    "overwritten while it is read",
    "A loop that writes `turned[n, t] = turned[n, L - 1 - t]` reads, in its second half, what it wrote in its first. "
    "Read from `x`, write into the copy.",
)
def while_read(x, lengths):
    turned = x.copy()
    for n, L in enumerate(lengths):
        for t in range(L):
            turned[n, t] = turned[n, L - 1 - t]
    return turned


@REVERSE.mistake(
    "x is changed in place",
    "The values are right, but the caller's array is turned round as well: begin with `x.copy()`.",
)
def in_place(x, lengths):
    x[:] = reverse_rows(x, lengths)
    return x


@REVERSE.mistake(
    "nothing is turned round",
    "The result is x as it came. `x[n, :L][::-1]` makes a reversed view; assign it to `turned[n, :L]`.",
)
def nothing(x, lengths):
    return x.copy()
