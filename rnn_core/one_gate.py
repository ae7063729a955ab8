"""A unit with one learned gate, the soft switch h' = (1 - g) h + g n: step and sequence.

It is the leaky unit whose leak is computed at every step from the input and the state. The GRU without its reset
gate is this cell (with 1 - z for g). Source of the switch: Cho et al. (2014), Learning phrase representations
using RNN encoder-decoder; with one gate alone: Ravanelli, Brakel, Omologo & Bengio (2018), Light gated recurrent
units for speech recognition.
"""

import numpy as np

from rnn_core.errors import check_padded, check_shapes, check_weights
from rnn_core.gates import SIGMOID


def step_forward(x, h, W_xh, W_hh, b, gate=SIGMOID):
    """Advance the cell one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, 2H); W_hh (H, 2H); b (2H,), for N sequences, D inputs, H units;
        columns stacked g, n. `gate` is one of `gates`.
    Units: x standardised; g in [0, 1], the share of the candidate that is taken; n in [-1, 1]; h_next lies
        between h and n.
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 2, W_xh, W_hh, b=b)
    check_shapes(h=(h, (len(x), H)))
    a_g, a_n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)  # (N, H) each
    g, n = gate.value(a_g), np.tanh(a_n)
    h_next = (1 - g) * h + g * n
    return h_next, (x, h, W_xh, W_hh, g, n, gate)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 2H), dW_hh (H, 2H), db (2H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, g, n, gate = cache
    check_shapes(dh_next=(dh_next, n.shape))
    da_g = dh_next * (n - h) * gate.derivative(g)  # a gate moves the state by how far the candidate is from it
    da_n = dh_next * g * (1 - n**2)
    da = np.hstack([da_g, da_n])
    dh = dh_next * (1 - g) + da @ W_hh.T
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


def forward(x, h0, W_xh, W_hh, b, mask=None, gate=SIGMOID):
    """Run the cell over a batch of sequences; where the mask is 0 nothing is taken, so that the state stays.

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, 2H); W_hh (H, 2H); b (2H,); mask (N, T) of 0 and 1.
    Units: as for `step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    (N, T, D), H = x.shape, check_weights(x.shape[2], 2, W_xh, W_hh, b=b)
    check_shapes(h0=(h0, (N, H)))
    x, runs = check_padded(x, mask)
    runs = runs.T[:, :, None]  # (T, N, 1)
    a_x = (x.reshape(N * T, D) @ W_xh).reshape(N, T, 2 * H) + b  # the input's part, all steps in one product
    h = np.empty((T + 1, N, H), np.result_type(x, h0, W_xh, W_hh, b))  # time first: a step is one piece of memory
    g, n = np.empty_like(h[1:]), np.empty_like(h[1:])
    h[0] = h0
    for t in range(T):
        a = h[t] @ W_hh + a_x[:, t]
        g[t] = gate.value(a[:, :H])
        g[t] *= runs[t]
        np.tanh(a[:, H:], out=n[t])
        h[t + 1] = (1 - g[t]) * h[t] + g[t] * n[t]
    return h[1:].swapaxes(0, 1), (x, W_xh, W_hh, h, g, n, runs, gate)


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, 2H), dW_hh (H, 2H), db (2H,).
    Raises: ShapeError if dh does not fit.
    """
    x, W_xh, W_hh, h, g, n, runs, gate = cache
    (N, T, D), H = x.shape, h.shape[2]
    check_shapes(dh=(dh, (N, T, H)))
    before = h[:-1]
    by_gate, by_candidate = (n - before) * gate.derivative(g) * runs, g * (1 - n**2)  # (T, N, H), all steps at once
    W_hh_T, da, dh_t = np.ascontiguousarray(W_hh.T), np.empty((T, N, 2 * H), h.dtype), np.zeros_like(h[0])
    for t in reversed(range(T)):
        dh_t = dh_t + dh[:, t]  # from outside and from the future
        np.multiply(dh_t, by_gate[t], out=da[t, :, :H])
        np.multiply(dh_t, by_candidate[t], out=da[t, :, H:])
        dh_t = dh_t * (1 - g[t]) + da[t] @ W_hh_T
    dW_hh = before.reshape(-1, H).T @ da.reshape(-1, 2 * H)
    da = da.swapaxes(0, 1).reshape(N * T, 2 * H)
    return (da @ W_xh.T).reshape(x.shape), dh_t, x.reshape(N * T, D).T @ da, dW_hh, da.sum(axis=0)
