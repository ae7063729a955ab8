"""The minimal GRU, whose gate and candidate read the input alone: it can run in parallel over time.

A step is h' = keep * h + new, and keep and new are known for all steps before the first is taken. Two such
steps in a row are again one of that kind, so that T steps join pair by pair, in log2(T) rounds of whole-array
operations. The price: what a unit keeps cannot depend on what the net already holds.
Sources: Feng et al. (2024), Were RNNs all we needed?, arXiv 2410.01201 (in its plain form, without
logarithms); joining pairs: Hillis & Steele (1986), Data parallel algorithms.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_padded, check_shapes


def step_forward(x, h, W_xh, b):
    """Advance the cell one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, 2H); b (2H,), for N sequences, D inputs, H units; columns stacked
        z, n.
    Units: x standardised; z in [0, 1], the share of the candidate that is taken; n unbounded; h_next lies
        between h and n.
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")), h=(h, ("N", "H")))
    (N, D), H = x.shape, h.shape[1]
    check_shapes(h=(h, (N, H)), W_xh=(W_xh, (D, 2 * H)), b=(b, (2 * H,)))
    a_z, n = np.split(x @ W_xh + b, 2, axis=1)  # (N, H) each; no squashing of n
    z = sigmoid(a_z)
    h_next = (1 - z) * h + z * n
    return h_next, (x, h, W_xh, z, n)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 2H), db (2H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, z, n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    da = np.hstack([dh_next * (n - h) * z * (1 - z), dh_next * z])
    return da @ W_xh.T, dh_next * (1 - z), x.T @ da, da.sum(axis=0)


def forward(x, h0, W_xh, b, mask=None, parallel=True):
    """Run the cell over a batch of sequences, all steps at once or (parallel=False) one after the other.

    Where the mask is 0 nothing is taken (z = 0), so that the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, 2H); b (2H,); mask (N, T) of 0 and 1.
    Units: as for `step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")), h0=(h0, ("N", "H")))
    (N, T, D), H = x.shape, h0.shape[1]
    check_shapes(h0=(h0, (N, H)), W_xh=(W_xh, (D, 2 * H)), b=(b, (2 * H,)))
    x, runs = check_padded(x, mask)
    a_z, n = np.split((x.reshape(N * T, D) @ W_xh).reshape(N, T, 2 * H) + b, 2, axis=2)  # (N, T, H) each
    z = sigmoid(a_z) * runs[:, :, None]
    run = scan if parallel else scan_in_turn
    h = np.concatenate([h0[:, None], run(1 - z, z * n, h0)], axis=1)
    return h[:, 1:], (x, h, W_xh, z, n, run)


def backward(dh, cache):
    """The exact gradient of `forward`: the same recurrence, run from the last step to the first.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, 2H), db (2H,).
    Raises: ShapeError if dh does not fit.
    """
    x, h, W_xh, z, n, run = cache
    (N, T, H), D = n.shape, len(W_xh)
    check_shapes(dh=(dh, (N, T, H)))
    # what reaches h[:, t] in all: dh[:, t], and the kept share of what reaches h[:, t + 1]; here with h0, T + 1 states
    nothing = np.zeros_like(h[:, :1])
    keep = np.concatenate([nothing, (1 - z)[:, ::-1]], axis=1)
    d = run(keep, np.concatenate([nothing, dh], axis=1)[:, ::-1], nothing[:, 0])[:, ::-1]
    dh0, d = d[:, 0], d[:, 1:]
    da = np.concatenate([d * (n - h[:, :-1]) * z * (1 - z), d * z], axis=2).reshape(N * T, 2 * H)
    return (da @ W_xh.T).reshape(x.shape), dh0, x.reshape(N * T, D).T @ da, da.sum(axis=0)


def scan(keep, new, h0):
    """All states of h' = keep * h + new, in about log2(T) rounds.

    After a round with step s, every entry stands for its last 2 s steps taken together: of two in a row,
    keep_1 * (keep_0 * h + new_0) + new_1, the products of `keep` are the new keep, the rest the new new.

    Shapes: keep, new (N, T, H); h0 (N, H). Returns: h (N, T, H).
    """
    keep, new = keep.copy(), new.copy()
    new[:, :1] += keep[:, :1] * h0[:, None]
    s = 1
    while s < new.shape[1]:
        new[:, s:] += keep[:, s:] * new[:, :-s]
        keep[:, s:] *= keep[:, :-s]
        s *= 2
    return new


def scan_in_turn(keep, new, h0):
    """The same, one step after the other.

    Shapes: keep, new (N, T, H); h0 (N, H). Returns: h (N, T, H).
    """
    h = np.empty_like(new)
    for t in range(new.shape[1]):
        h0 = h[:, t] = keep[:, t] * h0 + new[:, t]
    return h
