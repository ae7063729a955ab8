"""Answers to the first notebook of lesson 8: shapes."""

from itertools import zip_longest

import numpy as np

from autograder.checks.shapes.five_shapes.jobs import ALIGNED, ONE, OTHER, READ, RIGHT, SPREAD
from autograder.checks.shapes.five_shapes.reference import last_real, run_cell
from tests.answers import right, wrong

# --- a prediction: every allowed text is right

HALF, WHO = "after_half is one of the 3 choices", "who_learns is one of the 4 choices"
COIN, LESS = "about as often as a coin", "more often than a coin, but less often than at the end"
right("shape-predict-reading", "as often as a coin, both", after_half=COIN, who_learns="both")
right("shape-predict-reading", "in between, neither", after_half=LESS, who_learns="Neither ")
right(
    "shape-predict-reading",
    "as at the end, from the front",
    after_half="as often as at the end",
    who_learns="the one that reads from the front",
)
wrong("shape-predict-reading", HALF, None, "empty", after_half="", who_learns="both")
wrong("shape-predict-reading", HALF, None, "a number", after_half=0.5, who_learns="both")
wrong("shape-predict-reading", WHO, None, "another text", after_half=COIN, who_learns="front")
wrong("shape-predict-reading", WHO, None, "a list", after_half=COIN, who_learns=["both"])

# --- embedding

ROWS, ADD, AXES = (
    "forwards, each id has its row of E",
    "backwards, the shares of an id add up",
    "any axes of ids, also one place alone",
)
ONCE = "an id that repeats is counted once"


@wrong("shape-embedding", ADD, ONCE, "assigned")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    dE[ids] = dx
    return dE


@wrong("shape-embedding", ADD, ONCE, "plus and equals")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    dE[ids] += dx
    return dE


@wrong("shape-embedding", ADD, ONCE, "assigned place by place")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for place in np.ndindex(ids.shape):
        dE[ids[place]] = dx[place]
    return dE


@wrong("shape-embedding", ADD, "an id that repeats within a sequence is counted once")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for n in range(len(ids)):
        dE[ids[n]] += dx[n]
    return dE


@wrong("shape-embedding", ADD, "an id that repeats within a step is counted once")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for t in range(ids.shape[1]):
        dE[ids[:, t]] = dE[ids[:, t]] + dx[:, t]
    return dE


@wrong("shape-embedding", ADD, "the shares are averaged instead of added")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for k in range(shape[0]):
        if (ids == k).any():
            dE[k] = dx[ids == k].mean(axis=0)
    return dE


@wrong("shape-embedding", ADD, "the gradient is divided by the number of places")
def embed_backward(dx, cache):
    ids, shape = cache
    onehot = np.eye(shape[0])[ids.ravel()]
    return onehot.T @ dx.reshape(-1, shape[1]) / len(onehot)


@wrong("shape-embedding", ADD, "id 0 gets no gradient, as if it were padding")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    np.add.at(dE, ids[ids != 0], dx[ids != 0])
    return dE


@wrong("shape-embedding", ADD, "dE has rows only up to the largest id of the batch")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros((ids.max() + 1, shape[1]))
    np.add.at(dE, ids, dx)
    return dE


@wrong("shape-embedding", ADD, "dx is returned as it came")
def embed_backward(dx, cache):
    return dx


@wrong("shape-embedding", ROWS, "id 0 is given zeros, as if it were padding")
def embed_forward(ids, E):
    x = E[ids]
    x[ids == 0] = 0
    return x, (ids, E.shape)


@wrong("shape-embedding", ROWS, "rows are counted from 1", "forwards from 1")
def embed_forward(ids, E):
    return E[np.asarray(ids) - 1], (ids, E.shape)


@wrong("shape-embedding", ROWS, "the vectors of a sequence are added up")
def embed_forward(ids, E):
    x = E[ids]
    return x.sum(axis=max(ids.ndim - 1, 0) if ids.ndim < 2 else 1), (ids, E.shape)


@wrong("shape-embedding", ROWS, "one-hot vectors are returned")
def embed_forward(ids, E):
    x = np.zeros((*ids.shape, len(E)))
    np.put_along_axis(x, ids[..., None], 1, axis=-1)
    return x, (ids, E.shape)


@wrong("shape-embedding", ROWS, "the vectors are scaled")
def embed_forward(ids, E):
    return E.shape[1] ** 0.5 * E[ids], (ids, E.shape)


@wrong("shape-embedding", ROWS, "the steps stand before the sequences")
def embed_forward(ids, E):
    x = np.moveaxis(E[ids], 0, ids.ndim - 1) if ids.ndim == 2 else E[ids.T]
    return x, (ids, E.shape)


@wrong("shape-embedding", ROWS, "row 0 of the caller's E is set to zero")
def embed_forward(ids, E):
    E[0, :] = 0
    return E[ids], (ids, E.shape)


