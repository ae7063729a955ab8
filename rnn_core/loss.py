"""Cross-entropy: how surprised a model is by what really came, in nats or bits.

Source: Shannon (1948), A mathematical theory of communication.
"""

import math

import numpy as np

from rnn_core.activations import log_softmax
from rnn_core.errors import RangeError, check_ids, check_mask, check_shapes


def cross_entropy(logits, targets, mask=None):
    """Average -log p(target) over the positions that count, with its gradient.

    Shapes: logits (..., V); targets, mask (...), for V classes and any leading axes.
    Units: logits and loss in nats. Targets are class ids; where the mask is 0 they may be anything.
    Returns: the loss (a float) and dlogits (..., V), which is exactly 0 where the mask is 0.
    Raises: ShapeError; DtypeError and RangeError for targets that are no class ids, and RangeError
        for a mask that leaves nothing to average over (the mean of nothing is not 0).
    """
    logits = np.asarray(logits)
    *leading, V = logits.shape
    check_shapes(targets=(targets, tuple(leading)))
    counts = check_mask(mask, tuple(leading))
    M = np.count_nonzero(counts)
    if M == 0:
        raise RangeError("cross_entropy: expected at least one position that counts, got none")
    target = check_ids("targets", np.asarray(targets)[counts], V)  # (M,)

    log_p = log_softmax(logits[counts])  # (M, V)
    picked = np.arange(M), target
    loss = -log_p[picked].mean()
    d = np.exp(log_p)  # d(-log p[target]) / dlogits = p - one_hot(target)
    d[picked] -= 1
    dlogits = np.zeros_like(logits)
    dlogits[counts] = d / M
    return float(loss), dlogits


def squared_error(y, targets, mask=None):
    """Average squared difference over the positions that count, with its gradient.

    Shapes: y, targets (..., V), for V numbers at each position and any leading axes; mask (...).
    Units: loss in those of y, squared. Where the mask is 0, targets may be anything.
    Returns: the loss (a float) and dy (..., V), which is exactly 0 where the mask is 0.
    Raises: ShapeError; RangeError for a mask that leaves nothing to average over.
    """
    y, targets = np.asarray(y), np.asarray(targets)
    check_shapes(targets=(targets, y.shape))
    counts = check_mask(mask, y.shape[:-1])
    difference = np.zeros_like(y)
    difference[counts] = y[counts] - targets[counts]
    M = np.count_nonzero(counts) * y.shape[-1]
    if M == 0:
        raise RangeError("squared_error: expected at least one position that counts, got none")
    return float(np.sum(difference**2) / M), 2 * difference / M


def to_bits(nats):
    """Convert nats (logarithms to base e) to bits (to base 2): one bit is log 2 = 0.693 nats."""
    return nats / math.log(2)
