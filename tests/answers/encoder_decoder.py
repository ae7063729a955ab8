"""Answers to lesson 8, second notebook: encoder and decoder."""

import math
from collections import Counter, defaultdict
from heapq import nlargest

import numpy as np

from rnn_core.activations import log_softmax, softmax
from tests.answers import right, wrong

# --- which feeding gives what? (a prediction: every allowed text is right)

COMMITTED = "with_nothing is one of the 2 choices"
TOLD = {"with_the_true_word": "half or more", "with_its_own_word": "fewer than half", "with_nothing": "fewer than half"}
right("translate-predict-feeding", "as measured", **TOLD)
right("translate-predict-feeding", "all of them learn it", **dict.fromkeys(TOLD, "half or more"))
right("translate-predict-feeding", "in other letters", **TOLD | {"with_nothing": "Half or more "})
wrong("translate-predict-feeding", COMMITTED, None, "empty", **TOLD | {"with_nothing": ""})
wrong("translate-predict-feeding", COMMITTED, None, "a number", **TOLD | {"with_nothing": 0.3})
wrong("translate-predict-feeding", COMMITTED, None, "another text", **TOLD | {"with_nothing": "none"})

# --- greedy decoding

LIKELIEST, OVER = (
    "the likeliest id at every step, read again at the next",
    "what is over stays over, and the others go on",
)
FED, ARRAYS = "the decoder is fed what it has written", "the caller's arrays are left alone"


@right("translate-greedy", "without leaving the loop early")
def greedy(step, h, first_ids, length, end):
    read, columns, alive = np.array(first_ids), [], np.ones(len(first_ids))
    for _ in range(length):
        logits, h = step(read, h)
        read = np.argmax(np.asarray(logits), axis=-1)
        read[alive == 0] = end
        alive = alive * (read != end)
        columns.append(read)
    return np.stack(columns, axis=1)


@right("translate-greedy", "all steps first, cut afterwards")
def greedy(step, h, first_ids, length, end):
    ids, read = np.zeros((len(first_ids), length), int), first_ids
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(1)
        ids[:, t] = read
    before = np.cumsum(ids == end, axis=1) - (ids == end) > 0
    ids[before] = end
    return ids


@right("translate-greedy", "row by row from probabilities")
def greedy(step, h, first_ids, length, end):
    rows, read = [[] for _ in first_ids], list(first_ids)
    for _ in range(length):
        logits, h = step(np.array(read), h)
        p = softmax(logits)
        for n, row in enumerate(rows):
            read[n] = end if end in row else int(np.argmax(p[n]))
            row.append(read[n])
    return np.array(rows)


@right("translate-greedy", "recursive")
def greedy(step, h, first_ids, length, end):
    def on(read, h, over, left):
        if left == 0:
            return np.zeros((len(read), 0), int)
        logits, h = step(read, h)
        new = np.where(over, end, np.argsort(logits, axis=1)[:, -1])
        return np.hstack([new[:, None], on(new, h, over | (new == end), left - 1)])

    return on(np.asarray(first_ids), h, np.zeros(len(first_ids), bool), length)


@wrong("translate-greedy", OVER, "it goes on past the end")
def greedy(step, h, first_ids, length, end):
    ids, read = np.full((len(first_ids), length), end), first_ids
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(axis=1)
        ids[:, t] = read
    return ids


@wrong("translate-greedy", OVER, "the end mark is forbidden at the first step")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(read, h)
        logits = np.array(logits, float)
        if t == 0:
            logits[:, end] = -np.inf  # no empty sentence
        read = np.where(over, end, logits.argmax(axis=1))
        ids[:, t], over = read, over | (read == end)
    return ids


@wrong("translate-greedy", OVER, "all rows stop as soon as one of them ends")
def greedy(step, h, first_ids, length, end):
    ids, read = np.full((len(first_ids), length), end), first_ids
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(axis=1)
        ids[:, t] = read
        if end in read:
            break
    return ids


@wrong("translate-greedy", FED, "the first ids are read at every step")
def greedy(step, h, first_ids, length, end):
    ids, over = np.full((len(first_ids), length), end), np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(first_ids, h)
        ids[:, t] = np.where(over, end, logits.argmax(axis=1))
        over |= ids[:, t] == end
    return ids


@wrong("translate-greedy", LIKELIEST, "the state is not carried on")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, _ = step(read, h)
        read = np.where(over, end, logits.argmax(axis=1))
        ids[:, t], over = read, over | (read == end)
    return ids


@wrong("translate-greedy", LIKELIEST, "the least likely id is taken")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(read, h)
        read = np.where(over, end, np.argsort(logits, axis=1)[:, 0])
        ids[:, t], over = read, over | (read == end)
    return ids