@wrong("shape-embedding", ADD, ONCE, "the first share alone")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for k in set(ids.ravel().tolist()):
        dE[k] = next(d for i, d in zip(ids.ravel(), dx.reshape(-1, shape[1]), strict=True) if i == k)
    return dE


@wrong("shape-embedding", AXES, None, "loops that reckon with two axes")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for n in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            dE[ids[n, t]] += dx[n, t]
    return dE


@wrong("shape-embedding", ROWS, None, "columns are picked")
def embed_forward(ids, E):
    return E[:, ids], (ids, E.shape)


@right("shape-embedding", "one-hot products")
def embed_backward(dx, cache):
    ids, (V, D) = cache
    return np.eye(V)[ids.reshape(-1)].T @ dx.reshape(-1, D)


@right("shape-embedding", "a loop over places")
def embed_backward(dx, cache):
    ids, shape = cache
    dE = np.zeros(shape)
    for k, d in zip(ids.ravel(), dx.reshape(-1, shape[1]), strict=True):
        dE[k] += d
    return dE


@right("shape-embedding", "a sum for every word of the vocabulary")
def embed_backward(dx, cache):
    ids, shape = cache
    return np.stack([dx[ids == k].sum(axis=0) for k in range(shape[0])])


@right("shape-embedding", "sorted, then added by pieces, in float32")
def embed_backward(dx, cache):
    ids, shape = cache
    flat, d = ids.ravel(), dx.reshape(-1, shape[1]).astype(np.float32)
    order = np.argsort(flat, kind="stable")
    found, starts = np.unique(flat[order], return_index=True)
    dE = np.zeros(shape, np.float32)
    dE[found] = np.add.reduceat(d[order], starts, axis=0)
    return dE


def _embed_forward(ids, E):
    return np.take(E, ids, axis=0), {"ids": ids, "V": len(E), "D": E.shape[1]}


def _embed_backward(dx, cache):
    dE = np.zeros((cache["V"], cache["D"]))
    np.add.at(dE, cache["ids"], dx)
    return dE


right("shape-embedding", "another content of the cache", embed_forward=_embed_forward, embed_backward=_embed_backward)


@right("shape-embedding", "one-hot forwards")
def embed_forward(ids, E):
    return np.eye(len(E))[ids] @ E, (ids, E.shape)


@right("shape-embedding", "flat, then in shape again")
def embed_forward(ids, E):
    return np.concatenate([E[k : k + 1] for k in ids.ravel()]).reshape(*ids.shape, -1), (ids, E.shape)


@right("shape-embedding", "place by place, in float32")
def embed_forward(ids, E):
    x = np.empty((*ids.shape, E.shape[1]), np.float32)
    for place in np.ndindex(ids.shape):
        x[place] = E[ids[place]]
    return x, (ids, E.shape)


@right("shape-embedding", "one bincount for each of the D numbers")
def embed_backward(dx, cache):
    ids, (V, D) = cache
    return np.stack([np.bincount(ids.ravel(), dx[..., d].ravel(), minlength=V) for d in range(D)], axis=1)


# --- the last real step

FORTH, VOID, BACK, VOID_BACK = (
    "forwards, the state after each row's last real step",
    "forwards, an empty row gives zeros",
    "backwards, the gradient goes to that step alone",
    "backwards, an empty row gets exactly zero",
)


@wrong("shape-last-step", FORTH, "the last column is read, padding or not")
def last_real(h, mask):
    return h[:, -1]


@wrong("shape-last-step", FORTH, "the last column is read, and empty rows are zero")
def last_real(h, mask):
    last = h[:, -1].copy()
    last[~mask.any(axis=1)] = 0
    return last


@wrong("shape-last-step", FORTH, "the step after the last real one is read", "the length as index")
def last_real(h, mask):
    return h[np.arange(len(h)), mask.sum(axis=1)]


@wrong("shape-last-step", FORTH, "the step after the last real one is read", "the length as index, kept inside")
def last_real(h, mask):
    steps = np.clip(mask.sum(axis=1), 0, h.shape[1] - 1)
    return np.stack([h[n, t] for n, t in enumerate(steps)])


@wrong("shape-last-step", FORTH, "the step before the last real one is read")
def last_real(h, mask):
    lengths = mask.sum(axis=1)
    return np.stack([h[n, k - 2] if k else np.zeros(h.shape[2]) for n, k in enumerate(lengths)])


@wrong("shape-last-step", VOID, "an empty row reads the last column")
def last_real(h, mask):
    return h[np.arange(h.shape[0]), mask.sum(axis=1) - 1, :]


@wrong("shape-last-step", VOID, "an empty row reads its first step")
def last_real(h, mask):
    return h[np.arange(len(h)), np.clip(mask.sum(axis=1) - 1, 0, None)]


