"""Both directions: one cell reads a sequence from its first step, another one from its last.

Only for sequences that are known whole: the backward state at step t has seen what comes after t.
Source: Schuster & Paliwal (1997), Bidirectional recurrent neural networks.
"""

import numpy as np

from rnn_core.cells import cell_backward, cell_forward, check_states, prefixed, under
from rnn_core.errors import ShapeError, check_shapes

WAYS = "ahead", "back"


def both_forward(cell, params, x, state0=None, mask=None):
    """Run one cell ahead and one back, and put their states side by side at every step.

    Where the mask is 0 both carry their state on: read from the right, a padded row keeps its first
    state until its true last step.

    Shapes: params as of the cell, and those of the backward direction under `back.`; x (N, T, D);
        state0 a pair of the cell's states, ahead and back, None for zeros; mask (N, T) of 0 and 1.
    Returns: h (N, T, 2H), the pair of states that have read everything, and the cache of `both_backward`.
    Raises: as `cells.cell_forward`.
    """
    if state0 is not None:
        check_states("state0", state0, WAYS)
    ahead0, back0 = state0 or (None, None)
    flipped = None if mask is None else np.flip(mask, axis=1)
    ahead, ahead_end, ahead_cache = cell_forward(cell, params, x, ahead0, mask)
    back, back_end, back_cache = cell_forward(cell, under(params, "back."), x[:, ::-1], back0, flipped)
    h = np.concatenate([ahead, back[:, ::-1]], axis=2)  # turned round again: both belong to step t
    return h, (ahead_end, back_end), (ahead_cache, back_cache)


def both_backward(dh, dstate, cache):
    """The exact gradient of `both_forward`.

    Shapes: dh (N, T, 2H); dstate, from the last states, a pair, or None.
    Returns: dx (N, T, D), dstate0 (a pair) and a dict of gradients by name.
    Raises: ShapeError if dh or dstate do not fit.
    """
    check_shapes(dh=(dh, ("N", "T", "2H")))
    if dh.shape[2] % 2:
        raise ShapeError(f"dh: expected as many numbers for each way, got {dh.shape[2]} in all")
    if dstate is not None:
        check_states("dstate", dstate, WAYS)
    ahead_cache, back_cache = cache
    dahead, dback = np.split(dh, 2, axis=2)
    dahead_end, dback_end = dstate or (None, None)
    dx_ahead, dahead0, grads = cell_backward(dahead, dahead_end, ahead_cache)
    dx_back, dback0, back_grads = cell_backward(dback[:, ::-1], dback_end, back_cache)
    return dx_ahead + dx_back[:, ::-1], (dahead0, dback0), grads | prefixed("back.", back_grads)
