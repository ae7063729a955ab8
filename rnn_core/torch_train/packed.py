"""Rows of unequal length without their padding: only real steps are computed."""

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_core.errors import RangeError, check_shapes
from rnn_core.torch_train.rows import each


def run_packed(module, x, mask=None, state=None):
    """Run a module of torch.nn (RNN, LSTM, GRU, in one direction) over the real steps of each row.

    The rows may stand in any order. The state is that after the last real step of each row, where a module that runs
    over the padding as well goes astray; a row without real steps keeps its state.

    Shapes: x (N, T, D); mask (N, T) of 0 and 1, real steps first, None for ones; state as the module's, with its rows
        on axis 1, None for zeros.
    Returns: h (N, T, H), 0 in the padding, and the state.
    Raises: ShapeError; RangeError for a mask with a gap.
    """
    if mask is None:
        return module(x, state)
    N, T, _ = x.shape
    check_shapes(mask=(mask, (N, T)))
    mask = mask.bool()
    lengths = mask.sum(1)
    if not torch.equal(mask, torch.arange(T, device=mask.device) < lengths[:, None]):
        raise RangeError("mask: expected real steps first in every row, got a gap")
    # torch refuses a row without steps: it gets one, of zeros, and what comes of it is left out below
    x = torch.where(mask[:, :, None], x, 0)
    steps = lengths.clamp(min=1).cpu()
    packed = pack_padded_sequence(x, steps, batch_first=True, enforce_sorted=False)
    out, after = module(packed, state)
    h, _ = pad_packed_sequence(out, batch_first=True, total_length=T)
    h = torch.where(mask[:, :, None], h, 0)
    if lengths.min() == 0:
        state = each(torch.zeros_like, after) if state is None else state
        after = _where((lengths > 0)[:, None], after, state)
    return h, after


def _where(runs, after, before):
    """The new state of the rows that run, the old one of the others: runs (N, 1), states (layers, N, H)."""
    if isinstance(after, tuple):
        return tuple(torch.where(runs, new, old) for new, old in zip(after, before, strict=True))
    return torch.where(runs, after, before)
