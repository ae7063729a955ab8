"""Layer normalisation inside the tanh cell, the LSTM and the GRU: step and sequence, forward and backward.

Source: Ba, Kiros & Hinton (2016), Layer normalization, arXiv 1607.06450: equation 4, and the cells of the
supplement; the GRU's z is torch's here, the share of the old state.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_shapes, check_weights
from rnn_core.loop import loop_backward, loop_forward
from rnn_core.normalisation import layer_norm_backward, layer_norm_forward


def tanh_step_forward(x, h, W_xh, W_hh, gain, b):
    """Advance the tanh cell one time step: its sums are normalised over the units before the tanh.

    Shapes: x (N, D); h (N, H); W_xh (D, H); W_hh (H, H); gain, b (H,), for N sequences, D inputs, H units.
    Units: x standardised; h_next in [-1, 1].
    Returns: h_next (N, H) and the cache of `tanh_step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 1, W_xh, W_hh, gain=gain, b=b)
    check_shapes(h=(h, (len(x), H)))
    a, norm = layer_norm_forward(x @ W_xh + h @ W_hh, gain, b)
    h_next = np.tanh(a)
    return h_next, (x, h, W_xh, W_hh, norm, h_next)


def tanh_step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step of the tanh cell.

    Shapes: dh_next (N, H); the cache is `tanh_step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, H), dW_hh (H, H), dgain (H,), db (H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, norm, h_next = cache
    check_shapes(dh_next=(dh_next, h_next.shape))
    da, dgain, db = layer_norm_backward(dh_next * (1 - h_next**2), norm)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, dgain, db


def lstm_step_forward(x, h, c, W_xh, W_hh, gain_x, gain_h, b, gain_c, b_c):
    """Advance the LSTM one time step: three normalisations, of the input's sums, of the state's, and of the cell
    on its way out. The cell itself is handed on as it is.

    Shapes: x (N, D); h, c (N, H); W_xh (D, 4H); W_hh (H, 4H); gain_x, gain_h, b (4H,); gain_c, b_c (H,);
        columns stacked i, f, g, o, all 4H of a row normalised together.
    Units: x standardised; i, f, o in [0, 1]; g, h_next in [-1, 1]; c_next unbounded.
    Returns: h_next (N, H), c_next (N, H) and the cache of `lstm_step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 4, W_xh, W_hh, gain_x=gain_x, gain_h=gain_h, b=b)
    check_shapes(h=(h, (len(x), H)), c=(c, (len(x), H)), gain_c=(gain_c, (H,)), b_c=(b_c, (H,)))
    a, norm_x = layer_norm_forward(x @ W_xh, gain_x, b)
    u, norm_h = layer_norm_forward(h @ W_hh, gain_h, np.zeros_like(b))  # one bias is enough
    i, f, g, o = np.split(a + u, 4, axis=1)  # (N, H) each
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    s, norm_c = layer_norm_forward(c_next, gain_c, b_c)
    s = np.tanh(s)
    h_next = o * s
    return h_next, c_next, (x, h, c, W_xh, W_hh, i, f, g, o, s, norm_x, norm_h, norm_c)


def lstm_step_backward(dh_next, dc_next, cache):
    """Take the gradient of the loss back through one time step of the LSTM.

    Shapes: dh_next, dc_next (N, H); the cache is `lstm_step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dc (N, H), dW_xh (D, 4H), dW_hh (H, 4H), dgain_x, dgain_h, db (4H,),
        dgain_c, db_c (H,).
    Raises: ShapeError, naming the first array that does not fit.
    """
    x, h, c, W_xh, W_hh, i, f, g, o, s, norm_x, norm_h, norm_c = cache
    check_shapes(dh_next=(dh_next, c.shape), dc_next=(dc_next, c.shape))
    dc_out, dgain_c, db_c = layer_norm_backward(dh_next * o * (1 - s**2), norm_c)
    dc_next = dc_next + dc_out  # the cell counts for itself and through h_next
    di, df, dg, do = dc_next * g, dc_next * c, dc_next * i, dh_next * s
    d = np.hstack([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)])
    da, dgain_x, db = layer_norm_backward(d, norm_x)
    du, dgain_h, _ = layer_norm_backward(d, norm_h)
    return da @ W_xh.T, du @ W_hh.T, dc_next * f, x.T @ da, h.T @ du, dgain_x, dgain_h, db, dgain_c, db_c


def gru_step_forward(x, h, W_xh, W_hh, gain_x, gain_h, b_x, b_h):
    """Advance the GRU one time step: the input's sums and the state's are normalised, each with gain and shift.

    Shapes: x (N, D); h (N, H); W_xh (D, 3H); W_hh (H, 3H); gain_x, gain_h, b_x, b_h (3H,); columns stacked
        r, z, n, of which r and z of a row are normalised together, and n alone.
    Units: x standardised; r, z in [0, 1]; n in [-1, 1]; h_next lies between h and n.
    Returns: h_next (N, H) and the cache of `gru_step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 3, W_xh, W_hh, gain_x=gain_x, gain_h=gain_h, b_x=b_x, b_h=b_h)
    check_shapes(h=(h, (len(x), H)))
    (a_rz, a_n), norms_x = _norm_parts(x @ W_xh, gain_x, b_x, 2 * H)
    (u_rz, u_n), norms_h = _norm_parts(h @ W_hh, gain_h, b_h, 2 * H)
    r, z = np.split(sigmoid(a_rz + u_rz), 2, axis=1)
    n = np.tanh(a_n + r * u_n)
    h_next = (1 - z) * n + z * h
    return h_next, (x, h, W_xh, W_hh, r, z, n, u_n, norms_x, norms_h)


