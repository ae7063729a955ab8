"""Choose which losses count, and see where the gradient arrives, and what each step adds to the shared weights.

On the same axis: how far a nudge of the start moves every later state. Forwards from the start and backwards from
the last loss, the influence between the two is one number.
"""

import numpy as np

from rnn_core import plots
from rnn_core.gradcheck import relative_error
from rnn_core.widgets.base import Widget
from rnn_core.widgets.gradient_flow import flow
from rnn_core.widgets.own import Own

N, D, H, MOST = 3, 3, 6, 10
SHARED = ("W_xh", "W_hh", "b")


class GradientFlow(Widget):
    """A net of 6 units over up to 10 steps; the loss of a step is half the squared distance of its state to a target.

    backward: the learner's `backward(dh, caches)` of lesson 3, or None for the reference.
    """

    title = "Gradient flow"
    start = {"T": 6, "losses": [4], "weights": 1.0, "inputs": 0.5, "share": "W_hh", "source": 0}  # noqa: RUF012

    def __init__(self, backward=None):
        self.backward = Own(backward, flow.backward, outputs=5)
        self.owns = (self.backward,)
        rng = np.random.default_rng(1)
        W_hh = rng.standard_normal((H, H))
        self.W_hh = W_hh / np.abs(np.linalg.eigvals(W_hh)).max()  # size 1: its largest eigenvalue has modulus 1
        self.W_xh, self.b = rng.standard_normal((D, H)) / np.sqrt(D), 0.1 * rng.standard_normal(H)
        self.x, self.h0 = rng.standard_normal((N, MOST, D)), 0.5 * rng.standard_normal((N, H))
        self.targets = np.random.default_rng(23).uniform(-1, 1, (N, MOST, H))  # losses 3 and 4 pull against each other
        super().__init__()
        self.show()

    def compute(self, controls):
        """Run forwards and backwards. Returns: lengths for every state and step, steps counted from 1."""
        T = int(np.clip(controls["T"], 1, MOST))
        losses = sorted({int(step) for step in controls["losses"] if 1 <= int(step) <= T})
        source = int(np.clip(controls["source"], 0, T))
        W_hh = float(np.clip(controls["weights"], 0, 3)) * self.W_hh
        x = float(np.clip(controls["inputs"], 0, 3)) * self.x[:, :T]
        h, caches = flow.forward(x, self.h0, self.W_xh, W_hh, self.b)
        dh = np.zeros((N, T, H))
        for step in losses:
            dh[:, step - 1] = (h[:, step] - self.targets[:, step - 1]) / N
        last = losses[-1] if losses else T
        found = self._backwards(dh, caches, last, source)
        if self.backward.fault:  # the rest came from the reference: then all of it
            found = self._backwards(dh, caches, last, source)
        moved = flow.forwards(h[0], self.W_xh, W_hh, source)
        share = controls["share"] if controls["share"] in SHARED else "W_hh"
        picture = {
            "title": self.title, "T": T, "most": MOST, "losses": losses, "last": last, "source": source,
            "weights": controls["weights"], "inputs": controls["inputs"], "share": share, "shared": SHARED,
            "forwards": [value or None for value in moved], **self._lengths(*found, SHARED.index(share)),
        }  # fmt: skip
        return {**picture, "says": _says(picture)}

    def static(self, picture):
        source = f"x{picture['source']}" if picture["source"] else "h0"
        lines = {
            "gradient that arrives": picture["arrives"],
            f"influence of {source}, forwards": [np.nan if v is None else v for v in picture["forwards"]],
            f"influence on h{picture['last']}, backwards": [np.nan if v is None else v for v in picture["backwards"]],
        }
        steps, alt = range(picture["T"] + 1), picture["says"]
        return plots.curves(steps, lines, "state", "length", title=picture["title"], alt=alt).legend_below(2)

    def _backwards(self, dh, caches, last, source):
        """All that needs the learner's `backward`: the losses' gradient, and below it each unit of h_last by itself."""
        units = np.zeros((H, *dh.shape[1:]))
        units[:, last - 1] = np.eye(H)
        outside, future, dx = flow.arrivals(self.backward, np.concatenate([dh, units]), flow.repeated(caches, H))
        g = outside + future
        at_source = dx[N:, source - 1] if source else g[N:, 0]
        influence = [flow.size(g[N:, t], H) for t in range(g.shape[1])]
        parts, whole = flow.shares(self.backward, g[:N], caches), self.backward(dh, caches)[2:]
        met = 0.0 if source > last else flow.size(at_source, at_source.shape[1])
        return outside[:N], future[:N], influence, met, parts, whole

    def _lengths(self, outside, future, influence, met, parts, whole, k):
        """Arrays as numbers to draw. k: which of the shared weights."""
        parts, whole = np.array([part[k] for part in parts]), np.asarray(whole[k])
        length = float(np.linalg.norm(whole))
        along = [float(np.sum(part * whole) / length) if length else 0.0 for part in parts]
        return {
            "outside": _norms(outside), "future": _norms(future), "arrives": _norms(outside + future),
            "backwards": [value or None for value in influence], "met": met, "along": along, "sum": length,
            "sizes": [float(np.linalg.norm(part)) for part in parts], "apart": relative_error(parts.sum(axis=0), whole),
        }  # fmt: skip


def _norms(states):
    """The length at every state, over all sequences and units together: (N, T + 1, H) -> T + 1 numbers."""
    return np.sqrt((states**2).sum(axis=(0, 2))).tolist()


def _says(p):
    """What the picture shows, in words."""
    reached = [f"h{t}" for t, length in enumerate(p["arrives"]) if length > 0]
    untouched = [f"h{t}" for t, length in enumerate(p["arrives"]) if length == 0]
    if not p["losses"]:
        told = "No loss counts: the gradient is exactly zero everywhere."
    else:
        many, steps = len(p["losses"]) > 1, ", ".join(map(str, p["losses"]))
        told = f"The losses of steps {steps} count." if many else f"The loss of step {steps} counts."
        told += f" A gradient arrives at {_listed(reached)}"
        told += f"; it is exactly zero at {_listed(untouched)}." if untouched else "."
    if p["sum"]:
        best = int(np.argmax(p["sizes"]))
        largest = f"the largest share, {p['sizes'][best]:.3g}, is step {best + 1}'s"
        told += f" d{p['share']} has length {p['sum']:.3g}; {largest}."
        against = [str(t + 1) for t, part in enumerate(p["along"]) if part < 0]
        told += f" Against the sum: step{'s' if len(against) > 1 else ''} {', '.join(against)}." if against else ""
        if not p["apart"] < 1e-6:
            told += f" The shares do not add up to d{p['share']}: relative error {p['apart']:.2g}."
    name, ahead = (f"x{p['source']}" if p["source"] else "h0"), p["forwards"][p["last"]] or 0.0
    told += f" Influence of {name} on h{p['last']}: forwards {ahead:.3g}, backwards {p['met']:.3g}"
    return told + (", the same number." if relative_error(ahead, p["met"]) < 1e-6 else ": two numbers.")


def _listed(names):
    """Names of states, as "h0 to h4" where they follow each other."""
    if not names:
        return "no state"
    follow = len(names) > 2 and int(names[-1][1:]) - int(names[0][1:]) == len(names) - 1
    return f"{names[0]} to {names[-1]}" if follow else ", ".join(names)
