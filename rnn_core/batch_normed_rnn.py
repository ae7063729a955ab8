"""The tanh cell with batch normalisation in the loop: an experiment.

The sums of every step are normalised over the batch. In training each step uses the batch that is there; at
a test it uses what was gathered, and it matters whether each step has its own statistics. Sequences have one
length: a mask would leave some steps with fewer rows to take a mean over.
Sources: Laurent, Pereyra, Brakel, Zhang & Bengio (2016), arXiv 1510.01378; statistics for each step: Cooijmans
et al. (2017), arXiv 1603.09025.
"""

import numpy as np

from rnn_core.errors import check_shapes
from rnn_core.normalisation import batch_norm_backward, batch_norm_forward, batch_norm_test


def forward(x, h0, W_xh, W_hh, gain, b, statistics=None):
    """Run the cell over a batch of sequences as in training; the statistics take in every step's batch.

    Shapes: x (N, T, D) with N of at least 2; h0 (N, H); W_xh (D, H); W_hh (H, H); gain, b (H,); statistics a
        `RunningStatistics`, changed in place, or None.
    Units: x standardised; h in [-1, 1].
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a batch of one row.
    """
    h, norms = _start(x, h0, W_xh, W_hh, gain, b), []
    for t in range(x.shape[1]):
        a, mean, var, norm = batch_norm_forward(x[:, t] @ W_xh + h[:, t] @ W_hh, gain, b)
        h[:, t + 1] = np.tanh(a)
        norms.append(norm)
        if statistics is not None:
            statistics.update(t, mean, var, len(x))
    return h[:, 1:], (x, h, W_xh, W_hh, gain, norms)


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, H), dW_hh (H, H), dgain (H,), db (H,).
    Raises: ShapeError if dh does not fit.
    """
    x, h, W_xh, W_hh, gain, norms = cache
    check_shapes(dh=(dh, h[:, 1:].shape))
    da, dh_t = np.empty_like(h[:, 1:]), np.zeros_like(h[:, 0])
    dgain, db = np.zeros_like(gain), np.zeros_like(gain)
    for t in reversed(range(x.shape[1])):
        dh_t = dh_t + dh[:, t]
        da[:, t], dgain_t, db_t = batch_norm_backward(dh_t * (1 - h[:, t + 1] ** 2), norms[t])
        dgain, db = dgain + dgain_t, db + db_t
        dh_t = da[:, t] @ W_hh.T
    dx, (_, _, D), H = da @ W_xh.T, x.shape, len(W_hh)
    da = da.reshape(-1, H)  # every step's rows below each other
    return dx, dh_t, x.reshape(-1, D).T @ da, h[:, :-1].reshape(-1, H).T @ da, dgain, db


def forward_test(x, h0, W_xh, W_hh, gain, b, statistics):
    """Run the cell with the statistics gathered in training: each sequence on its own, and of any length.

    Shapes: as `forward`, with N of at least 1. Returns: h (N, T, H).
    Raises: ShapeError, naming the first array that does not fit.
    """
    h = _start(x, h0, W_xh, W_hh, gain, b)
    for t in range(x.shape[1]):
        a = x[:, t] @ W_xh + h[:, t] @ W_hh
        h[:, t + 1] = np.tanh(batch_norm_test(a, gain, b, *statistics.at(t)))
    return h[:, 1:]


def _start(x, h0, W_xh, W_hh, gain, b):
    """Check the arguments, and give room for all states (N, T + 1, H), of which the first is h0."""
    check_shapes(x=(x, ("N", "T", "D")), W_hh=(W_hh, ("H", "H")))
    (N, T, D), H = x.shape, len(W_hh)
    check_shapes(h0=(h0, (N, H)), W_xh=(W_xh, (D, H)), W_hh=(W_hh, (H, H)), gain=(gain, (H,)), b=(b, (H,)))
    h = np.empty((N, T + 1, H), np.result_type(x, h0, W_xh, W_hh, gain, b))
    h[:, 0] = h0
    return h
