"""The gated recurrent unit as it was published in 2014: the forms of Cho and of Chung, step and sequence.

Both reset the state before the product, (r * h) W_hn, where torch's form resets the product. Between each
other they differ in what z means: the share of the old state that is kept (Cho), or the share of the new
one that is taken (Chung). To write z for 1 - z is a convention: negated weights of z turn one into the other.
Sources: Cho et al. (2014), arXiv 1406.1078; Chung, Gulcehre, Cho & Bengio (2014), arXiv 1412.3555.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_shapes, check_weights
from rnn_core.loop import loop_backward, loop_forward


def cho_step_forward(x, h, W_xh, W_hh, b):
    """Advance Cho's cell one time step: h' = z h + (1 - z) n.

    Shapes: x (N, D); h (N, H); W_xh (D, 3H); W_hh (H, 3H); b (3H,), for N sequences, D inputs, H units;
        columns stacked r, z, n.
    Units: x standardised; r, z in [0, 1]; n in [-1, 1]; h_next lies between h and n.
    Returns: h_next (N, H) and the cache of `cho_step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    r, z, n = _gates(x, h, W_xh, W_hh, b)
    h_next = z * h + (1 - z) * n
    return h_next, (x, h, W_xh, W_hh, r, z, n)


def cho_step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step of Cho's cell.

    Shapes: dh_next (N, H); the cache is `cho_step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 3H), dW_hh (H, 3H), db (3H,).
    Raises: ShapeError if dh_next does not fit.
    """
    _, h, _, _, _, z, n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    return _gates_backward(dh_next * z, dh_next * (h - n), dh_next * (1 - z), cache)


def chung_step_forward(x, h, W_xh, W_hh, b):
    """Advance Chung's cell one time step: h' = (1 - z) h + z n.

    Shapes, Units, Raises: as `cho_step_forward`.
    Returns: h_next (N, H) and the cache of `chung_step_backward`.
    """
    r, z, n = _gates(x, h, W_xh, W_hh, b)
    h_next = (1 - z) * h + z * n
    return h_next, (x, h, W_xh, W_hh, r, z, n)


def chung_step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step of Chung's cell.

    Shapes, Units, Returns, Raises: as `cho_step_backward`; the cache is `chung_step_forward`'s.
    """
    _, h, _, _, _, z, n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    return _gates_backward(dh_next * (1 - z), dh_next * (n - h), dh_next * z, cache)


def cho_forward(x, h0, W_xh, W_hh, b, mask=None):
    """Run Cho's cell over a batch of sequences; where the mask is 0 the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, 3H); W_hh (H, 3H); b (3H,); mask (N, T) of 0 and 1.
    Returns: h (N, T, H), the state after every step, and the cache of `cho_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    return _forward(cho_step_forward, x, h0, W_xh, W_hh, b, mask)


def cho_backward(dh, cache):
    """Backpropagation through time: the exact gradient of `cho_forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `cho_forward`'s.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, 3H), dW_hh (H, 3H), db (3H,).
    Raises: ShapeError if dh does not fit.
    """
    dx, (dh0,), grads = loop_backward(cho_step_backward, (dh,), cache)
    return dx, dh0, *grads


def chung_forward(x, h0, W_xh, W_hh, b, mask=None):
    """Run Chung's cell over a batch of sequences: otherwise as `cho_forward`."""
    return _forward(chung_step_forward, x, h0, W_xh, W_hh, b, mask)


def chung_backward(dh, cache):
    """Backpropagation through time: the exact gradient of `chung_forward`, otherwise as `cho_backward`."""
    dx, (dh0,), grads = loop_backward(chung_step_backward, (dh,), cache)
    return dx, dh0, *grads


def _gates(x, h, W_xh, W_hh, b):
    """What both forms share: reset r, update z and candidate n, (N, H) each."""
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 3, W_xh, W_hh, b=b)
    check_shapes(h=(h, (len(x), H)))
    a_r, a_z, a_n = np.split(x @ W_xh + b, 3, axis=1)
    W_hr, W_hz, W_hn = np.split(W_hh, 3, axis=1)
    r = sigmoid(a_r + h @ W_hr)
    z = sigmoid(a_z + h @ W_hz)
    n = np.tanh(a_n + (r * h) @ W_hn)
    return r, z, n


def _gates_backward(dh, dz, dn, cache):
    """The gradient of `_gates`; dh is what reaches h past them."""
    x, h, W_xh, W_hh, r, z, n = cache
    W_hr, W_hz, W_hn = np.split(W_hh, 3, axis=1)
    da_n = dn * (1 - n**2)
    drh = da_n @ W_hn.T  # at the product r * h
    da_r = drh * h * r * (1 - r)
    da_z = dz * z * (1 - z)
    dh = dh + drh * r + da_r @ W_hr.T + da_z @ W_hz.T
    da = np.hstack([da_r, da_z, da_n])
    dW_hh = np.hstack([h.T @ da_r, h.T @ da_z, (r * h).T @ da_n])
    return da @ W_xh.T, dh, x.T @ da, dW_hh, da.sum(axis=0)


def _forward(step_forward, x, h0, W_xh, W_hh, b, mask):
    check_shapes(x=(x, ("N", "T", "D")))
    H = check_weights(x.shape[2], 3, W_xh, W_hh, b=b)
    check_shapes(h0=(h0, (len(x), H)))
    (h,), cache = loop_forward(step_forward, x, (h0,), (W_xh, W_hh, b), mask)
    return h, cache