@wrong("shape-last-step", FORTH, "the mean of the real steps")
def last_real(h, mask):
    return np.stack([h[n, mask[n]].mean(axis=0) if mask[n].any() else 0 * h[n, 0] for n in range(len(h))])


@wrong("shape-last-step", FORTH, "the sum of the real steps")
def last_real(h, mask):
    return np.einsum("nth,nt->nh", h, mask.astype(float))


@wrong("shape-last-step", FORTH, "padding is set to zero, and then the last column is read")
def last_real(h, mask):
    return np.where(mask[:, :, None], h, 0)[:, -1]


@wrong("shape-last-step", FORTH, "all rows are read where the longest ends")
def last_real(h, mask):
    return h[:, max(mask.sum(axis=1)) - 1]


@wrong("shape-last-step", FORTH, "every row is read at the last steps of all rows")
def last_real(h, mask):
    return h[:, mask.sum(axis=1) - 1]


@wrong("shape-last-step", FORTH, "reshape is used where axes are to be exchanged", "reshape forwards")
def last_real(h, mask):
    N, T, H = h.shape
    by_time = h.reshape(T, N, H)
    return by_time[mask.sum(axis=1) - 1, np.arange(N)]


@wrong("shape-last-step", FORTH, "rows are picked where steps are meant")
def last_real(h, mask):
    lengths = mask.sum(axis=1)
    return h[lengths - 1]


@wrong("shape-last-step", FORTH, None, "the first step")
def last_real(h, mask):
    return h[:, 0]


@wrong("shape-last-step", BACK, "the gradient is placed at the last column")
def last_real_backward(dlast, mask):
    dh = np.zeros((*mask.shape, dlast.shape[1]))
    dh[:, -1] = dlast
    return dh


@wrong("shape-last-step", BACK, "the gradient is placed at every step")
def last_real_backward(dlast, mask):
    return np.repeat(dlast[:, None], mask.shape[1], axis=1)


@wrong("shape-last-step", BACK, "the gradient is placed at every real step")
def last_real_backward(dlast, mask):
    return np.einsum("nh,nt->nth", dlast, mask.astype(float))


@wrong("shape-last-step", BACK, "the gradient is spread over the real steps")
def last_real_backward(dlast, mask):
    share = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return dlast[:, None, :] * share[:, :, None]


@wrong("shape-last-step", BACK, "the gradient is placed one step late")
def last_real_backward(dlast, mask):
    N, T = mask.shape
    dh = np.zeros((N, T, dlast.shape[1]))
    dh[np.arange(N), mask.sum(axis=1)] = dlast
    return dh


@wrong("shape-last-step", BACK, "the gradient is placed one step early")
def last_real_backward(dlast, mask):
    N, T = mask.shape
    dh = np.zeros((N, T, dlast.shape[1]))
    for n, k in enumerate(mask.sum(axis=1)):
        if k:
            dh[n, k - 2] = dlast[n]
    return dh


@wrong("shape-last-step", VOID_BACK, "an empty row gets a gradient at the last column")
def last_real_backward(dlast, mask):
    N, T = mask.shape
    dh = np.zeros((N, T, dlast.shape[1]))
    dh[np.arange(N), mask.sum(axis=1) - 1] = dlast
    return dh


@wrong("shape-last-step", VOID_BACK, "an empty row gets a gradient at its first step")
def last_real_backward(dlast, mask):
    dh = np.zeros((*mask.shape, dlast.shape[1]))
    for n, row in enumerate(mask):
        dh[n, max(row.sum() - 1, 0)] = dlast[n]
    return dh


@wrong("shape-last-step", BACK, "the gradient has no axis for the steps")
def last_real_backward(dlast, mask):
    return dlast


@wrong("shape-last-step", BACK, "reshape is used where axes are to be exchanged", "reshape backwards")
def last_real_backward(dlast, mask):
    (N, T), H = mask.shape, dlast.shape[1]
    dh = np.zeros((T, N, H))
    for n, k in enumerate(mask.sum(axis=1)):
        if k:
            dh[k - 1, n] = dlast[n]
    return dh.reshape(N, T, H)


@wrong("shape-last-step", "the caller's arrays are left alone", "the caller's h is set to zero at the padding")
def last_real(h, mask):
    h[~mask] = 0
    lengths = mask.sum(axis=1)
    return np.where(lengths[:, None] > 0, h[np.arange(len(h)), lengths - 1], 0)


@wrong("shape-last-step", VOID, "empty rows are left out")
def last_real(h, mask):
    return np.array([row[real][-1] for row, real in zip(h, mask, strict=True) if real.any()])


@wrong("shape-last-step", VOID, None, "an empty row reads the end of the row before it")
def last_real(h, mask):
    return h[mask][np.cumsum(mask.sum(axis=1)) - 1]