@wrong("translate-greedy", LIKELIEST, "the ids begin with the first ids")
def greedy(step, h, first_ids, length, end):
    columns, over = [np.array(first_ids)], np.zeros(len(first_ids), bool)
    for _ in range(length - 1):
        logits, h = step(columns[-1], h)
        new = np.where(over, end, logits.argmax(axis=1))
        columns.append(new)
        over = over | (new == end)
    return np.stack(columns, axis=1)


@wrong("translate-greedy", OVER, "what follows the end is filled with 0")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.zeros((len(first_ids), length), int), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(axis=1)
        ids[~over, t] = read[~over]
        over = over | (read == end)
    return ids


@wrong("translate-greedy", OVER, "the array stops where the last row ends")
def greedy(step, h, first_ids, length, end):
    columns, read, over = [], first_ids, np.zeros(len(first_ids), bool)
    while len(columns) < length and not over.all():
        logits, h = step(read, h)
        read = np.where(over, end, logits.argmax(axis=1))
        columns.append(read)
        over = over | (read == end)
    return np.stack(columns, axis=1)


@wrong("translate-greedy", ARRAYS, "the caller's first_ids are changed")
def greedy(step, h, first_ids, length, end):
    ids, over = np.full((len(first_ids), length), end), np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(first_ids.copy() if t == 0 else ids[:, t - 1], h)
        new = np.where(over, end, logits.argmax(axis=1))
        if t == 0:
            first_ids[:] = new
        ids[:, t], over = new, over | (new == end)
    return ids


@wrong("translate-greedy", OVER, "it goes on past the end", "leaves when all rows write the end at once")
def greedy(step, h, first_ids, length, end):
    ids, read = np.full((len(first_ids), length), end), first_ids
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(axis=1)
        ids[:, t] = read
        if (read == end).all():
            break
    return ids


@wrong("translate-greedy", LIKELIEST, "what is written stands one column late")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(1, length):
        logits, h = step(read, h)
        read = np.where(over, end, logits.argmax(axis=1))
        ids[:, t], over = read, over | (read == end)
    return ids


@wrong("translate-greedy", FED, None, "id 0 is read at the first step")
def greedy(step, h, first_ids, length, end):
    N = len(first_ids)
    ids, read, over = np.full((N, length), end), np.zeros(N, int), np.zeros(N, bool)
    for t in range(length):
        logits, h = step(read, h)
        read = np.where(over, end, logits.argmax(axis=1))
        ids[:, t], over = read, over | (read == end)
    return ids


@right("translate-greedy", "only rows that go on are written")
def greedy(step, h, first_ids, length, end):
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(read, h)
        read = logits.argmax(axis=1)
        over |= read == end
        ids[~over, t] = read[~over]
    return ids


@right("translate-greedy", "the row above tells what is over")
def greedy(step, h, first_ids, length, end):
    read, rows = first_ids, np.empty((0, len(first_ids)), int)
    while len(rows) < length:
        logits, h = step(read, h)
        read = np.asarray(logits).argmax(axis=-1)
        if len(rows):
            read = np.where(rows[-1] == end, end, read)
        rows = np.vstack([rows, read])
    return rows.T


@wrong("translate-greedy", LIKELIEST, None, "a draw by chance instead of the likeliest")
def greedy(step, h, first_ids, length, end):
    rng, V = np.random.default_rng(0), None
    ids, read, over = np.full((len(first_ids), length), end), first_ids, np.zeros(len(first_ids), bool)
    for t in range(length):
        logits, h = step(read, h)
        V = logits.shape[1]
        drawn = np.array([rng.choice(V, p=p) for p in softmax(logits)])
        read = np.where(over, end, drawn)
        ids[:, t], over = read, over | (read == end)
    return ids


# --- dot attention, forwards

WHOLE = "without padding: scores, softmax, context"
MASKED = "the mask: padding gets a weight of 0, and the rest sums to 1"
EMPTY, LARGE = "nothing to attend to: weights and context are 0", "large scores do not overflow"


def as_mask(mask, states):
    return np.ones(states.shape[:2], bool) if mask is None else np.asarray(mask, bool)


@right("translate-dot-forward", "row by row, word by word")
def dot_forward(queries, states, mask=None):
    mask = as_mask(mask, states)
    (N, T, H), S = queries.shape, states.shape[1]
    weights, context = np.zeros((N, T, S)), np.zeros((N, T, H))
    for n in range(N):
        words = np.flatnonzero(mask[n])
        for t in range(T):
            if len(words):
                weights[n, t, words] = softmax(states[n, words] @ queries[n, t])
                context[n, t] = weights[n, t] @ states[n]
    return context, weights, (queries, states, weights)


