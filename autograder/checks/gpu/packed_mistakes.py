"""Wrong ways to pack and to unpack, known by name."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.packed import PACK


def pack_mistake(name, words):
    return lambda pack: PACK.mistake(name, words, pack=pack) and pack


def unpack_mistake(name, words):
    return lambda unpack: PACK.mistake(name, words, unpack=unpack) and unpack


def ordered_by(x, lengths, order):
    """Packed with another order, whose running rows are picked out at each step."""
    sizes = (lengths[:, None] > np.arange(lengths.max(initial=0))).sum(axis=0)
    data = [x[[n for n in order if lengths[n] > t], t] for t in range(len(sizes))]
    return np.concatenate(data), sizes, order


@pack_mistake(
    "the rows are not sorted",
    "Without an order the running rows of a step stand anywhere in the state, and h[:n] would not be theirs. The "
    "longest row comes first.",
)
def unsorted(x, lengths):
    return ordered_by(x, lengths, np.arange(len(lengths)))


@pack_mistake(
    "the shortest row comes first",
    "Sorted upwards, it is the first rows that end first. `np.argsort(-lengths)` sorts downwards.",
)
def upwards(x, lengths):
    return ordered_by(x, lengths, np.argsort(lengths, kind="stable"))


@pack_mistake(
    "equal rows change places",
    'A sort that is turned round afterwards turns equal rows round as well. Sort `-lengths`, with kind="stable".',
)
def turned(x, lengths):
    return ordered_by(x, lengths, np.argsort(lengths, kind="stable")[::-1])


@pack_mistake(
    "the rows stand one after the other",
    "A step needs all rows' t-th inputs side by side. So the steps follow one another, and within a step the rows.",
)
def row_by_row(x, lengths):
    _, sizes, order = reference.pack(x, lengths)
    return np.concatenate([x[n, : lengths[n]] for n in order]), sizes, order


@pack_mistake(
    "the padding is packed as well",
    "A row whose end is past has no part in a step: take the first batch_sizes[t] rows of the order only.",
)
def with_padding(x, lengths):
    _, sizes, order = reference.pack(x, lengths)
    return x[order, : len(sizes)].transpose(1, 0, 2).reshape(-1, x.shape[2]), sizes, order


@pack_mistake(
    "batch_sizes holds the lengths of the rows",
    "There is one number for each step, not for each row: how many rows are longer than t.",
)
def lengths_as_sizes(x, lengths):
    data, _, order = reference.pack(x, lengths)
    return data, lengths[order], order


@pack_mistake(
    "batch_sizes goes on where all rows have ended",
    "It ends with the longest row, not with the array: `lengths.max()` steps.",
)
def too_many_sizes(x, lengths):
    data, sizes, order = reference.pack(x, lengths)
    return data, np.concatenate([sizes, np.zeros(x.shape[1] - len(sizes), sizes.dtype)]), order


@pack_mistake(
    "a row runs for one step too many",
    "A row of length 3 has the steps 0, 1 and 2: it runs while its length is *above* t.",
)
def one_too_many(x, lengths):
    longer = np.minimum(lengths + 1, x.shape[1])
    return ordered_by(x, longer, np.argsort(-lengths, kind="stable"))


@pack_mistake(
    "a row runs for one step too few",
    "A row of length 3 has the steps 0, 1 and 2: it runs while its length is above t.",
)
def one_too_few(x, lengths):
    data, sizes, order = ordered_by(x, np.maximum(lengths - 1, 0), np.argsort(-lengths, kind="stable"))
    return data, np.append(sizes, 0), order


@pack_mistake(
    "rows without a step are missing in the order",
    "A row without a step is a row, too: order has N numbers, or `unpack` could not put it back.",
)
def no_empty(x, lengths):
    data, sizes, order = reference.pack(x, lengths)
    return data, sizes, order[: sizes[0]]


@pack_mistake(
    "the order is applied twice",
    "Either sort x first and take x[:n, t], or leave x as it is and take x[order[:n], t].",
)
def twice(x, lengths):
    _, sizes, order = reference.pack(x, lengths)
    return np.concatenate([x[order][order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@pack_mistake(
    "the rows are taken in their old order",
    "The order is right, but the data do not follow it: x[order[:n], t].",
)
def old_order(x, lengths):
    _, sizes, order = reference.pack(x, lengths)
    return ordered_by(x, lengths, np.arange(len(lengths)))[0], sizes, order


@pack_mistake(
    "order holds places instead of rows",
    "order[0] is the number of the longest *row*. You have the place of each row: the inverse.",
)
def inverse(x, lengths):
    data, sizes, order = reference.pack(x, lengths)
    return data, sizes, np.argsort(order)


@unpack_mistake(
    "the rows stay in the packed order",
    "The first packed row is row order[0] of the result.",
)
def not_put_back(data, batch_sizes, order):
    return reference.unpack(data, batch_sizes, np.arange(len(order)))


@unpack_mistake(
    "the order is applied once more instead of backwards",
    "x[order] sorts. To undo it, assign to x[order], or use the inverse, np.argsort(order).",
)
def sorted_again(data, batch_sizes, order):
    return reference.unpack(data, batch_sizes, np.arange(len(order)))[order]


@unpack_mistake(
    "the array ends with the rows that have steps",
    "A row without a step is a row too: there are len(order) of them, batch_sizes[0] or more.",
)
def no_empty_rows(data, batch_sizes, order):
    return reference.unpack(data, batch_sizes, order)[np.sort(order[: batch_sizes[0]])]


@unpack_mistake(
    "the rows end together instead of beginning together",
    "Step t of the data is step t of each row; the padding stands behind.",
)
def to_the_right(data, batch_sizes, order):
    x = reference.unpack(data, batch_sizes, order)
    lengths = np.zeros(len(order), int)
    lengths[order] = (np.asarray(batch_sizes)[:, None] > np.arange(len(order))).sum(axis=0)
    return np.stack([np.roll(row, len(row) - n, axis=0) for row, n in zip(x, lengths, strict=True)])


@unpack_mistake(
    "time comes before the rows",
    "The result is (N, T, D): rows first. Yours has the steps first.",
)
def time_first(data, batch_sizes, order):
    return reference.unpack(data, batch_sizes, order).transpose(1, 0, 2)


@unpack_mistake(
    "the padding repeats the last step",
    "Nothing belongs there: begin with np.zeros.",
)
def repeated(data, batch_sizes, order):
    x = reference.unpack(data, batch_sizes, order)
    for t, n in enumerate(batch_sizes):
        if t:
            x[order[n:], t] = x[order[n:], t - 1]
    return x


@unpack_mistake(
    "every step reads the data from their beginning",
    "Step t begins where the steps before it end: after the sum of their batch_sizes.",
)
def from_the_beginning(data, batch_sizes, order):
    x = reference.unpack(0 * data, batch_sizes, order)
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[:n]
    return x


@unpack_mistake(
    "the data are cut into pieces of one size",
    "Step t has batch_sizes[t] rows: the pieces become shorter. They end at np.cumsum(batch_sizes).",
)
def equal_pieces(data, batch_sizes, order):
    x = reference.unpack(0 * data, batch_sizes, order)
    for t, n in enumerate(batch_sizes):
        start = min(t * batch_sizes[0], len(data) - n)
        x[order[:n], t] = data[start : start + n]
    return x
