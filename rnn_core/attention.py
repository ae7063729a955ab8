"""Attention: at each step of the decoder, an average of the encoder's states, weighted by how well they match.

Sources: the additive score: Bahdanau, Cho & Bengio (2014); the dot product: Luong, Pham & Manning (2015).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.errors import check_mask, check_shapes


class Attention(NamedTuple):
    """A kind of attention, with the names of its weights in the order of forward's arguments."""

    forward: Callable
    backward: Callable
    weights: tuple[str, ...] = ()


def dot_forward(queries, states, mask=None):
    """Attend by the scores e[t, s] = queries[t] . states[s].

    An empty row (its mask is 0 everywhere) has nothing to attend to: its weights and its context are 0.

    Shapes: queries (N, T, H), the decoder's states; states (N, S, H), the encoder's; mask (N, S) of 0 and 1.
    Units: a weight is a share; those of a query sum to 1.
    Returns: context (N, T, H), weights (N, T, S) and the cache of `dot_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    _check(queries, states, queries.shape[-1])
    context, weights = _average(queries @ states.swapaxes(1, 2), states, mask)
    return context, weights, (queries, states, weights)


def dot_backward(dcontext, cache):
    """The exact gradient of `dot_forward`.

    Shapes: dcontext (N, T, H). Returns: dqueries (N, T, H), dstates (N, S, H).
    Raises: ShapeError if dcontext does not fit.
    """
    queries, states, weights = cache
    dscores, dstates = _average_backward(dcontext, states, weights)
    return dscores @ states, dstates + dscores.swapaxes(1, 2) @ queries


def additive_forward(queries, states, W_q, W_s, v, mask=None):
    """Attend by a small network's scores: e[t, s] = tanh(queries[t] W_q + states[s] W_s) . v.

    An empty row has weights and context 0, as in `dot_forward`. The two kinds of states may differ in size.

    Shapes: queries (N, T, H); states (N, S, K); W_q (H, A); W_s (K, A); v (A,); mask (N, S) of 0 and 1.
    Units: a weight is a share; those of a query sum to 1.
    Returns: context (N, T, K), weights (N, T, S) and the cache of `additive_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    _check(queries, states, "K")
    H, K, A = queries.shape[2], states.shape[2], len(v)
    check_shapes(W_q=(W_q, (H, A)), W_s=(W_s, (K, A)), v=(v, (A,)))
    match = np.tanh((queries @ W_q)[:, :, None] + (states @ W_s)[:, None])  # (N, T, S, A)
    context, weights = _average(match @ v, states, mask)
    return context, weights, (queries, states, W_q, W_s, v, match, weights)


def additive_backward(dcontext, cache):
    """The exact gradient of `additive_forward`.

    Shapes: dcontext (N, T, K).
    Returns: dqueries (N, T, H), dstates (N, S, K), dW_q (H, A), dW_s (K, A), dv (A,).
    Raises: ShapeError if dcontext does not fit.
    """
    queries, states, W_q, W_s, v, match, weights = cache
    dscores, dstates = _average_backward(dcontext, states, weights)
    dv = np.tensordot(dscores, match, 3)
    da = dscores[..., None] * v * (1 - match**2)  # (N, T, S, A)
    for_queries, for_states = da.sum(axis=2), da.sum(axis=1)  # (N, T, A), (N, S, A): each was used many times
    dW_q = np.tensordot(queries, for_queries, ((0, 1), (0, 1)))
    dW_s = np.tensordot(states, for_states, ((0, 1), (0, 1)))
    return for_queries @ W_q.T, dstates + for_states @ W_s.T, dW_q, dW_s, dv


DOT = Attention(dot_forward, dot_backward)
ADDITIVE = Attention(additive_forward, additive_backward, ("W_q", "W_s", "v"))


def _average(scores, states, mask):
    """The softmax of the scores over the steps that the mask lets through, and the average that it weighs."""
    N, S = states.shape[:2]
    scores = np.where(check_mask(mask, (N, S))[:, None], scores, -np.inf)  # before the softmax, or else padding counts
    top = scores.max(axis=2, keepdims=True, initial=-np.inf)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))  # all 0 for an empty row
    total = e.sum(axis=2, keepdims=True)
    weights = e / np.where(total > 0, total, 1)
    return weights @ states, weights


def _average_backward(dcontext, states, weights):
    """From the average to the scores, and to the states as far as they were averaged."""
    N, T, _ = weights.shape
    check_shapes(dcontext=(dcontext, (N, T, states.shape[2])))
    dweights = dcontext @ states.swapaxes(1, 2)
    shared = np.sum(weights * dweights, axis=2, keepdims=True)
    return weights * (dweights - shared), weights.swapaxes(1, 2) @ dcontext


def _check(queries, states, size):
    check_shapes(queries=(queries, ("N", "T", "H")), states=(states, ("N", "S", size)))
    check_shapes(states=(states, (len(queries), "S", size)))