@wrong("shape-last-step", BACK, "every row gets the gradients of all rows")
def last_real_backward(dlast, mask):
    dh = np.zeros((*mask.shape, dlast.shape[1]))
    dh[:, mask.sum(axis=1) - 1] = dlast
    return dh


@right("shape-last-step", "the step before the first False")
def last_real(h, mask):
    return h[np.arange(len(h)), mask.argmin(axis=1) - 1] * mask.any(axis=1)[:, None]


@right("shape-last-step", "a gradient where the mask is True and then no more")
def last_real_backward(dlast, mask):
    ends = mask & ~np.pad(mask[:, 1:], ((0, 0), (0, 1)))
    return ends[..., None] * dlast[:, None]


@right("shape-last-step", "a loop over rows")
def last_real(h, mask):
    last = np.zeros((len(h), h.shape[2]))
    for n, row in enumerate(mask):
        if row.any():
            last[n] = h[n, row.sum() - 1]
    return last


@right("shape-last-step", "a one-hot choice of steps")
def last_real(h, mask):
    ends = mask & ~np.concatenate([mask[:, 1:], np.zeros((len(mask), 1), bool)], axis=1)
    return np.einsum("nt,nth->nh", ends.astype(h.dtype), h)


@right("shape-last-step", "a running choice, step by step")
def last_real(h, mask):
    last = np.zeros_like(h[:, 0])
    for t in range(h.shape[1]):
        last = np.where(mask[:, t, None], h[:, t], last)
    return last


@right("shape-last-step", "the largest marked step, in float32")
def last_real(h, mask):
    T = mask.shape[1]
    at = T - 1 - np.argmax(mask[:, ::-1], axis=1)
    found = np.take_along_axis(h, at[:, None, None], axis=1)[:, 0].astype(np.float32)
    found[~np.any(mask, axis=1)] = 0
    return found


@right("shape-last-step", "a gradient by a loop")
def last_real_backward(dlast, mask):
    dh = np.zeros((*mask.shape, dlast.shape[1]))
    for n in range(len(mask)):
        steps = np.flatnonzero(mask[n])
        if steps.size:
            dh[n, steps[-1]] = dlast[n]
    return dh


@right("shape-last-step", "a gradient by a product with the marked ends")
def last_real_backward(dlast, mask):
    ends = np.arange(1, mask.shape[1] + 1) == mask.sum(axis=1, keepdims=True)
    return ends[:, :, None] * dlast[:, None, :]


@right("shape-last-step", "a gradient with an empty row multiplied away")
def last_real_backward(dlast, mask):
    N, T = mask.shape
    lengths = mask.sum(axis=1)
    dh = np.zeros((N, T, dlast.shape[1]))
    dh[range(N), lengths - 1] = dlast * (lengths > 0)[:, None]
    return dh


@right("shape-last-step", "a gradient by time first, then swapped")
def last_real_backward(dlast, mask):
    N, T = mask.shape
    dh = np.zeros((T, N, dlast.shape[1]), np.float32)
    rows = np.flatnonzero(mask[:, 0])
    dh[mask.sum(axis=1)[rows] - 1, rows] = dlast[rows]
    return dh.swapaxes(0, 1)


# --- shifted by one

IN, OUT, REAL = (
    "inputs: the start mark, then the caption",
    "targets: the caption, then the end mark",
    "mask: caption and end mark are real, the rest is padding",
)


def _rows(parts, T=None):
    T = max(len(part) for part in parts) if T is None else T
    return np.array([list(part) + [0] * (T - len(part)) for part in parts], int)


def _ahead(lengths, T):
    return np.array([[t < k for t in range(T)] for k in lengths])


@wrong("shape-shift", OUT, "the targets are not shifted")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    return inputs, inputs.copy(), _ahead([len(c) + 1 for c in captions], inputs.shape[1])


@wrong("shape-shift", IN, "the targets are shifted the wrong way, or exchanged with the inputs")
def shift_by_one(captions, start, end):
    targets = _rows([[start, *c] for c in captions])
    inputs = _rows([[*c, end] for c in captions])
    return inputs, targets, _ahead([len(c) + 1 for c in captions], inputs.shape[1])


@wrong("shape-shift", IN, "the start mark is missing", "one step less")
def shift_by_one(captions, start, end):
    T = max(len(c) for c in captions)
    targets = _rows([([*list(c), end])[1:] for c in captions if c] + [], T) if all(captions) else None
    if targets is None:
        targets = _rows([([*list(c), end])[1:] if c else [] for c in captions], T)
    return _rows(captions, T), targets, _ahead([len(c) for c in captions], T)


@wrong("shape-shift", IN, "the start mark is missing", "inputs are the captions")
def shift_by_one(captions, start, end):
    targets = _rows([[*c, end] for c in captions])
    T = targets.shape[1]
    return _rows(captions, T), targets, _ahead([len(c) + 1 for c in captions], T)


