"""A small net with a loop, run by the learner's own functions of lessons 1 and 2, or by their references."""

import numpy as np

from rnn_core import rnn
from rnn_core.activations import softmax
from rnn_core.widgets.own import Own


def joined_step(x, y_prev, W, b):
    """One step of a net whose output is fed back: x (N, D), y_prev (N, V) -> p (N, V)."""
    return softmax(np.concatenate([x, y_prev], axis=1) @ W + b)


def unrolled(x, h0, layers):
    """A layer for each step: x (N, T, D), h0 (N, H), T of (W_xh, W_hh, b) -> h (N, T, H)."""
    h, states = h0, []
    for t, weights in enumerate(layers):
        h, _ = rnn.step_forward(x[:, t], h, *weights)
        states.append(h)
    return np.stack(states, axis=1)


def output_probabilities(h, W_hy, b_y):
    """The way out of a state: h (N, H) -> p (N, V)."""
    return softmax(h @ W_hy + b_y)


class Steps:
    """Those of a learner's functions that are given, each with its reference; `used` are those of the last run."""

    def __init__(self, functions):
        references = rnn.step_forward, unrolled, joined_step, output_probabilities
        known = {reference.__name__: reference for reference in references}
        self.own = {name: Own(functions.get(name), reference) for name, reference in known.items()}
        self.layered = functions.get("unrolled") is not None
        self.used = ()

    def run(self, arrays):
        """The numbers of all units, rows 0 (before the first step) to T. Returns: dict of "x", "y", maybe "h"."""
        x = np.concatenate([np.zeros((1, arrays["x"].shape[1])), arrays["x"]])
        if "y0" in arrays:
            return {"x": x, "y": self._output_goes_round(**arrays)}
        h, y = self._state_goes_round(**arrays)
        return {"x": x, "h": h, "y": np.concatenate([np.zeros((1, y.shape[1])), y])}

    def _output_goes_round(self, x, y0, W, b):
        joined = self.own["joined_step"]
        self.used, outputs = (joined,), [y0[None]]
        for x_t in x:
            outputs.append(np.asarray(joined(x_t[None], outputs[-1], W, b), float))
        return np.concatenate(outputs)

    def _state_goes_round(self, x, h0, W_xh, W_hh, b, W_hy, b_y):
        cell, out = self.own["unrolled" if self.layered else "step_forward"], self.own["output_probabilities"]
        self.used, states = (cell, out), [h0[None]]
        if self.layered:
            layers = [(W_xh, W_hh, b)] * len(x)  # the same weights in every layer
            states.append(np.asarray(cell(x[None], h0[None], layers), float)[0])
        else:
            for x_t in x:
                states.append(np.asarray(cell(x_t[None], states[-1], W_xh, W_hh, b)[0], float))
        h = np.concatenate(states)
        return h, np.asarray(out(h[1:], W_hy, b_y), float)
