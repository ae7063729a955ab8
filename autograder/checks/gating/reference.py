"""The references of this lesson that have no twin in `rnn_core`, with the equations in order."""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.leaky import leak_for

VALUES = {
    "A": [0.3, -0.4, 0.2, 0.5, -0.3, 0.1, 0.4, -0.2, -0.5, 0.2, 0.3, -0.1],
    "B": [-0.2, 0.4, 0.1, -0.5, 0.3, 0.2, -0.4, 0.5, 0.1, -0.3, 0.2, 0.1],
}
MARKS = {"A": [0, 4], "B": [1, 2, 7]}


def gated_step_forward(x, h, W_xh, W_hh, b):
    """One step of the soft switch, columns stacked g, n."""
    a_g, a_n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    g, n = sigmoid(a_g), np.tanh(a_n)
    h_next = (1 - g) * h + g * n
    return h_next, (x, h, W_xh, W_hh, g, n)


def gated_step_backward(dh_next, cache):
    """The gradient of `gated_step_forward`."""
    x, h, W_xh, W_hh, g, n = cache
    da_g = dh_next * (n - h) * g * (1 - g)
    da_n = dh_next * g * (1 - n**2)
    da = np.hstack([da_g, da_n])
    dh = dh_next * (1 - g) + da @ W_hh.T  # straight through, and through both sums
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


def bias_for(steps):
    """The gate's bias with which 1/e of an old value is left after so many steps: the log-odds of the leak."""
    leak = leak_for(steps)
    return np.log(leak / (1 - leak))


def strongest(kind, name):
    """The step, counted from 0, whose value moves the last state of one unit most."""
    values = np.array(VALUES[name])
    marked = np.isin(np.arange(len(values)), MARKS[name])
    moves = [abs(last(kind, values + 0.1 * one, marked) - last(kind, values, marked)) for one in np.eye(len(values))]
    return int(np.argmax(moves))


def last(kind, values, marked):
    """The last state of one unit: "tanh", "leaky" or "gated"."""
    h = 0.0
    for value, mark in zip(values, marked, strict=True):
        share = {"tanh": 1.0, "leaky": 0.3, "gated": sigmoid(12.0 * mark - 6.0)}[kind]
        h = (1 - share) * h + share * np.tanh(value + (0.8 * h if kind == "tanh" else 0.0))
    return h