@wrong("shape-shift", OUT, "the end mark is missing", "one step less")
def shift_by_one(captions, start, end):
    T = max(len(c) for c in captions)
    inputs = _rows([([start, *list(c)])[:-1] for c in captions], T)
    return inputs, _rows(captions, T), _ahead([len(c) for c in captions], T)


@wrong("shape-shift", OUT, "the end mark is missing", "padding in its place")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    T = inputs.shape[1]
    return inputs, _rows(captions, T), _ahead([len(c) + 1 for c in captions], T)


@wrong(
    "shape-shift",
    OUT,
    "two things at once: the end mark is missing, and the mask leaves out the end mark",
    "padding in place of the end mark, masked",
)
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    T = inputs.shape[1]
    return inputs, _rows(captions, T), _ahead([len(c) for c in captions], T)


@wrong("shape-shift", IN, "the end mark is read as well", "one step more")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c, end] for c in captions])
    T = inputs.shape[1]
    return inputs, _rows([[*c, end] for c in captions], T), _ahead([len(c) + 2 for c in captions], T)


@wrong("shape-shift", IN, "the end mark is read as well", "columns of the whole cut")
def shift_by_one(captions, start, end):
    whole = _rows([[start, *c, end] for c in captions])
    inputs, targets = whole[:, :-1], whole[:, 1:]
    return inputs, targets, _ahead([len(c) + 1 for c in captions], inputs.shape[1])


@wrong("shape-shift", REAL, "the mask counts the padding")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    return inputs, targets, np.ones_like(inputs, dtype=bool)


@wrong("shape-shift", REAL, "the mask leaves out the end mark")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    return inputs, targets, _ahead([len(c) for c in captions], inputs.shape[1])


@wrong("shape-shift", REAL, "the mask is False where the input is 0")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    return inputs, targets, inputs > 0


@wrong("shape-shift", REAL, "the mask is False where the target is 0")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    return inputs, targets, targets.astype(bool)


@wrong("shape-shift", REAL, "the mask is the wrong way round")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    lengths = np.array([len(c) + 1 for c in captions])
    return inputs, targets, np.arange(inputs.shape[1]) >= lengths[:, None]


@wrong("shape-shift", IN, "the padding stands in front")
def shift_by_one(captions, start, end):
    T = max(map(len, captions)) + 1
    inputs = np.array([[0] * (T - 1 - len(c)) + [start] + list(c) for c in captions])
    targets = np.array([[0] * (T - 1 - len(c)) + list(c) + [end] for c in captions])
    mask = np.array([[False] * (T - 1 - len(c)) + [True] * (len(c) + 1) for c in captions])
    return inputs, targets, mask


@wrong("shape-shift", OUT, "the targets are shifted by two")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    T = inputs.shape[1]
    return inputs, _rows([[*c[1:], end] for c in captions], T), _ahead([len(c) + 1 for c in captions], T)


@wrong("shape-shift", REAL, "the lengths are returned in place of the mask")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    return inputs, targets, np.array([len(c) + 1 for c in captions])


@wrong("shape-shift", "the caller's lists are left alone", "the caller's captions grow")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    for c in captions:
        c.append(end)
    return inputs, _rows(captions), _ahead([len(c) for c in captions], inputs.shape[1])


@wrong("shape-shift", IN, None, "lists that are not filled up")
def shift_by_one(captions, start, end):
    return [[start, *c] for c in captions], [[*c, end] for c in captions], [[True] * (len(c) + 1) for c in captions]


@wrong("shape-shift", OUT, "the end mark stands in the last column")
def shift_by_one(captions, start, end):
    inputs = _rows([[start, *c] for c in captions])
    targets = np.roll(inputs, -1, axis=1)
    targets[:, -1] = end
    return inputs, targets, _ahead([len(c) + 1 for c in captions], inputs.shape[1])


@wrong("shape-shift", IN, "the padding holds the end mark")
def shift_by_one(captions, start, end):
    T = max(len(c) for c in captions) + 1
    inputs, targets = np.full((2, len(captions), T), end)
    for n, c in enumerate(captions):
        inputs[n, : len(c) + 1] = [start, *c]
        targets[n, : len(c)] = c
    return inputs, targets, _ahead([len(c) + 1 for c in captions], T)


@wrong("shape-shift", REAL, "the mask is True for one step too many")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    lengths = np.array([len(c) + 1 for c in captions])
    return inputs, targets, np.arange(inputs.shape[1]) <= lengths[:, None]


@wrong("shape-shift", OUT, "the last step is cut off")
def shift_by_one(captions, start, end):
    T = max(len(c) for c in captions)
    inputs, targets = (_rows([row[:T] for row in rows], T) for rows in _both(captions, start, end))
    return inputs, targets, _ahead([len(c) + 1 for c in captions], T)