@right("translate-dot-forward", "einsum, a large negative number, and the mask once more")
def dot_forward(queries, states, mask=None):
    open_ = as_mask(mask, states)[:, None]
    scores = np.where(open_, np.einsum("nth,nsh->nts", queries, states), -1e9)
    weights = softmax(scores) * open_
    return np.einsum("nts,nsh->nth", weights, states), weights, (queries, states, weights)


@right("translate-dot-forward", "in float32")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    q, s = queries.astype(np.float32), states.astype(np.float32)
    scores = q @ s.transpose(0, 2, 1)
    e = np.exp(np.where(m, scores - scores.max(axis=2, keepdims=True, where=m, initial=-1e30), -np.inf))
    total = e.sum(axis=2, keepdims=True)
    total[total == 0] = 1
    weights = e / total
    return weights @ s, weights, (q, s, weights)


@right("translate-dot-forward", "exp of log_softmax, NaN made 0")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)
    scores = (states[:, None] * queries[:, :, None]).sum(axis=-1)
    weights = np.zeros_like(scores)
    some = m.any(axis=1)
    weights[some] = np.exp(log_softmax(np.where(m[some][:, None], scores[some], -np.inf)))
    return (weights[..., None] * states[:, None]).sum(axis=2), weights, (queries, states, weights)


@right("translate-dot-forward", "exp of all scores, times the mask, divided by what is left")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None].astype(float)
    scores = queries @ states.swapaxes(1, 2)
    e = np.exp(scores - scores.max(axis=2, keepdims=True)) * m
    weights = e / np.maximum(e.sum(axis=2, keepdims=True), 1e-300)
    return weights @ states, weights, (queries, states, weights)


def attends(weights, queries, states):
    return weights @ states, weights, (queries, states, weights)


@wrong("translate-dot-forward", MASKED, "the mask is not used")
def dot_forward(queries, states, mask=None):
    return attends(softmax(queries @ states.swapaxes(1, 2)), queries, states)


@wrong("translate-dot-forward", MASKED, "the mask comes after the softmax")
def dot_forward(queries, states, mask=None):
    weights = softmax(queries @ states.swapaxes(1, 2))
    weights = np.where(as_mask(mask, states)[:, None], weights, 0)
    return attends(weights, queries, states)


