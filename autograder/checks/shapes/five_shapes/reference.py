"""What the exercises of the notebook ask for and rnn_core has under other names or in other forms."""

import numpy as np

from rnn_core import rnn


def last_real(h, mask):
    """The state after each row's last real step; zeros for a row without any. h (N, T, H), mask (N, T) -> (N, H)."""
    lengths = np.asarray(mask, bool).sum(axis=1)
    last = h[np.arange(len(h)), np.maximum(lengths, 1) - 1]
    return np.where(lengths[:, None] > 0, last, 0)


def last_real_backward(dlast, mask):
    """The gradient of `last_real`. dlast (N, H), mask (N, T) -> dh (N, T, H)."""
    mask = np.asarray(mask, bool)
    dh = np.zeros((*mask.shape, dlast.shape[1]), dlast.dtype)
    rows = np.flatnonzero(mask.any(axis=1))
    dh[rows, mask[rows].sum(axis=1) - 1] = dlast[rows]
    return dh


def shift_by_one(captions, start, end):
    """Inputs, targets and mask, each (N, T) with T one more than the longest caption, filled up with 0."""
    T = max(len(caption) for caption in captions) + 1
    inputs, targets = np.zeros((2, len(captions), T), int)
    for n, caption in enumerate(captions):
        inputs[n, : len(caption) + 1] = [start, *caption]
        targets[n, : len(caption) + 1] = [*caption, end]
    lengths = np.array([len(caption) + 1 for caption in captions])
    return inputs, targets, np.arange(T) < lengths[:, None]


def run_cell(x, params):
    """x (N, T, D) and the cell's weights -> h (N, T, H), from a state of zeros."""
    h0 = np.zeros((len(x), len(params["W_hh"])), x.dtype)
    return rnn.forward(x, h0, params["W_xh"], params["W_hh"], params["b"])[0]


def shaped_outputs(shape, x, mask, params):
    """The outputs of one net in one of four shapes: (N, V) where there is one output, else (N, T, V)."""
    first = x[:, :1]
    if shape == "one-to-one":
        return run_cell(first, params)[:, 0] @ params["W_hy"] + params["b_y"]
    if shape == "one-to-many":
        x = np.concatenate([first, np.zeros_like(x[:, 1:])], axis=1)
        return run_cell(x, params) @ params["W_hy"] + params["b_y"]
    h = run_cell(x, params)
    if shape == "many-to-one":
        return last_real(h, mask) @ params["W_hy"] + params["b_y"]
    return np.where(np.asarray(mask, bool)[..., None], h @ params["W_hy"] + params["b_y"], 0.0)