def _both(captions, start, end):
    return [[start, *c] for c in captions], [[*c, end] for c in captions]


@wrong("shape-shift", OUT, "the targets are shifted the wrong way, or exchanged with the inputs", "another order")
def shift_by_one(captions, start, end):
    inputs, targets = (_rows(rows) for rows in _both(captions, start, end))
    return targets, inputs, _ahead([len(c) + 1 for c in captions], inputs.shape[1])


@wrong("shape-shift", REAL, None, "a mask of the longest caption alone")
def shift_by_one(captions, start, end):
    inputs, targets = _rows([[start, *c] for c in captions]), _rows([[*c, end] for c in captions])
    mask = np.zeros(inputs.shape, bool)
    mask[np.argmax([len(c) for c in captions])] = True
    return inputs, targets, mask


@right("shape-shift", "lists filled up by hand")
def shift_by_one(captions, start, end):
    T = max(len(c) for c in captions) + 1
    inputs, targets, mask = [], [], []
    for c in captions:
        empty = T - len(c) - 1
        inputs.append([start] + list(c) + empty * [0])
        targets.append(list(c) + [end] + empty * [0])
        mask.append((len(c) + 1) * [True] + empty * [False])
    return np.array(inputs), np.array(targets), np.array(mask)


@right("shape-shift", "one whole array, cut twice")
def shift_by_one(captions, start, end):
    whole = _rows([[start, *c, end] for c in captions])
    lengths = np.array([len(c) + 1 for c in captions])
    mask = np.arange(whole.shape[1] - 1) < lengths[:, None]
    return whole[:, :-1] * mask, whole[:, 1:] * mask, mask


@right("shape-shift", "the mask first")
def shift_by_one(captions, start, end):
    lengths = np.array([len(c) for c in captions]) + 1
    mask = np.arange(lengths.max())[None] < lengths[:, None]
    inputs, targets = np.zeros(mask.shape, np.int32), np.zeros(mask.shape, np.int32)
    inputs[mask] = [k for c in captions for k in (start, *c)]
    targets[mask] = [k for c in captions for k in (*c, end)]
    return inputs, targets, mask


@right("shape-shift", "targets from the inputs; a mask of 0 and 1")
def shift_by_one(captions, start, end):
    N, T = len(captions), 1 + max(map(len, captions))
    inputs, targets, mask = np.zeros((N, T)), np.zeros((N, T)), np.zeros((N, T), int)
    for n, c in enumerate(captions):
        k = len(c)
        inputs[n, 0] = start
        inputs[n, 1 : k + 1] = c
        targets[n, :k] = inputs[n, 1 : k + 1]
        targets[n, k] = end
        mask[n, : k + 1] = 1
    return inputs.astype(int), targets.astype(int), mask


@right("shape-shift", "columns of zip_longest")
def shift_by_one(captions, start, end):
    def filled(rows):
        return np.array(list(zip_longest(*rows, fillvalue=0))).T

    inputs, targets = _both(captions, start, end)
    return filled(inputs), filled(targets), filled([[1] * len(row) for row in inputs]).astype(bool)


@right("shape-shift", "a triangle as the mask; lists are returned")
def shift_by_one(captions, start, end):
    mask = np.tri(max(map(len, captions)) + 1, dtype=bool)[[len(c) for c in captions]]
    found = []
    for rows in _both(captions, start, end):
        array = np.zeros(mask.shape)
        array[mask] = np.concatenate(rows)
        found.append(array.astype(int).tolist())
    return (*found, mask.tolist())


# --- the skeleton

SINGLE, TO_ONE, EACH = (
    "one input: one-to-one and one-to-many",
    "many-to-one: each row's last real step",
    "aligned many-to-many: every real step, zeros at the padding",
)


def _answer(spread=None, one=None, each=None):
    """An answer, right but for the shapes that are given."""

    def shaped_outputs(shape, x, mask, params):
        def out(h):
            return h @ params["W_hy"] + params["b_y"]

        if shape == "one-to-one":
            return out(run_cell(x[:, :1], params)[:, 0])
        if shape == "one-to-many":
            if spread:
                return spread(x, mask, params, out)
            later = np.zeros_like(x)
            later[:, 0] = x[:, 0]
            return out(run_cell(later, params))
        h = run_cell(x, params)
        if shape == "many-to-one":
            return one(h, mask, out) if one else out(last_real(h, mask))
        return each(h, mask, out) if each else np.where(mask[..., None], out(h), 0)

    return shaped_outputs


def _wrong(check, named, title="", **shapes):
    wrong("shape-skeleton", check, named, title or named, shaped_outputs=_answer(**shapes))


