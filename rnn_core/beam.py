"""The likeliest whole sequence: step by step the likeliest id (greedy), or the best few beginnings (a beam).

Sources: the beam for a recurrent net: Graves (2012), Sequence transduction with recurrent neural networks;
dividing by a power of the length: Wu et al. (2016), there with a length of (5 + L) / 6.
"""

import numpy as np

from rnn_core.activations import log_softmax
from rnn_core.decode import generate
from rnn_core.errors import NonFiniteError, RangeError


def greedy(step, h, first_ids, length, end):
    """Take the likeliest id at every step, until the end symbol or `length`.

    Shapes: first_ids (N,); step and h as for `decode.generate`.
    Returns: ids (N, length), filled up with `end`.
    Raises: NonFiniteError for logits that are NaN.
    """
    return generate(step, h, first_ids, length, None, temperature=0, end=end)[0]


def beam_search(step, h, first_ids, length, end, width, power=0.0):
    """Keep the `width` best beginnings at every step; those that have ended compete, but never go on.

    A score is log p(sequence) / L^power, where L counts the ids up to and with the end symbol. With
    power 0 short sequences have an advantage: every id more makes a sequence less likely.

    Shapes: first_ids (N,). step(ids (M,), h) gives logits (M, V) and the next h, for any number M of rows;
        h is an array with a row for each sequence, or None, or a tuple of such.
    Units: scores in nats, or nats an id with power 1.
    Returns: ids (N, width, length), best first, filled up with `end`, and scores (N, width). Where there
        are fewer than `width` sequences the places left over have a score of minus infinity.
    Raises: RangeError for a width below 1; NonFiniteError for logits that are NaN.
    """
    if width < 1:
        raise RangeError(f"width: expected at least 1, got {width}")
    N, B = len(first_ids), width
    h, read = _rows(h, np.repeat(np.arange(N), B)), np.repeat(first_ids, B)
    ids = np.full((N, B, length), end)
    log_p = np.where(np.arange(B) == 0, 0, np.full((N, B), -np.inf))  # at first there is one beginning, not B
    L, over = np.zeros((N, B)), np.zeros((N, B), dtype=bool)
    for t in range(length):
        logits, h = step(read, h)
        if np.isnan(logits).any():
            raise NonFiniteError("logits: expected numbers, got NaN")
        more = log_softmax(logits).reshape(N, B, -1)
        more[over] = -np.inf
        more[over, end] = 0  # what is over can only stay as it is
        V, L = more.shape[2], L + ~over
        total = (log_p[:, :, None] + more).reshape(N, B * V)
        ranks = np.argsort(-total / np.repeat(L, V, axis=1) ** power, axis=1, kind="stable")[:, :B]
        kept, new = ranks // V, ranks % V  # which beginning, and how it goes on
        log_p = np.take_along_axis(total, ranks, axis=1)
        L = np.take_along_axis(L, kept, axis=1)
        ids = np.take_along_axis(ids, kept[:, :, None], axis=1)
        ids[:, :, t] = np.where(np.isfinite(log_p), new, end)  # what is impossible takes a place, no more
        h = _rows(h, (np.arange(N)[:, None] * B + kept).ravel())
        over, read = ids[:, :, t] == end, ids[:, :, t].ravel()
        if over.all():
            break
    return ids, log_p / np.maximum(L, 1) ** power


def _rows(h, rows):
    """The same state with these of its rows."""
    if h is None:
        return None
    return tuple(_rows(each, rows) for each in h) if isinstance(h, tuple) else h[rows]
