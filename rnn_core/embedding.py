"""Embedding: a vector for each word, learned like any other weight.

Source: Bengio et al. (2003), A neural probabilistic language model.
"""

import numpy as np

from rnn_core.errors import check_ids, check_shapes


def embed_forward(ids, E):
    """Give every id its vector: row ids[n, t] of E, which is what one_hot(ids) @ E would give.

    Shapes: ids (...) with any axes, such as (N, T); E (V, D).
    Returns: x (..., D) and the cache of `embed_backward`.
    Raises: ShapeError; DtypeError, RangeError for ids that are not whole numbers from 0 to V - 1.
    """
    check_shapes(E=(E, ("V", "D")))
    ids = check_ids("ids", ids, len(E))
    return E[ids], (ids, E.shape)


def embed_backward(dx, cache):
    """Add up, for every id, the gradients of all places where it stands.

    Shapes: dx (..., D); the cache is `embed_forward`'s. Returns: dE (V, D).
    Raises: ShapeError if dx does not fit.
    """
    ids, (V, D) = cache
    check_shapes(dx=(dx, (*ids.shape, D)))
    dE = np.zeros((V, D), dx.dtype)
    np.add.at(dE, ids, dx)  # dE[ids] += dx would keep only the last of several
    return dE