_wrong(
    SINGLE,
    "one-to-many: the first input goes in at every step",
    spread=lambda x, m, p, out: out(run_cell(np.tile(x[:, :1], (1, x.shape[1], 1)), p)),
)
_wrong(SINGLE, "one-to-many: the later inputs are read", spread=lambda x, m, p, out: out(run_cell(x, p)))
_wrong(
    SINGLE,
    "one-to-many: one output only",
    spread=lambda x, m, p, out: out(last_real(run_cell(x[:, :1], p), m[:, :1] | 1)),
)
_wrong(
    SINGLE,
    "one-to-many: the first state is used at every step",
    spread=lambda x, m, p, out: np.stack([out(run_cell(x[:, :1], p)[:, 0])] * x.shape[1], axis=1),
)
_wrong(
    SINGLE,
    "one-to-many: outputs are zero where the mask is False",
    spread=lambda x, m, p, out: np.where(
        m[..., None], out(run_cell(np.concatenate([x[:, :1], 0 * x[:, 1:]], axis=1), p)), 0
    ),
)
_wrong(TO_ONE, "many-to-one: the last column is read", one=lambda h, m, out: out(h[:, -1]))
_wrong(TO_ONE, "many-to-one: an output at every step", one=lambda h, m, out: out(h))
_wrong(
    TO_ONE,
    "many-to-one: the mean over the real steps",
    one=lambda h, m, out: np.einsum("ntv,nt->nv", out(h), m / np.maximum(m.sum(axis=1, keepdims=True), 1)),
)
_wrong(
    TO_ONE,
    "many-to-one: the output of an empty row is set to zero",
    one=lambda h, m, out: np.where(m.any(axis=1)[:, None], out(last_real(h, m)), 0),
)
_wrong(EACH, "aligned: the padding has outputs", each=lambda h, m, out: out(h))
_wrong(
    EACH, "aligned: the states are masked, not the outputs", each=lambda h, m, out: out(np.where(m[..., None], h, 0))
)
_wrong(EACH, "aligned: only the last output", each=lambda h, m, out: out(last_real(h, m)))
_wrong(EACH, "aligned: the mask is the wrong way round", each=lambda h, m, out: np.where(m[..., None], 0, out(h)))
_wrong(EACH, None, "the padding is minus infinity", each=lambda h, m, out: np.where(m[..., None], out(h), -np.inf))


@wrong("shape-skeleton", EACH, "aligned: the inputs are masked, not the outputs")
def shaped_outputs(shape, x, mask, params):
    if shape.startswith("aligned"):
        x = np.where(mask[..., None], x, 0)
        return run_cell(x, params) @ params["W_hy"] + params["b_y"]
    return _answer()(shape, x, mask, params)


@wrong(
    "shape-skeleton",
    TO_ONE,
    "many-to-one: the inputs at the padding are set to zero, and the last column is read",
)
def shaped_outputs(shape, x, mask, params):
    if shape == "many-to-one":
        return run_cell(np.where(mask[..., None], x, 0), params)[:, -1] @ params["W_hy"] + params["b_y"]
    return _answer()(shape, x, mask, params)


@wrong("shape-skeleton", SINGLE, "one-to-many: one step too few")
def shaped_outputs(shape, x, mask, params):
    if shape == "one-to-many":
        zeros = np.zeros((len(x), x.shape[1] - 2, x.shape[2]))
        return run_cell(np.concatenate([x[:, :1], zeros], axis=1), params) @ params["W_hy"] + params["b_y"]
    return _answer()(shape, x, mask, params)


@wrong("shape-skeleton", TO_ONE, "the bias of the output layer is missing")
def shaped_outputs(shape, x, mask, params):
    if shape == "one-to-one":
        return run_cell(x[:, :1], params)[:, 0] @ params["W_hy"] + params["b_y"]
    if shape == "one-to-many":
        x = np.concatenate([x[:, :1], np.zeros_like(x[:, 1:])], axis=1)
    y = run_cell(x, params) @ params["W_hy"]
    if shape == "many-to-one":
        return last_real(y, mask)
    return y * mask[..., None] if shape.startswith("aligned") else y


@wrong("shape-skeleton", TO_ONE, "the states are returned")
def shaped_outputs(shape, x, mask, params):
    if shape == "one-to-one":
        return run_cell(x[:, :1], params)[:, 0] @ params["W_hy"] + params["b_y"]
    if shape == "one-to-many":
        x = np.concatenate([x[:, :1], np.zeros_like(x[:, 1:])], axis=1)
        return run_cell(x, params)
    h = run_cell(x, params)
    return last_real(h, mask) if shape == "many-to-one" else h * mask[..., None]