@wrong("translate-dot-forward", MASKED, "the mask is inverted")
def dot_forward(queries, states, mask=None):
    scores = queries @ states.swapaxes(1, 2)
    hidden = np.repeat(as_mask(mask, states)[:, None], scores.shape[1], axis=1)
    scores[hidden] = -np.inf
    top = scores.max(axis=2, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = e.sum(axis=2, keepdims=True)
    return attends(e / np.where(total > 0, total, 1), queries, states)


@wrong("translate-dot-forward", MASKED, "the scores of the padding are set to 0")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    return attends(softmax(np.where(m, queries @ states.swapaxes(1, 2), 0.0)), queries, states)


@wrong("translate-dot-forward", WHOLE, "the softmax runs over the queries")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    scores = np.where(m, queries @ states.swapaxes(1, 2), -1e9)
    return attends(softmax(scores, axis=1), queries, states)


@wrong("translate-dot-forward", WHOLE, "the softmax runs over the queries", "over the queries, with minus infinity")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    scores = np.where(m, queries @ states.swapaxes(1, 2), -np.inf)
    with np.errstate(invalid="ignore"):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return attends(e / e.sum(axis=1, keepdims=True), queries, states)


@wrong("translate-dot-forward", WHOLE, "the scores are divided by the root of H")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    scores = queries @ states.swapaxes(1, 2) / math.sqrt(states.shape[-1])
    weights = softmax(np.where(m, scores, -1e9)) * m
    return attends(weights, queries, states)


@wrong("translate-dot-forward", EMPTY, "an empty row gives NaN")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    scores = np.where(m, queries @ states.swapaxes(1, 2), -np.inf)
    with np.errstate(invalid="ignore"):
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = e / e.sum(axis=-1, keepdims=True)
    return attends(weights, queries, states)


@wrong("translate-dot-forward", EMPTY, "an empty row attends to its padding")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    scores = queries @ states.swapaxes(1, 2) + np.where(m, 0.0, -1e12)
    return attends(softmax(np.where(m, scores, -1e12)), queries, states)


@wrong("translate-dot-forward", LARGE, "the largest score is not subtracted before exp")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.where(m, np.exp(queries @ states.swapaxes(1, 2)), 0)
        total = e.sum(axis=2, keepdims=True)
        weights = e / np.where(total == 0, 1, total)
    return attends(weights, queries, states)


@wrong("translate-dot-forward", WHOLE, "context and weights are exchanged")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    weights = softmax(np.where(m, queries @ states.swapaxes(1, 2), -1e9)) * m
    return weights, weights @ states, (queries, states, weights)


@wrong("translate-dot-forward", ARRAYS, "the caller's states are changed")
def dot_forward(queries, states, mask=None):
    mask = as_mask(mask, states)
    states[~mask] = 0
    m = mask[:, None]
    weights = softmax(np.where(m, queries @ states.swapaxes(1, 2), -1e9)) * m
    return attends(weights, queries, states)


@wrong("translate-dot-forward", WHOLE, "the context is divided by the number of words")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    weights = softmax(np.where(m, queries @ states.swapaxes(1, 2), -1e9)) * m
    context = (weights[..., None] * states[:, None]).mean(axis=2)
    return context, weights, (queries, states, weights)


@wrong("translate-dot-forward", MASKED, None, "the mask is added to the scores")
def dot_forward(queries, states, mask=None):
    m = as_mask(mask, states)[:, None]
    return attends(softmax(queries @ states.swapaxes(1, 2) + m), queries, states)


@wrong("translate-dot-forward", LARGE, "one largest score is subtracted for the whole batch")
def dot_forward(queries, states, mask=None):
    e = queries @ states.swapaxes(1, 2)
    e = np.exp(e - np.max(e)) * as_mask(mask, states)[:, None]
    total = e.sum(axis=2, keepdims=True)
    weights = np.divide(e, total, out=np.zeros_like(e), where=total > 0)
    return weights @ states, weights, (queries, states, weights)


@wrong("translate-dot-forward", MASKED, "the states of the padding are set to 0")
def dot_forward(queries, states, mask=None):
    real = states * as_mask(mask, states)[:, :, None]
    weights = softmax(queries @ real.swapaxes(1, 2))
    return weights @ real, weights, (queries, states, weights)


# --- dot attention, backwards

DQUERIES = "dqueries: through the softmax and the scores"
DSTATES = "dstates: a share from the scores and one from the average"
EQUAL = "equal states: only the average has something to say"


@right("translate-dot-backward", "the Jacobian of the softmax, row by row")
def dot_backward(dcontext, cache):
    queries, states, weights = cache
    dqueries, dstates = np.zeros_like(queries), np.zeros_like(states)
    for n in range(len(queries)):
        for t in range(queries.shape[1]):
            w = weights[n, t]
            de = (np.diag(w) - np.outer(w, w)) @ (states[n] @ dcontext[n, t])
            dqueries[n, t] = de @ states[n]
            dstates[n] += np.outer(de, queries[n, t]) + np.outer(w, dcontext[n, t])
    return dqueries, dstates


@right("translate-dot-backward", "the sum term from the context")
def dot_backward(dcontext, cache):
    q, s, w = cache
    context = w @ s
    de = w * (dcontext @ s.swapaxes(1, 2) - (dcontext * context).sum(axis=-1)[..., None])
    return de @ s, np.swapaxes(de, 1, 2) @ q + np.swapaxes(w, 1, 2) @ dcontext


@right("translate-dot-backward", "einsum")
def dot_backward(dcontext, cache):
    q, s, w = cache
    dw = np.einsum("nth,nsh->nts", dcontext, s)
    de = w * dw - w * np.einsum("nts,nts->nt", w, dw)[:, :, None]
    ds = np.einsum("nts,nth->nsh", de, q) + np.einsum("nts,nth->nsh", w, dcontext)
    return np.einsum("nts,nsh->nth", de, s), ds


@right("translate-dot-backward", "in float32, one concatenated product for the states")
def dot_backward(dcontext, cache):
    q, s, w = (a.astype(np.float32) for a in cache)
    g = dcontext.astype(np.float32)
    dw = g @ s.transpose(0, 2, 1)
    de = w * (dw - (w * dw).sum(axis=2, keepdims=True))
    both = np.concatenate([de, w], axis=1).transpose(0, 2, 1)  # (N, S, 2T)
    return de @ s, both @ np.concatenate([q, g], axis=1)


def dscores_of(dcontext, states, weights):
    dweights = dcontext @ states.swapaxes(1, 2)
    return weights * (dweights - (weights * dweights).sum(axis=-1, keepdims=True))


@wrong("translate-dot-backward", EQUAL, "the sum term of the softmax is missing")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = w * np.einsum("nth,nsh->nts", dcontext, s)
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "dqueries and dstates are exchanged")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = dscores_of(dcontext, s, w)
    return de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext, de @ s


@wrong("translate-dot-backward", DSTATES, "dstates holds the share of the average alone")
def dot_backward(dcontext, cache):
    _, s, w = cache
    return dscores_of(dcontext, s, w) @ s, np.einsum("nts,nth->nsh", w, dcontext)


