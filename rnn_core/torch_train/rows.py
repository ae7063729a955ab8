"""A batch and a carried state as rows: cut into parts, moved, and put together again.

One idea serves for several processes and for several parts of one batch: each takes some of the rows. A batch is a
tuple of arrays with a row for each sequence; a state is a tensor or a tuple of them, with the rows on any axis.
"""

import numpy as np
import torch

from rnn_core.errors import ShapeError


def each(function, nest):
    """Apply a function to every array in nested tuples; None stays None. Returns: the same nest of results."""
    if nest is None:
        return None
    if isinstance(nest, (tuple, list)):
        made = [each(function, inner) for inner in nest]
        return type(nest)(*made) if hasattr(nest, "_fields") else tuple(made)
    return function(nest)


def cut(nest, parts, axis=0):
    """Cut every tensor along its axis of rows. Returns: list of nests, the first ones a row longer if need be."""
    # contiguous, since cuDNN refuses a state that is not
    return [each(lambda x: x.tensor_split(parts, axis)[k].contiguous(), nest) for k in range(parts)]  # noqa: B023


def join(nests, axis=0):
    """The opposite of `cut`. Returns: one nest."""
    first = nests[0]
    if first is None or len(nests) == 1:
        return first
    if isinstance(first, (tuple, list)):
        made = [join(inner, axis) for inner in zip(*nests, strict=True)]
        return type(first)(*made) if hasattr(first, "_fields") else tuple(made)
    return torch.cat(nests, axis)


def as_batch(arrays):
    """Turn a tuple of numpy arrays or tensors into one of tensors.

    Returns: the batch and its number of rows. Raises: ShapeError for arrays with different numbers of rows.
    """
    # a copy of what is numpy's: it may be read only, or a part of something large that is written to
    batch = each(lambda x: x if isinstance(x, torch.Tensor) else torch.from_numpy(np.array(x, order="C")), arrays)
    rows = [len(x) for x in batch if x is not None]
    if len(set(rows)) != 1:
        raise ShapeError(f"batch: expected one number of rows in all arrays, got {rows}")
    return batch, rows[0]


def to_device(nest, device):
    """Move every tensor. Returns: the same nest."""
    return each(lambda x: x.to(device), nest)


def detach(state):
    """Let the gradient end here: what is carried over is a number from now on. Returns: the same nest."""
    return each(torch.Tensor.detach, state)


def reset_rows(state, begins, axis=1):
    """Put zeros into the rows of a state in which a new document begins; the others are carried over.

    Shapes: begins (N,) of 0 and 1, or None for no row; the state's tensors have their N rows on `axis`: 1 as in
        torch.nn, 0 as in `torch_cells`. Returns: the same nest.
    """
    if begins is None:
        return state

    def reset(x):
        shape = [1] * x.ndim
        shape[axis] = -1
        return torch.where(begins.bool().reshape(shape), 0, x)

    return each(reset, state)