def gru_step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step of the GRU.

    Shapes: dh_next (N, H); the cache is `gru_step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 3H), dW_hh (H, 3H), dgain_x, dgain_h, db_x, db_h (3H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, r, z, n, u_n, norms_x, norms_h = cache
    check_shapes(dh_next=(dh_next, n.shape))
    da_n = dh_next * (1 - z) * (1 - n**2)
    d_rz = np.hstack([da_n * u_n * r * (1 - r), dh_next * (h - n) * z * (1 - z)])
    da, dgain_x, db_x = _norm_parts_backward((d_rz, da_n), norms_x)
    du, dgain_h, db_h = _norm_parts_backward((d_rz, da_n * r), norms_h)
    dh = dh_next * z + du @ W_hh.T
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, dgain_x, dgain_h, db_x, db_h


def tanh_forward(x, h0, W_xh, W_hh, gain, b, mask=None):
    """Run the tanh cell over a batch of sequences; where the mask is 0 the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); mask (N, T) of 0 and 1; all else as `tanh_step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `tanh_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    H = check_weights(x.shape[2], 1, W_xh, W_hh, gain=gain, b=b)
    check_shapes(h0=(h0, (len(x), H)))
    (h,), cache = loop_forward(tanh_step_forward, x, (h0,), (W_xh, W_hh, gain, b), mask)
    return h, cache


def tanh_backward(dh, cache):
    """Backpropagation through time: the exact gradient of `tanh_forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `tanh_forward`'s.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, H), dW_hh (H, H), dgain (H,), db (H,).
    Raises: ShapeError if dh does not fit.
    """
    dx, dstates, grads = loop_backward(tanh_step_backward, (dh,), cache)
    return dx, *dstates, *grads


def lstm_forward(x, h0, c0, W_xh, W_hh, gain_x, gain_h, b, gain_c, b_c, mask=None):
    """Run the LSTM over a batch of sequences; where the mask is 0 both states are carried on unchanged.

    Shapes: x (N, T, D); h0, c0 (N, H); mask (N, T) of 0 and 1; all else as `lstm_step_forward`.
    Returns: h (N, T, H) and c (N, T, H), the states after every step, and the cache of `lstm_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    H = check_weights(x.shape[2], 4, W_xh, W_hh, gain_x=gain_x, gain_h=gain_h, b=b)
    check_shapes(h0=(h0, (len(x), H)), c0=(c0, (len(x), H)), gain_c=(gain_c, (H,)), b_c=(b_c, (H,)))
    weights = W_xh, W_hh, gain_x, gain_h, b, gain_c, b_c
    (h, c), cache = loop_forward(lstm_step_forward, x, (h0, c0), weights, mask)
    return h, c, cache


def lstm_backward(dh, dc, cache):
    """Backpropagation through time: the exact gradient of `lstm_forward`.

    Shapes: dh, dc (N, T, H), the gradients that arrive at every h[:, t] and c[:, t] from outside (dc None:
        nothing outside reads c); the cache is `lstm_forward`'s.
    Returns: dx (N, T, D), dh0 (N, H), dc0 (N, H), and the gradients of the weights in `lstm_forward`'s order.
    Raises: ShapeError, naming the first array that does not fit.
    """
    dx, dstates, grads = loop_backward(lstm_step_backward, (dh, dc), cache)
    return dx, *dstates, *grads


def gru_forward(x, h0, W_xh, W_hh, gain_x, gain_h, b_x, b_h, mask=None):
    """Run the GRU over a batch of sequences; where the mask is 0 the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); mask (N, T) of 0 and 1; all else as `gru_step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `gru_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    H = check_weights(x.shape[2], 3, W_xh, W_hh, gain_x=gain_x, gain_h=gain_h, b_x=b_x, b_h=b_h)
    check_shapes(h0=(h0, (len(x), H)))
    (h,), cache = loop_forward(gru_step_forward, x, (h0,), (W_xh, W_hh, gain_x, gain_h, b_x, b_h), mask)
    return h, cache


def gru_backward(dh, cache):
    """Backpropagation through time: the exact gradient of `gru_forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `gru_forward`'s.
    Returns: dx (N, T, D), dh0 (N, H), and the gradients of the weights in `gru_forward`'s order.
    Raises: ShapeError if dh does not fit.
    """
    dx, dstates, grads = loop_backward(gru_step_backward, (dh,), cache)
    return dx, *dstates, *grads


def _norm_parts(a, gain, b, at):
    """Normalise the columns before `at` and those from there on, each part on its own."""
    parts = (layer_norm_forward(a[:, part], gain[part], b[part]) for part in (slice(at), slice(at, None)))
    return zip(*parts, strict=True)


def _norm_parts_backward(dparts, norms):
    """The gradient of `_norm_parts`: da, dgain and db, the parts side by side again."""
    grads = (layer_norm_backward(d, norm) for d, norm in zip(dparts, norms, strict=True))
    return [np.concatenate(parts, axis=-1) for parts in zip(*grads, strict=True)]