@wrong("translate-dot-backward", DSTATES, "dstates holds the share of the scores alone")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = dscores_of(dcontext, s, w)
    return de @ s, np.einsum("nts,nth->nsh", de, q)


@wrong("translate-dot-backward", DQUERIES, "the softmax is passed as if it were a sigmoid")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = (dcontext @ s.swapaxes(1, 2)) * w * (1 - w)
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "the softmax is passed without its slope")
def dot_backward(dcontext, cache):
    q, s, w = cache
    dw = dcontext @ s.swapaxes(1, 2)
    return dw @ s, dw.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "the sum term of the softmax runs over the queries")
def dot_backward(dcontext, cache):
    q, s, w = cache
    dw = dcontext @ s.swapaxes(1, 2)
    de = w * (dw - np.sum(w * dw, axis=1, keepdims=True))
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "the sum term is not weighted")
def dot_backward(dcontext, cache):
    q, s, w = cache
    dw = dcontext @ s.swapaxes(1, 2)
    de = w * (dw - dw.sum(axis=2)[..., None])
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "the sum term of the softmax has a plus")
def dot_backward(dcontext, cache):
    q, s, w = cache
    dw = dcontext @ s.swapaxes(1, 2)
    de = w * dw + w * (w * dw).sum(axis=2, keepdims=True)
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DQUERIES, "the gradients are divided by the root of H")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = dscores_of(dcontext, s, w) / math.sqrt(q.shape[-1])
    return de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext


@wrong("translate-dot-backward", DSTATES, "dstates is averaged over the queries")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = dscores_of(dcontext, s, w)
    shares = de[..., None] * q[:, :, None] + w[..., None] * dcontext[:, :, None]  # (N, T, S, H)
    return de @ s, shares.mean(axis=1)


@wrong("translate-dot-backward", ARRAYS, "dcontext is changed")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = dscores_of(dcontext, s, w)
    found = de @ s, de.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ dcontext
    dcontext += dcontext
    return found


@wrong("translate-dot-backward", DQUERIES, None, "the gradient with the wrong sign")
def dot_backward(dcontext, cache):
    q, s, w = cache
    de = -dscores_of(dcontext, s, w)
    return de @ s, de.swapaxes(1, 2) @ q - w.swapaxes(1, 2) @ dcontext


# --- one step of a beam search

BEST = "nothing is over: the best of all candidates, best first"
SEVERAL = "one beginning may go on in several ways, another in none"
ENDED = "what is over competes with its score, and does not go on"


@right("translate-beam-step", "a list of candidates, sorted")
def beam_step(scores, log_p, over, width, end):
    candidates = []
    for b in range(len(scores)):
        if over[b]:
            candidates.append((scores[b], b, end))
        else:
            candidates += [(scores[b] + log_p[b, v], b, v) for v in range(log_p.shape[1])]
    candidates.sort(reverse=True)
    best = candidates[:width]
    return np.array([c[1] for c in best]), np.array([c[2] for c in best]), np.array([c[0] for c in best])


@right("translate-beam-step", "argpartition, then a sort of what is left")
def beam_step(scores, log_p, over, width, end):
    log_p = log_p.copy()
    log_p[over] = -np.inf
    log_p[over, end] = 0
    flat = (scores[:, None] + log_p).ravel()
    few = np.argpartition(flat, -width)[-width:] if width < len(flat) else np.arange(len(flat))
    few = few[np.argsort(flat[few])[::-1]]
    return few // log_p.shape[1], few % log_p.shape[1], flat[few]


@right("translate-beam-step", "the best one by one")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + log_p
    for b in np.flatnonzero(over):
        total[b] = -np.inf
        total[b, end] = scores[b]
    parents, ids, new = [], [], []
    for _ in range(width):
        b, v = np.unravel_index(np.argmax(total), total.shape)
        parents.append(int(b))
        ids.append(int(v))
        new.append(float(total[b, v]))
        total[b, v] = -np.inf
    return parents, ids, new


@right("translate-beam-step", "a heap, in float32")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    best = nlargest(width, np.ndindex(*total.shape), key=lambda place: total[place])
    parents, ids = (np.array(each) for each in zip(*best, strict=True))
    return parents, ids, total[parents, ids].astype(np.float32)


def ranked(total, width):
    best = np.argsort(total.ravel())[::-1][:width]
    return best // total.shape[1], best % total.shape[1], total.ravel()[best]


@wrong("translate-beam-step", ENDED, "what is over goes on")
def beam_step(scores, log_p, over, width, end):
    return ranked(scores.reshape(-1, 1) + log_p, width)


@wrong("translate-beam-step", ENDED, "what is over is lost")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + log_p
    total[over] = -np.inf
    return ranked(total, width)


