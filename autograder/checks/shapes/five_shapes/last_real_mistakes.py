"""Wrong last steps, and wrong places for their gradient, known by name."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.checks.shapes.five_shapes.last_real import LAST


def lengths_of(mask):
    return np.asarray(mask, bool).sum(axis=1)


def at(h, steps):
    """One step of each row."""
    return h[np.arange(len(h)), steps]


def read(name, words, take):
    LAST.mistake(name, words, last_real=lambda h, mask: take(h, mask, lengths_of(mask)))


def sent(name, words, place):
    """A wrong gradient, from what it does to zeros."""

    def last_real_backward(dlast, mask):
        dh = np.zeros((*mask.shape, dlast.shape[1]))
        found = place(dh, dlast, mask, lengths_of(mask))
        return dh if found is None else found

    LAST.mistake(name, words, last_real_backward=last_real_backward)


def put(dh, steps, dlast, rows=slice(None)):
    rows = np.arange(len(dh))[rows]
    dh[rows, np.broadcast_to(steps, len(dh))[rows]] = dlast[rows]


EMPTY = (
    "A row without real steps has length 0, and index -1 is the last column, which is padding. Nothing was read there: "
    "treat such rows apart."
)
EARLY = "Steps are counted from 0: a row of 3 real steps ends at step 2, which is its length minus 1."

read(
    "the last column is read, padding or not",
    "`h[:, -1]` is the state after the last column. In a short row the cell has run on over padding until there. "
    "Take each row at its own last real step.",
    lambda h, m, k: h[:, -1],
)
read(
    "the last column is read, and empty rows are zero",
    "Empty rows are right. The others end at different steps: `h[:, -1]` is right for full rows only.",
    lambda h, m, k: h[:, -1] * (k > 0)[:, None],
)
read("the step after the last real one is read", EARLY, lambda h, m, k: at(h, k))
read("the step after the last real one is read", EARLY, lambda h, m, k: at(h, np.minimum(k, h.shape[1] - 1)))
read("the step before the last real one is read", EARLY, lambda h, m, k: at(h, k - 2))
read(
    "the step before the last real one is read",
    EARLY,
    lambda h, m, k: at(h, np.maximum(k - 2, 0)) * (k > 0)[:, None],
)
read("an empty row reads the last column", EMPTY, lambda h, m, k: at(h, k - 1))
read(
    "an empty row reads its first step",
    "A row without real steps has read nothing. Its first step is padding as well.",
    lambda h, m, k: at(h, np.maximum(k - 1, 0)),
)
read(
    "the mean of the real steps",
    "What is asked for is one state of each row: the one after its last real step.",
    lambda h, m, k: (h * m[..., None]).sum(axis=1) / np.maximum(k, 1)[:, None],
)
read(
    "the sum of the real steps",
    "What is asked for is one state of each row: the one after its last real step.",
    lambda h, m, k: (h * m[..., None]).sum(axis=1),
)
read(
    "padding is set to zero, and then the last column is read",
    "With zeros in the padding the last column of a short row is zero, too. The row's last real step stands further "
    "to the left.",
    lambda h, m, k: (h * m[..., None])[:, -1],
)
read(
    "all rows are read where the longest ends",
    "Each row has a length of its own: `mask.sum(axis=1)`, one number a row.",
    lambda h, m, k: h[:, k.max() - 1],
)
read(
    "every row is read at the last steps of all rows",
    "`h[:, lengths - 1]` takes all of these steps from each row: (N, N, H). One step a row is "
    "`h[np.arange(N), lengths - 1]`.",
    lambda h, m, k: h[:, k - 1],
)
read(
    "rows are picked where steps are meant",
    "`h[lengths - 1]` picks along the first axis, the sequences. Steps stand on the second: "
    "`h[np.arange(N), lengths - 1]`.",
    lambda h, m, k: h[k - 1],
)
read(
    "empty rows are left out",
    "The result has a row for each of the N rows of `h`. A row without real steps has zeros there.",
    lambda h, m, k: at(h, k - 1)[k > 0],
)
read(
    "reshape is used where axes are to be exchanged",
    "`h.reshape(T, N, H)` cuts the same numbers into other rows, so that sequences are mixed up. To exchange two axes, "
    "use `h.swapaxes(0, 1)`.",
    lambda h, m, k: h.reshape(h.shape[1], h.shape[0], -1)[k - 1, np.arange(len(h))],
)

sent(
    "the gradient is placed at the last column",
    "The last column of a short row was not read. The gradient goes where the value came from.",
    lambda dh, d, m, k: put(dh, -1, d),
)
sent(
    "the gradient is placed at the last column, but for empty rows",
    "Empty rows are right. In the others the last column of a short row was not read: the gradient goes where the "
    "value came from.",
    lambda dh, d, m, k: put(dh, -1, d, k > 0),
)
sent(
    "the gradient is placed at every step",
    "One step of each row was read, and the gradient goes to that one. Earlier states get theirs later, on the way "
    "back through time.",
    lambda dh, d, m, k: dh + d[:, None],
)
sent(
    "the gradient is placed at every real step",
    "One step of each row was read, and the gradient goes to that one. Earlier states get theirs later, on the way "
    "back through time.",
    lambda dh, d, m, k: d[:, None] * m[..., None],
)
sent(
    "the gradient is spread over the real steps",
    "That is the gradient of a mean. Only the last real step was read.",
    lambda dh, d, m, k: d[:, None] * m[..., None] / np.maximum(k, 1)[:, None, None],
)
sent("the gradient is placed one step late", EARLY, lambda dh, d, m, k: put(dh, k, d))
sent(
    "the gradient is placed one step late",
    EARLY,
    lambda dh, d, m, k: put(dh, np.minimum(k, dh.shape[1] - 1), d),
)
sent("the gradient is placed one step early", EARLY, lambda dh, d, m, k: put(dh, k - 2, d))
sent("the gradient is placed one step early", EARLY, lambda dh, d, m, k: put(dh, np.maximum(k - 2, 0), d, k > 0))
sent("an empty row gets a gradient at the last column", EMPTY, lambda dh, d, m, k: put(dh, k - 1, d))
sent(
    "an empty row gets a gradient at its first step",
    "A row without real steps has read nothing, so no number of it can move the result.",
    lambda dh, d, m, k: put(dh, np.maximum(k - 1, 0), d),
)


def to_all_ends(dh, d, m, k):
    dh[:, k - 1] = d


sent(
    "every row gets the gradients of all rows",
    "`dh[:, lengths - 1] = dlast` writes to all of these steps in each row. One step a row is "
    "`dh[np.arange(N), lengths - 1]`.",
    to_all_ends,
)
sent(
    "the gradient has no axis for the steps",
    "dh has the shape of h, (N, T, H), with zeros at all steps but one of each row.",
    lambda dh, d, m, k: d,
)


def reshaped(dh, d, m, k):
    N, T, H = dh.shape
    mixed = np.zeros((T, N, H))
    mixed[k - 1, np.arange(N)] = d
    mixed[:, k == 0] = 0
    return mixed.reshape(N, T, H)


sent(
    "reshape is used where axes are to be exchanged",
    "`reshape` cuts the same numbers into other rows, so that sequences are mixed up. To exchange two axes, use "
    "`swapaxes(0, 1)`.",
    reshaped,
)


def zeroed(h, mask):
    last = reference.last_real(h, mask)
    h *= np.asarray(mask)[..., None]
    return last


LAST.mistake(
    "the caller's h is set to zero at the padding",
    "`h *= …` and `h[~mask] = 0` write into the array that the caller still holds. Make a new one, or leave the "
    "padding as it is: no step of it is read.",
    last_real=zeroed,
)
