"""Dropout: in training a layer does not see a random share of its inputs, so that it relies on none of them.

Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
"""

import numpy as np

from rnn_core.errors import RangeError, check_shapes


def dropout_forward(x, share, rng):
    """Set a share of the numbers to 0, and enlarge the others so that the mean stays.

    Shapes: x any. Units: share in [0, 1).
    Returns: y like x, and the cache of `dropout_backward`. With rng None, which stands for evaluation,
        nothing is dropped and y is x.
    Raises: RangeError for a share outside [0, 1).
    """
    if not 0 <= share < 1:
        raise RangeError(f"share: expected a number from 0 to below 1, got {share}")
    if rng is None:
        return x, np.ones_like(x)
    factor = ((rng.random(x.shape) >= share) / (1 - share)).astype(x.dtype)
    return x * factor, factor


def dropout_backward(dy, cache):
    """The exact gradient of `dropout_forward`: what was dropped gets none.

    Shapes: dy like y. Returns: dx.
    Raises: ShapeError if dy does not fit.
    """
    check_shapes(dy=(dy, cache.shape))
    return dy * cache