@wrong("translate-beam-step", ENDED, "what is over stands in the table once for every id")
def beam_step(scores, log_p, over, width, end):
    more = log_p.copy()
    more[over] = 0
    total = scores[:, None] + more
    best = np.argsort(-total, axis=None, kind="stable")[:width]
    parents, ids = np.unravel_index(best, total.shape)
    return parents, ids, total[parents, ids]


@wrong("translate-beam-step", ENDED, "what is over pays for another end mark")
def beam_step(scores, log_p, over, width, end):
    more = log_p.copy()
    others = np.arange(log_p.shape[1]) != end
    more[np.ix_(over, others)] = -np.inf
    return ranked(scores[:, None] + more, width)


@wrong("translate-beam-step", BEST, "probabilities are added, not their logarithms")
def beam_step(scores, log_p, over, width, end):
    p = np.exp(log_p)
    p[over] = -np.inf
    p[over, end] = 0
    return ranked(scores[:, None] + p, width)


@wrong("translate-beam-step", BEST, "only the new id's log-probability counts")
def beam_step(scores, log_p, over, width, end):
    more = log_p.copy()
    more[over] = -np.inf
    more[over, end] = scores[over]
    return ranked(more, width)


@wrong("translate-beam-step", SEVERAL, "the best of each beginning is kept")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], -np.inf, log_p)
    total[over, end] = scores[over]
    ids = np.argmax(total, axis=1)
    tops = total[np.arange(len(total)), ids]
    order = np.argsort(tops)[::-1][:width]
    return order, ids[order], tops[order]


@wrong("translate-beam-step", BEST, "the worst are kept")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    best = np.argsort(total, axis=None, kind="stable")[:width]
    return best // total.shape[1], best % total.shape[1], total.ravel()[best]


@wrong("translate-beam-step", BEST, "the best come last")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    best = np.argsort(total, axis=None)[-width:]
    return best // total.shape[1], best % total.shape[1], total.ravel()[best]


@wrong("translate-beam-step", BEST, "places in the table are divided by the width")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    best = np.argsort(-total.ravel())[:width]
    return best // width, best % width, total.ravel()[best]


@wrong("translate-beam-step", BEST, "parents and ids are exchanged")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    parents, ids, best = ranked(total, width)
    return ids, parents, best


@wrong("translate-beam-step", BEST, "the scores come back as probabilities")
def beam_step(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    p = np.exp(total)
    return ranked(p, width)


@wrong("translate-beam-step", ARRAYS, "the caller's log_p is changed")
def beam_step(scores, log_p, over, width, end):
    log_p[over] = -np.inf
    log_p[over, end] = 0
    return ranked(scores[:, None] + log_p, width)


@wrong("translate-beam-step", ENDED, "what is over is lost", "what is over loses against all others")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + log_p
    total[over] = -np.inf
    total[over, end] = -1e9
    return ranked(total, width)


@wrong("translate-beam-step", BEST, "the best are kept, but in the order of the table")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], -np.inf, log_p)
    total[over, end] = scores[over]
    parents, ids = np.nonzero(total >= np.sort(total, axis=None)[-width])
    return parents, ids, total[parents, ids]


@wrong("translate-beam-step", BEST, "the parents are places in the whole table")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], -np.inf, log_p)
    total[over, end] = scores[over]
    best = np.argsort(-total, axis=None)[:width]
    return best, best % log_p.shape[1], total.ravel()[best]


@wrong("translate-beam-step", BEST, "as many are kept as there were beginnings")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], -np.inf, log_p)
    total[over, end] = scores[over]
    return ranked(total, len(scores))


@wrong("translate-beam-step", ENDED, "what is over goes on with id 0")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], -np.inf, log_p)
    total[over, 0] = scores[over]
    return ranked(total, width)


@right("translate-beam-step", "the best of each beginning, then the best of these")
def beam_step(scores, log_p, over, width, end):
    found = []
    for b, row in enumerate(scores[:, None] + log_p):
        if over[b]:
            found.append((scores[b], b, end))
        else:
            found += [(row[v], b, v) for v in np.argsort(-row)[:width]]
    best = sorted(found, key=lambda candidate: -candidate[0])[:width]
    return [b for _, b, _ in best], [v for _, _, v in best], [score for score, _, _ in best]


@right("translate-beam-step", "the sort read from its end")
def beam_step(scores, log_p, over, width, end):
    total = scores[:, None] + np.where(over[:, None], 0, log_p)
    total[over, :end] = total[over, end + 1 :] = -np.inf
    best = total.ravel().argsort()[::-1][:width]
    return best // log_p.shape[1], best % log_p.shape[1], total.ravel()[best]


# --- BLEU

ONE, MANY = "clipped_matches: one reference", "clipped_matches: the best of several references, word by word"
LONG, SHORT = "bleu_from_counts: long enough, so no penalty", "bleu_from_counts: the penalty for what is too short"
ZERO = "bleu_from_counts: a precision of 0 makes a score of 0"


