"""What becomes of a gradient over many steps, beside what eigenvalues and singular values foretell.

A net of 16 units runs for 100 steps; beside it stand 100 layers with weights of their own, drawn in the same way,
into which the same inputs enter. Measured is the norm of the product of the last k Jacobians.
"""

import numpy as np

from rnn_core import plots
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import Own
from rnn_core.widgets.spectrum import jacobians

H, STEPS, DRAWS = 16, 100, 20
KINDS = {"random": "random", "orthogonal": "orthogonal", "shear": "pairs of a shear", "chain": "a chain"}
LINES = {
    "steps": "steps, measured", "layers": "layers, measured", "product": "product of norms",
    "bound": "singular value × slope", "radius": "radius to the lag",
}  # fmt: skip


class Spectrum(Widget):
    """Eigenvalues on the plane, and the norm of a product of Jacobians over the lag.

    scale_to_radius, step_jacobian, norms_over_lag: the learner's functions of lesson 4, or None.
    """

    title = "Spectrum and gradient"
    start = {  # noqa: RUF012
        "kind": "random", "activation": "tanh", "radius": 1.0, "input": 0.5, "length": 50, "lag": 50,
        "draw": 0, "spread": False,
    }  # fmt: skip

    def __init__(self, scale_to_radius=None, step_jacobian=None, norms_over_lag=None):
        self.scale = Own(scale_to_radius, jacobians.scale_to_radius)
        self.jacobian = Own(step_jacobian, jacobians.step_jacobian)
        self.norms = Own(norms_over_lag, jacobians.norms_over_lag, outputs=2)
        self.owns = self.scale, self.jacobian, self.norms
        self.drawn = {}
        super().__init__()
        self.show()

    def compute(self, controls):
        """Run both nets. Returns: eigenvalues, the norms and bounds of every lag, and numbers about the slopes."""
        kind, name = controls["kind"], controls["activation"]
        length = int(np.clip(controls["length"], 2, STEPS))
        lag = int(np.clip(controls["lag"], 1, length))
        base, layers, inputs = self._drawn(kind, int(controls["draw"]))
        W = np.asarray(self.scale(base, float(controls["radius"])))
        x = float(controls["input"]) * inputs
        h = jacobians.states(x, W, name)
        if name == "tanh":
            J = np.asarray(self.jacobian(h[:-1], h[1:], W))[-length:]
        else:
            J = jacobians.jacobians_of(h[1:], W, name)[-length:]
        beside = float(controls["radius"]) * layers
        own_layers = jacobians.jacobians_of(jacobians.states(x, beside, name)[1:], beside, name)[-length:]
        eigenvalues, largest = np.linalg.eigvals(W), jacobians.norm(W)
        radius, steepest, lags = np.abs(eigenvalues).max(), jacobians.ACTIVATIONS[name][2], np.arange(1, length + 1)
        measured, product = map(np.asarray, self.norms(J))
        lines = {
            "steps": measured, "layers": jacobians.product_norms(own_layers), "product": product,
            "bound": (largest * steepest) ** lags, "radius": radius**lags,
        }  # fmt: skip
        met = jacobians.ACTIVATIONS[name][1](h[-length:])
        found = {
            "radius": radius, "largest": largest, "steepest": steepest, "met": met.mean(),
            "outside": int(np.sum(np.abs(eigenvalues) > 1 + 1e-9)), "H": H,
            "factors": {key: line[lag - 1] ** (1 / lag) for key, line in lines.items()},
            "spread": self._spread(controls, length) if controls["spread"] else None,
        }  # fmt: skip
        return {
            "title": self.title, "kinds": KINDS, "activations": list(jacobians.ACTIVATIONS), "names": LINES,
            "lines": lines, "range": _decades(lines), "eigenvalues": _pairs(eigenvalues),
            "of_step": _pairs(np.linalg.eigvals(J[-lag])), "length": length, "lag": lag, "found": found,
            "says": self._says(controls, lines, found, lag),
        }  # fmt: skip

    def static(self, picture):
        lines = {picture["names"][key]: line for key, line in picture["lines"].items()}
        lags = range(1, picture["length"] + 1)
        title = f"Radius {picture['controls']['radius']:g}, {picture['controls']['activation']}"
        return plots.curves(
            lags, lines, "lag", "norm of the product", title, picture["says"], yscale="log"
        ).legend_below(2)

    def _drawn(self, kind, number):
        """The recurrent matrix and those of the layers, of radius 1, and the inputs; drawn once."""
        if (kind, number) not in self.drawn:
            rng = np.random.default_rng([number, list(KINDS).index(kind)])
            own = [jacobians.draw(rng, kind, H) for _ in range(STEPS)]
            self.drawn[kind, number] = jacobians.draw(rng, kind, H), np.array(own), rng.standard_normal((STEPS, H))
        return self.drawn[kind, number]

    def _spread(self, controls, length):
        """log10 of the norm at the full length, mean and spread of many draws. Returns: dict of pairs."""
        drawn = [self._drawn(controls["kind"], number) for number in range(DRAWS)]
        bases, layers, inputs = (
            np.stack(part, axis=1) for part in zip(*([b[None], o, x] for b, o, x in drawn), strict=True)
        )
        x, found = controls["input"] * inputs, {}
        for key, Ws in {"steps": np.broadcast_to(bases, layers.shape), "layers": layers}.items():
            Ws = controls["radius"] * Ws
            h = jacobians.states(x, Ws, controls["activation"])[1:]
            product = np.eye(H)
            for J in jacobians.jacobians_of(h, Ws, controls["activation"])[-length:]:
                product = J @ product
            logs = np.log10(np.maximum(jacobians.norm(product), 1e-300))
            found[key] = [logs.mean(), logs.std(ddof=1)]
        return found

    def _says(self, controls, lines, found, lag):
        at = {key: f"{line[lag - 1]:.2g}" for key, line in lines.items()}
        told = (
            f"Weights: {KINDS[controls['kind']]}; activation: {controls['activation']}; "
            f"input of size {controls['input']:g}: "
            f"spectral radius {found['radius']:.2f}, largest singular value {found['largest']:.2f}, "
            f"mean slope {found['met']:.2f}. Over {lag} steps the norm is {at['steps']}, over {lag} layers "
            f"{at['layers']}. The bound allows {at['bound']}; the radius to the lag is {at['radius']}."
        )
        if found["spread"]:
            both = (f"{key} {mean:.1f} ± {spread:.1f}" for key, (mean, spread) in found["spread"].items())
            told += f" {DRAWS} draws, log10 of the norm over all {controls['length']}: {', '.join(both)}."
        return told


def _pairs(values):
    """Complex numbers as pairs, the larger magnitudes first."""
    return [[v.real, v.imag] for v in sorted(values.astype(complex), key=abs, reverse=True)]


def _decades(lines):
    """Whole powers of ten around all that is drawn, four at least."""
    logs = np.concatenate([np.log10(line[line > 0]) for line in map(np.asarray, lines.values())])
    low, high = (int(np.floor(logs.min())), int(np.ceil(logs.max()))) if len(logs) else (0, 0)
    more = max(0, 4 - (high - low))
    return [10.0 ** max(low - more + more // 2, -300), 10.0 ** (high + more // 2)]
