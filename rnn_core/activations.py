"""The functions that make a network more than a matrix product.

Each is safe for any finite input: large values saturate without a warning.
"""

import numpy as np


def sigmoid(a):
    """Squash any number into [0, 1]: 1 / (1 + exp(-a)), computed as (1 + tanh(a / 2)) / 2.

    The form by tanh cannot overflow and is the fastest in numpy; its error is one rounding of the
    number 1, so that a result near 0 has few correct digits (sigmoid(-20) has eight in float64).

    Shapes: a any. Units: a in nats (log-odds); the result is a share in [0, 1].
    Returns: array of the shape and type of a.
    """
    return 0.5 * np.tanh(np.multiply(0.5, a)) + 0.5


def relu(a):
    """Let positive numbers pass and replace the others by 0.

    Shapes: a any. Returns: array of the shape and type of a.
    """
    return np.maximum(a, 0)


def softmax(a, axis=-1):
    """Turn scores into probabilities: exp(a) divided by its sum along `axis`.

    Shapes: a any with at least one axis. Units: a in nats (logits); the result sums to 1 along `axis`.
    Returns: array of the shape and type of a.
    """
    e = np.exp(a - np.max(a, axis=axis, keepdims=True))  # the largest is exp(0): no overflow
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(a, axis=-1):
    """The logarithm of softmax, exact where the probability itself would round to 0.

    Shapes: a any with at least one axis. Units: nats, at most 0.
    Returns: array of the shape and type of a.
    """
    a = a - np.max(a, axis=axis, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=axis, keepdims=True))
