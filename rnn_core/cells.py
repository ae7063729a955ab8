"""What a net of several cells needs to know of a cell, so that any of them fits into it.

The state of a cell is a tuple of its arrays: (h,), or (h, c) for the LSTM. A net's parameters stand in one
dict; those of a part have its name in front: `layer1.W_xh`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core import gru, lstm, rnn
from rnn_core.errors import RangeError, ShapeError, check_shapes
from rnn_core.init import cell_weights


class Cell(NamedTuple):
    """A kind of cell: how it runs over a sequence, and the names of what it takes.

    `weights` stand in the order of forward's arguments; each has so many `blocks` of H columns: one for the
    candidate and one for each gate.
    """

    forward: Callable
    backward: Callable
    weights: tuple[str, ...]
    blocks: int = 1
    states: tuple[str, ...] = ("h",)


TANH = Cell(rnn.forward, rnn.backward, ("W_xh", "W_hh", "b"))
LSTM = Cell(lstm.forward, lstm.backward, ("W_xh", "W_hh", "b"), blocks=4, states=("h", "c"))
GRU = Cell(gru.forward, gru.backward, ("W_xh", "W_hh", "b_x", "b_h"), blocks=3)


def cell_params(rng, cell, D, H, dtype=np.float64):
    """Start a cell: every block with orthogonal recurrent weights and Glorot's for the input, biases 0.

    The bias of the LSTM's forget gate is 0, too; `init.lstm_params` gives it 1.

    Shapes: for G blocks W_xh (D, G H), W_hh (H, G H), each bias (G H,).
    Returns: dict of arrays of type `dtype`, by the names of the cell's weights.
    """
    biases = {name: np.zeros(cell.blocks * H) for name in cell.weights[2:]}
    return {name: p.astype(dtype) for name, p in (cell_weights(rng, D, H, cell.blocks) | biases).items()}


def cell_forward(cell, params, x, state0=None, mask=None):
    """Run any cell over a batch of sequences.

    Shapes: x (N, T, D); state0 a tuple of arrays (N, H), None for zeros; mask (N, T) of 0 and 1.
    Returns: h (N, T, H), the state after the last real step (a tuple of arrays (N, H)) and the cache of
        `cell_backward`.
    Raises: RangeError for sequences without steps; ShapeError; as the cell's own forward.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    if x.shape[1] == 0:
        raise RangeError("x: expected at least 1 step, got 0")
    if state0 is None:
        W_hh = params["W_hh"]
        state0 = [np.zeros((len(x), len(W_hh)), W_hh.dtype)] * len(cell.states)
    check_states("state0", state0, cell.states)
    *states, cache = cell.forward(x, *state0, *(params[name] for name in cell.weights), mask=mask)
    return states[0], tuple(s[:, -1] for s in states), (cell, cache)


def cell_backward(dh, dstate, cache):
    """The exact gradient of `cell_forward`.

    Shapes: dh (N, T, H), from every h[:, t]; dstate, from the last state, a tuple of (N, H), or None.
    Returns: dx (N, T, D), dstate0 (a tuple of (N, H)) and a dict of gradients by the cell's weights.
    Raises: ShapeError if dh or dstate do not fit.
    """
    cell, cache = cache
    dstates = [dh, *(None for _ in cell.states[1:])]  # only h is seen from outside at every step
    if dstate is not None:
        check_shapes(dh=(dh, ("N", "T", "H")))
        check_states("dstate", dstate, cell.states)
        N, _, H = dh.shape
        check_shapes(**{f"d{name}": (d, (N, H)) for name, d in zip(cell.states, dstate, strict=True)})
        dstates = [dh.copy(), *(np.zeros_like(dh) for _ in cell.states[1:])]
        for all_steps, last in zip(dstates, dstate, strict=True):
            all_steps[:, -1] += last
    dx, *rest = cell.backward(*dstates, cache)
    S = len(cell.states)
    return dx, tuple(rest[:S]), dict(zip(cell.weights, rest[S:], strict=True))


def check_states(name, states, wanted):
    """Raise ShapeError unless there are as many states as are wanted."""
    if len(states) != len(wanted):
        raise ShapeError(f"{name}: expected a tuple of {' and '.join(wanted)}, got {len(states)} of them")


def under(params, prefix):
    """The parameters whose names begin with `prefix`, without it: `under(params, "layer1.")`."""
    return {name.removeprefix(prefix): p for name, p in params.items() if name.startswith(prefix)}


def prefixed(prefix, params):
    """The same parameters with `prefix` in front of their names."""
    return {prefix + name: p for name, p in params.items()}
