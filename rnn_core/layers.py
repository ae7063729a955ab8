"""Layers without memory: the output layer of a recurrent net, and a net with one hidden layer.

Source: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
"""

import numpy as np

from rnn_core.errors import check_shapes


def output_forward(h, W_hy, b_y):
    """Score every class from the state: y = h W_hy + b_y.

    Shapes: h (..., H) with any leading axes, such as (N, H) or (N, T, H); W_hy (H, V); b_y (V,).
    Units: y in nats (logits).
    Returns: y (..., V) and the cache of `output_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(W_hy=(W_hy, ("H", "V")))
    (H, V), leading = W_hy.shape, np.shape(h)[:-1]
    check_shapes(h=(h, (*leading, H)), b_y=(b_y, (V,)))
    rows = h.reshape(-1, H)  # one product for all positions
    return (rows @ W_hy + b_y).reshape(*leading, V), (rows, W_hy, leading)


def output_backward(dy, cache):
    """Take the gradient back through the output layer.

    Shapes: dy (..., V); the cache is `output_forward`'s.
    Returns: dh (..., H), dW_hy (H, V), db_y (V,).
    Raises: ShapeError if dy does not fit.
    """
    rows, W_hy, leading = cache
    H, V = W_hy.shape
    check_shapes(dy=(dy, (*leading, V)))
    dy = dy.reshape(-1, V)
    return (dy @ W_hy.T).reshape(*leading, H), rows.T @ dy, dy.sum(axis=0)


def mlp_forward(x, W_xh, b, W_hy, b_y):
    """Features, then scores: h = tanh(x W_xh + b), y = h W_hy + b_y.

    Shapes: x (N, D); W_xh (D, H); b (H,); W_hy (H, V); b_y (V,).
    Units: x standardised; y in nats (logits).
    Returns: y (N, V) and the cache of `mlp_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")), W_hy=(W_hy, ("H", "V")))
    check_shapes(W_xh=(W_xh, (x.shape[1], W_hy.shape[0])), b=(b, (W_hy.shape[0],)))
    h = np.tanh(x @ W_xh + b)
    y, cache = output_forward(h, W_hy, b_y)
    return y, (x, W_xh, h, cache)


def mlp_backward(dy, cache):
    """Backpropagation through both layers.

    Shapes: dy (N, V); the cache is `mlp_forward`'s.
    Returns: dx (N, D), dW_xh (D, H), db (H,), dW_hy (H, V), db_y (V,).
    Raises: ShapeError if dy does not fit.
    """
    x, W_xh, h, cache = cache
    dh, dW_hy, db_y = output_backward(dy, cache)
    da = dh * (1 - h**2)
    return da @ W_xh.T, x.T @ da, da.sum(axis=0), dW_hy, db_y
