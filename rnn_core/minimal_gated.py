"""The minimal gated unit: a GRU in which one gate both resets and updates, step and sequence.

Source: Zhou, Wu, Zhang & Zhou (2016), Minimal gated unit for recurrent neural networks, arXiv 1603.09420.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_shapes, check_weights
from rnn_core.loop import loop_backward, loop_forward


def step_forward(x, h, W_xh, W_hh, b):
    """Advance the cell one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, 2H); W_hh (H, 2H); b (2H,), for N sequences, D inputs, H units;
        columns stacked f, n.
    Units: x standardised; f in [0, 1]; n in [-1, 1]; h_next lies between h and n.
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 2, W_xh, W_hh, b=b)
    check_shapes(h=(h, (len(x), H)))
    a_f, a_n = np.split(x @ W_xh + b, 2, axis=1)  # (N, H) each
    W_hf, W_hn = np.split(W_hh, 2, axis=1)
    f = sigmoid(a_f + h @ W_hf)
    n = np.tanh(a_n + (f * h) @ W_hn)
    h_next = (1 - f) * h + f * n
    return h_next, (x, h, W_xh, W_hh, f, n)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 2H), dW_hh (H, 2H), db (2H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, f, n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    W_hf, W_hn = np.split(W_hh, 2, axis=1)
    da_n = dh_next * f * (1 - n**2)
    dfh = da_n @ W_hn.T  # at the product f * h
    da_f = (dh_next * (n - h) + dfh * h) * f * (1 - f)
    dh = dh_next * (1 - f) + dfh * f + da_f @ W_hf.T
    da = np.hstack([da_f, da_n])
    return da @ W_xh.T, dh, x.T @ da, np.hstack([h.T @ da_f, (f * h).T @ da_n]), da.sum(axis=0)


def forward(x, h0, W_xh, W_hh, b, mask=None):
    """Run the cell over a batch of sequences; where the mask is 0 the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, 2H); W_hh (H, 2H); b (2H,); mask (N, T) of 0 and 1.
    Units: as for `step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    H = check_weights(x.shape[2], 2, W_xh, W_hh, b=b)
    check_shapes(h0=(h0, (len(x), H)))
    (h,), cache = loop_forward(step_forward, x, (h0,), (W_xh, W_hh, b), mask)
    return h, cache


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, 2H), dW_hh (H, 2H), db (2H,).
    Raises: ShapeError if dh does not fit.
    """
    dx, (dh0,), grads = loop_backward(step_backward, (dh,), cache)
    return dx, dh0, *grads