@right("translate-bleu", "counting by hand")
def clipped_matches(candidate, references, n):
    pieces = [candidate[k : k + n] for k in range(len(candidate) - n + 1)]
    matches = 0
    for k, piece in enumerate(pieces):
        if piece in pieces[:k]:
            continue  # counted already
        most = 0
        for reference in references:
            most = max(most, sum(reference[j : j + n] == piece for j in range(len(reference))))
        matches += min(pieces.count(piece), most)
    return matches, len(pieces)


@right("translate-bleu", "a dict of counts and zip")
def clipped_matches(candidate, references, n):
    def count(words):
        found = defaultdict(int)
        for gram in zip(*(words[k:] for k in range(n)), strict=False):
            found[gram] += 1
        return found

    allowed = [count(r) for r in references]
    mine = count(candidate)
    return sum(min(c, max(a[g] for a in allowed)) for g, c in mine.items()), sum(mine.values())


@right("translate-bleu", "strings as keys, an array of results")
def clipped_matches(candidate, references, n):
    def count(words):
        return Counter("|".join(words[k : k + n]) for k in range(len(words) - n + 1))

    mine, theirs = count(candidate), [count(r) for r in references]
    matches = sum(min(c, max(t.get(g, 0) for t in theirs)) for g, c in mine.items())
    return np.array([matches, max(0, len(candidate) - n + 1)]).tolist()


@right("translate-bleu", "the K-th root of a product")
def bleu_from_counts(matches, totals, length, reference_length):
    product = 1.0
    for m, t in zip(matches, totals, strict=True):
        product *= m / t
    short = math.exp(1 - reference_length / length) if length < reference_length else 1
    return short * product ** (1 / len(matches))


@right("translate-bleu", "logarithms throughout, as in the paper")
def bleu_from_counts(matches, totals, length, reference_length):
    if 0 in matches:
        return 0
    logs = [math.log(m) - math.log(t) for m, t in zip(matches, totals, strict=True)]
    return math.exp(min(1 - reference_length / length, 0) + sum(logs) / len(logs))


def pieces(words, n):
    return [tuple(words[k : k + n]) for k in range(len(words) - n + 1)]


@wrong("translate-bleu", ONE, "nothing is clipped")
def clipped_matches(candidate, references, n):
    known = set()
    for r in references:
        known.update(pieces(r, n))
    mine = pieces(candidate, n)
    return len([g for g in mine if g in known]), len(mine)


@wrong("translate-bleu", ONE, "n-grams are counted as a set")
def clipped_matches(candidate, references, n):
    mine, known = set(pieces(candidate, n)), set()
    for r in references:
        known |= set(pieces(r, n))
    return len(mine & known), len(mine)


