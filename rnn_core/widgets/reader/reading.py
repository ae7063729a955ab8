"""The nets of lesson 1 as readers of a word, each known by its weights: what a learner's function is held against."""

import numpy as np

from rnn_core import rnn
from rnn_core.activations import softmax
from rnn_core.errors import NameMismatchError
from rnn_core.layers import mlp_forward
from rnn_core.widgets.own import Own
from rnn_core.widgets.unroll.steps import unrolled


def alone(x, W_xh, b, W_hy, b_y):
    """Read N pictures, each by itself: x (N, D) -> belief (N, V)."""
    y, _ = mlp_forward(x, W_xh, b, W_hy, b_y)
    return softmax(y)


def output_fed_back(x, y0, W, b):
    """Read words with the output fed back: x (N, T, D), y0 (N, V) -> belief (N, T, V)."""
    y, beliefs = y0, []
    for t in range(x.shape[1]):
        y = softmax(np.concatenate([x[:, t], y], axis=1) @ W + b)
        beliefs.append(y)
    return np.stack(beliefs, axis=1)


def state_fed_back(x, h0, W_xh, W_hh, b, W_hy, b_y):
    """Read words with the state fed back: x (N, T, D), h0 (N, H) -> belief (N, T, V)."""
    h, _ = rnn.forward(x, h0, W_xh, W_hh, b)
    return softmax(h @ W_hy + b_y)


KINDS = {  # the names of the weights -> the reference
    ("W_xh", "b", "W_hy", "b_y"): alone,
    ("W", "b"): output_fed_back,
    ("W_xh", "W_hh", "b", "W_hy", "b_y"): state_fed_back,
}


class Net:
    """A trained net that reads a word; what goes round its loop begins at zero.

    function: the learner's, for the kind of net that the weights are of, or None; for a state that is fed back also
    their `unrolled(x, h0, layers)`, which then gets the same weights in each layer. weights: a dict of arrays.
    Raises: NameMismatchError for weights of no kind that is known.
    """

    def __init__(self, function, weights):
        known = {frozenset(names): names for names in KINDS}
        if frozenset(weights) not in known:
            raise NameMismatchError(f"weights: expected those of a net of lesson 1, got {', '.join(weights)}")
        names = known[frozenset(weights)]
        self.weights = [np.asarray(weights[name]) for name in names]
        self.kind = KINDS[names]
        self.layered = self.kind is state_fed_back and getattr(function, "__name__", "") == "unrolled"
        self.own = Own(function, unrolled if self.layered else self.kind)

    def __call__(self, x):
        """Read a word: x (T, D) -> belief (T, V)."""
        if self.kind is alone:
            return np.asarray(self.own(x, *self.weights))
        if self.layered:
            W_xh, W_hh, b, W_hy, b_y = self.weights
            layers = [(W_xh, W_hh, b)] * len(x)  # a layer for each letter, with the same weights
            h = np.asarray(self.own(x[None], np.zeros((1, len(b))), layers))[0]
            return softmax(h @ W_hy + b_y)
        carried = len(self.weights[1]) if self.kind is output_fed_back else len(self.weights[2])
        return np.asarray(self.own(x[None], np.zeros((1, carried)), *self.weights))[0]