@wrong(
    "shape-skeleton",
    "the caller's arrays are left alone",
    "the caller's x is set to zero after its first step",
)
def shaped_outputs(shape, x, mask, params):
    if shape.startswith("one"):
        x[:, 1:] = 0
    y = run_cell(x, params) @ params["W_hy"] + params["b_y"]
    if shape == "one-to-one":
        return y[:, 0]
    if shape == "many-to-one":
        return last_real(run_cell(x, params), mask) @ params["W_hy"] + params["b_y"]
    return y if shape == "one-to-many" else y * mask[..., None]


right("shape-skeleton", "with np.where", shaped_outputs=_answer())
right(
    "shape-skeleton",
    "the outputs first, then the last of them",
    shaped_outputs=_answer(
        one=lambda h, m, out: np.where(m.any(axis=1)[:, None], last_real(out(h), m), out(0 * h[:, 0]))
    ),
)


@right("shape-skeleton", "the cell runs on by itself; the end of each row by a loop")
def shaped_outputs(shape, x, mask, params):
    W, b = params["W_hy"], params["b_y"]
    if shape.startswith("one"):
        h = [run_cell(x[:, :1], params)[:, 0]]
        if shape == "one-to-one":
            return h[0] @ W + b
        while len(h) < x.shape[1]:
            h.append(np.tanh(h[-1] @ params["W_hh"] + params["b"]))
        return np.stack([each @ W + b for each in h], axis=1)
    y = run_cell(x, params) @ W + b
    if shape == "many-to-one":
        return np.array([y[n, real.sum() - 1] if real.any() else b for n, real in enumerate(mask)])
    y[np.logical_not(mask)] = 0
    return y


@right("shape-skeleton", "without run_cell, step by step")
def shaped_outputs(shape, x, mask, params):
    h, last, outputs = np.zeros((len(x), len(params["W_hh"]))), 0, []
    last = h
    for t in range(1 if shape == "one-to-one" else x.shape[1]):
        a = h @ params["W_hh"] + params["b"]
        if t == 0 or shape not in ("one-to-one", "one-to-many"):
            a = a + x[:, t] @ params["W_xh"]
        h = np.tanh(a)
        last = np.where(mask[:, t, None], h, last)
        outputs.append(h @ params["W_hy"] + params["b_y"])
    if shape == "one-to-one":
        return outputs[0]
    if shape == "many-to-one":
        return last @ params["W_hy"] + params["b_y"]
    y = np.stack(outputs, axis=1)
    return y if shape == "one-to-many" else y * mask[:, :, None]


@right("shape-skeleton", "one run, a table of inputs; float32 at the end")
def shaped_outputs(shape, x, mask, params):
    T = x.shape[1]
    seen = {"one-to-one": 1, "one-to-many": 1}.get(shape, T)
    h = run_cell(x * (np.arange(T) < seen)[None, :, None], params)
    if shape == "many-to-one":
        h = last_real(h, mask)
    y = np.einsum("...h,hv->...v", h, params["W_hy"]) + params["b_y"]
    if shape == "one-to-one":
        y = y[:, 0]
    if shape == "aligned many-to-many":
        y[~mask] = 0
    return y.astype(np.float32)


# --- twelve jobs

right("shape-twelve-jobs", "with capitals", jobs={name: shape.capitalize() for name, shape in RIGHT.items()})
right("shape-twelve-jobs", "with blanks", jobs={name: f" {shape} " for name, shape in RIGHT.items()})
right("shape-twelve-jobs", "in another order", jobs=dict(reversed(RIGHT.items())))
right("shape-twelve-jobs", "with a note beside them", jobs={**RIGHT, "note": "reviewed"})


def _jobs(check, named, title="", **other):
    wrong("shape-twelve-jobs", check, named, title or named, jobs={**RIGHT, **other})


_jobs("jobs a, b, c", "both sides are sequences, so all are called aligned", b=ALIGNED, f=ALIGNED, j=ALIGNED)
_jobs("jobs d, e, f", "no many-to-many is called aligned", d=OTHER, h=OTHER, l=OTHER)
_jobs("jobs g, h, i", "one-to-many and many-to-one are exchanged", a=SPREAD, g=SPREAD, e=READ, i=READ)
_jobs("jobs j, k, l", "every forecast is called many-to-one", l=READ)
_jobs("jobs g, h, i", "every forecast is called aligned", g=ALIGNED)
_jobs("jobs j, k, l", "features are taken for steps", k=READ)
_jobs("jobs d, e, f", "a photo in is called one-to-one, whatever comes out", e=ONE)
_jobs("jobs j, k, l", "a summary is called many-to-one", j=READ)
_jobs("jobs a, b, c", None, "another word", a="sequence-to-vector")
wrong("shape-twelve-jobs", "jobs a, b, c", None, "a list", jobs=list(RIGHT.values()))
wrong("shape-twelve-jobs", "jobs d, e, f", None, "one missing", jobs={k: v for k, v in RIGHT.items() if k != "d"})