@wrong("translate-bleu", MANY, "the counts of the references are added up")
def clipped_matches(candidate, references, n):
    mine, allowed = Counter(pieces(candidate, n)), Counter()
    for r in references:
        allowed.update(pieces(r, n))
    return sum(min(c, allowed[g]) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", MANY, "only the first reference is used")
def clipped_matches(candidate, references, n):
    mine, allowed = Counter(pieces(candidate, n)), Counter(pieces(references[0], n))
    return sum(min(c, allowed[g]) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", MANY, "an n-gram has to stand in all references")
def clipped_matches(candidate, references, n):
    mine, theirs = Counter(pieces(candidate, n)), [Counter(pieces(r, n)) for r in references]
    return sum(min(c, *(t[g] for t in theirs)) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", ONE, "the last n-gram is left out")
def clipped_matches(candidate, references, n):
    def count(words):
        return Counter(tuple(words[k : k + n]) for k in range(len(words) - n))

    mine, theirs = count(candidate), [count(r) for r in references]
    return sum(min(c, max(t[g] for t in theirs)) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", ONE, "the order within an n-gram is lost")
def clipped_matches(candidate, references, n):
    def count(words):
        return Counter(tuple(sorted(words[k : k + n])) for k in range(len(words) - n + 1))

    mine, theirs = count(candidate), [count(r) for r in references]
    return sum(min(c, max(t[g] for t in theirs)) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", MANY, "the matches of the references are added up")
def clipped_matches(candidate, references, n):
    matches = 0
    for reference in references:
        left = pieces(reference, n)
        for piece in pieces(candidate, n):
            if piece in left:
                left.remove(piece)
                matches += 1
    return matches, len(pieces(candidate, n))


def matched(candidate, references, n):
    mine, theirs = Counter(pieces(candidate, n)), [Counter(pieces(r, n)) for r in references]
    return sum(min(c, max(t[g] for t in theirs)) for g, c in mine.items())


@wrong("translate-bleu", ONE, "the total counts different n-grams")
def clipped_matches(candidate, references, n):
    return matched(candidate, references, n), len(Counter(pieces(candidate, n)))


@wrong("translate-bleu", MANY, "a candidate that is too short has a negative total")
def clipped_matches(candidate, references, n):
    return matched(candidate, references, n), len(candidate) - n + 1


@wrong("translate-bleu", ONE, "the last n-gram is missing in the total")
def clipped_matches(candidate, references, n):
    return matched(candidate, references, n), max(0, len(candidate) - n)


@right("translate-bleu", "n-grams as joined texts")
def clipped_matches(candidate, references, n):
    def count(words):
        return Counter(" ".join(words[k : k + n]) for k in range(len(words) - n + 1))

    mine = count(candidate)
    return sum(min(c, max(count(r)[g] for r in references)) for g, c in mine.items()), sum(mine.values())


@wrong("translate-bleu", ONE, None, "matches divided by the total are returned twice")
def clipped_matches(candidate, references, n):
    mine, theirs = Counter(pieces(candidate, n)), [Counter(pieces(r, n)) for r in references]
    matches = sum(min(c, max(t[g] for t in theirs)) for g, c in mine.items())
    return matches / max(1, mine.total()), mine.total()


def mean_precision(matches, totals):
    if min(matches) == 0:
        return 0.0
    return math.prod(m / t for m, t in zip(matches, totals, strict=True)) ** (1 / len(matches))


@wrong("translate-bleu", SHORT, "there is no penalty for short texts")
def bleu_from_counts(matches, totals, length, reference_length):
    return mean_precision(matches, totals)


@wrong("translate-bleu", SHORT, "the penalty is turned round")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length < reference_length else math.exp(1 - length / reference_length)
    return penalty * mean_precision(matches, totals)


@wrong("translate-bleu", LONG, "the penalty is applied to long texts as well")
def bleu_from_counts(matches, totals, length, reference_length):
    return math.exp(1 - reference_length / length) * mean_precision(matches, totals)


@wrong("translate-bleu", SHORT, "the penalty is the ratio of the lengths")
def bleu_from_counts(matches, totals, length, reference_length):
    return min(1.0, length / reference_length) * mean_precision(matches, totals)


@wrong("translate-bleu", LONG, "the mean is arithmetic, and 0 is a precision like any other")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * sum(m / t for m, t in zip(matches, totals, strict=True)) / len(matches)


@wrong("translate-bleu", LONG, "the root of the product is missing")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * math.prod(m / t for m, t in zip(matches, totals, strict=True))


@wrong("translate-bleu", LONG, "the fourth root is taken for every K")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * math.prod(m / t for m, t in zip(matches, totals, strict=True)) ** 0.25


@wrong("translate-bleu", SHORT, "the penalty is turned round", "a factor above 1 for a short text")
def bleu_from_counts(matches, totals, length, reference_length):
    factor = math.exp(1 - length / reference_length) if length < reference_length else 1.0
    return factor * mean_precision(matches, totals)


@wrong("translate-bleu", LONG, "the score stands in per cent")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return 100 * penalty * mean_precision(matches, totals)


@wrong("translate-bleu", ZERO, None, "a small number is added to each count of matches")
def bleu_from_counts(matches, totals, length, reference_length):
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * math.exp(np.mean([math.log((m + 0.1) / t) for m, t in zip(matches, totals, strict=True)]))


@right("translate-bleu", "crossing out on a copy, the reference that allows most for each n-gram")
def clipped_matches(candidate, references, n):
    mine = [candidate[k : k + n] for k in range(len(candidate) - n + 1)]
    matches = 0
    for gram in {tuple(gram) for gram in mine}:
        most = 0
        for reference in references:
            left = [tuple(reference[k : k + n]) for k in range(len(reference) - n + 1)]
            times = 0
            while gram in left and times < mine.count(list(gram)):
                left.remove(gram)
                times += 1
            most = max(most, times)
        matches += most
    return matches, len(mine)


@right("translate-bleu", "arrays, in float32")
def bleu_from_counts(matches, totals, length, reference_length):
    p = np.asarray(matches, np.float32) / np.asarray(totals, np.float32)
    if (p == 0).any():
        return np.float32(0)
    penalty = np.float32(np.exp(min(0.0, 1 - reference_length / length)))
    return penalty * np.exp(np.log(p).mean(dtype=np.float32))


@right("translate-bleu", "a running product of roots")
def bleu_from_counts(matches, totals, length, reference_length):
    score = 1.0 if length >= reference_length else math.e ** (1 - reference_length / length)
    for m, t in zip(matches, totals, strict=True):
        score *= (m / t) ** (1.0 / len(totals))
    return score
