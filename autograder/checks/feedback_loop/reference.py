"""The reference answers of lesson 1, as they are shown when a learner asks for a solution."""

import numpy as np

from rnn_core.activations import softmax


def feedforward_step(x, W_xh, b, W_hy, b_y):
    """Belief in each letter, from one picture each."""
    return softmax(np.tanh(x @ W_xh + b) @ W_hy + b_y)


def joined_step(x, y_prev, W, b):
    """Belief in each letter, from a picture and the belief of one step before."""
    return softmax(np.concatenate([x, y_prev], axis=1) @ W + b)


def loop(x, y0, W, b):
    """All outputs of a net whose output is fed back."""
    y, outputs = y0, []
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        outputs.append(y)
    return np.stack(outputs, axis=1)


def split_weights(W, D):
    """The rows for the input, and the rows for what is fed back."""
    return W[:D], W[D:]


def join_weights(W_in, W_back):
    """One matrix for the joined input."""
    return np.concatenate([W_in, W_back], axis=0)


def unrolled(x, h0, layers):
    """Layer t reads the layer before it and picture t."""
    h, states = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        states.append(h)
    return np.stack(states, axis=1)


def count_parameters(T, D, H, tied):
    """How many numbers are learnt in T layers."""
    layer = D * H + H * H + H
    return layer if tied else T * layer
