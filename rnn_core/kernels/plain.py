"""The way for every other machine: the cells of `rnn_core.torch_cells`, one step after another."""

import numpy as np
from torch.func import functional_call

from rnn_core import torch_cells

CELLS = {
    "tanh": (torch_cells.TanhCell, ("W_xh", "W_hh", "b")),
    "lstm": (torch_cells.LSTMCell, ("W_xh", "W_hh", "b")),
    "gru": (torch_cells.GRUCell, ("W_xh", "W_hh", "b_x", "b_h")),
    "normed_lstm": (torch_cells.NormedLSTMCell, torch_cells.NormedLSTMCell.weights),
}


def plain(name, x, mask, h0, c0, W_ih, W_hh, *biases):
    """What `Recurrence` computes, with the same arguments.

    Shapes: x (T, N, D); mask (T, N) or None; h0, c0 (N, H); W_ih (G H, D); W_hh (G H, H).
    Returns: h (T, N, H), the last h, the last c or None.
    """
    kind, names = CELLS[name]
    cell = kind(dict.fromkeys(names, np.zeros(0)))  # its parameters are lent to it for the call
    params = dict(zip(names, (W_ih.T, W_hh.T, *biases), strict=True))
    state = (h0,) if c0 is None else (h0, c0)
    mask = None if mask is None else mask.T
    h, (h_end, *c_end) = functional_call(cell, params, (x.transpose(0, 1), state, mask))
    return h.transpose(0, 1), h_end, *(c_end or [None])
