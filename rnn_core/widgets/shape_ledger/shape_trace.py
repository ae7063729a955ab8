"""A step, or a whole sequence, one operation at a time: every array on the way, until an operation fails."""

import numpy as np

from rnn_core.widgets.shape_ledger.named_axes import Named, piece, product, repeated, total


def step(x, h, W_xh, W_hh, b):
    """The step as its equation, with no check at the door. Returns: h_next and None in place of a cache."""
    return np.tanh(x @ W_xh + h @ W_hh + b), None


def sequence(x, h0, W_xh, W_hh, b):
    """The step in a loop over axis 1 of x, with no check. Returns: h and None in place of the caches."""
    states, h = [], h0
    for t in range(x.shape[1]):
        h, _ = step(x[:, t], h, W_xh, W_hh, b)
        states.append(h)
    return np.stack(states, axis=1), None


class Trace:
    """What became of named arrays: `made` (name -> Named), `failed` (an operation, or ""), its `error`, and `met`.

    `t` is the step that `made` shows: the one that failed, or step 0.
    """

    def __init__(self, given):
        self.made, self.failed, self.error, self.met, self.t = dict(given), "", None, [], 0
        try:
            if "h0" in given:
                self._run(**given)
            else:
                self._step(**given)
        except Exception as error:  # numpy's own words are what is shown
            self.error = error
        self.met = list(dict.fromkeys(self.met))

    def _run(self, x, h0, W_xh, W_hh, b):
        h, states, first = h0, [], None
        self.failed = "x_t"
        for t in range(x.array.shape[1]):
            self.t, self.failed = t, "x_t"
            self.made["x_t"] = piece("x[:, t]", x, t)
            self.made["h_t"] = h
            h = self._step(self.made["x_t"], h, W_xh, W_hh, b)
            states.append(h.array)
            first = first or dict(self.made)
            h = Named("h", h.array, tuple(axis.replace("new", "old") for axis in h.axes))
        self.failed = "h"
        last = self.made["h_next"].axes
        self.made = {**first, "h": Named("h", np.stack(states, axis=1), (last[0], x.axes[1], *last[1:]))}
        self.t, self.failed = 0, ""

    def _step(self, x, h, W_xh, W_hh, b):
        for name in ("from_input", "from_state", "both", "total", "h_next"):
            self.made.pop(name, None)
        self.failed = "from_input"
        self.made["from_input"] = product("from_input", x, W_xh, self.met)
        self.failed = "from_state"
        self.made["from_state"] = product("from_state", h, W_hh, self.met)
        self.failed = "both"
        both = total("from_input + from_state", self.made["from_input"], self.made["from_state"], self.met)
        self.failed = "total"
        met = []
        self.made["total"] = whole = total("total", both, b, met)
        ahead = zip(whole.axes[:-1], whole.array.shape[:-1], strict=True)  # b has one axis, and is repeated along these
        fine = {repeated(b, axis, times) for axis, times in ahead} if len(b.axes) == 1 else ()
        self.met += [words for words in met if words not in fine]
        self.made["h_next"] = Named("h_next", np.tanh(whole.array), whole.axes)
        self.failed = ""
        return self.made["h_next"]
