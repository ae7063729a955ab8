"""Rules that turn gradients into steps, in the conventions of torch.optim.

Sources: momentum: Polyak (1964); RMSProp: Tieleman & Hinton (2012), lecture 6e; Adam: Kingma & Ba (2015);
clipping by the global norm: Pascanu, Mikolov & Bengio (2013).
"""

import math

import numpy as np

from rnn_core.errors import NonFiniteError, RangeError, check_names, check_shapes


class Optimizer:
    """What all rules share: `step` changes the parameters in place, and remembers what the rule needs.

    `lr`, the learning rate, may be changed between steps.
    """

    def __init__(self, lr):
        self.lr = lr
        self.state = {}

    def step(self, params, grads):
        """Change each parameter that has a gradient, in place.

        Shapes: params and grads are dicts of arrays; a gradient has the shape of its parameter.
        Raises: NameMismatchError for a gradient without a parameter; ShapeError.
        """
        check_names("grads", grads, params)
        check_shapes(**{f"gradient of {name}": (g, params[name].shape) for name, g in grads.items()})
        for name, g in grads.items():
            params[name] -= self.change(g, self.state.setdefault(name, {}))


class SGD(Optimizer):
    """Stochastic gradient descent: p <- p - lr g."""

    def change(self, g, state):
        return self.lr * g


class Momentum(Optimizer):
    """A ball that rolls: v <- beta v + g, p <- p - lr v."""

    def __init__(self, lr, beta=0.9):
        super().__init__(lr)
        self.beta = beta

    def change(self, g, state):
        state["v"] = self.beta * state.get("v", 0) + g
        return self.lr * state["v"]


class RMSProp(Optimizer):
    """A step of about lr for each weight: s <- beta s + (1 - beta) g^2, p <- p - lr g / (sqrt(s) + eps)."""

    def __init__(self, lr, beta=0.99, eps=1e-8):
        super().__init__(lr)
        self.beta, self.eps = beta, eps

    def change(self, g, state):
        state["s"] = self.beta * state.get("s", 0) + (1 - self.beta) * g**2
        return self.lr * g / (np.sqrt(state["s"]) + self.eps)


class Adam(Optimizer):
    """Momentum and RMSProp, both corrected for having started at 0."""

    def __init__(self, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def change(self, g, state):
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = self.beta1 * state.get("m", 0) + (1 - self.beta1) * g
        v = state["v"] = self.beta2 * state.get("v", 0) + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        return self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def clip_global_norm(grads, max_norm):
    """Shorten the gradient, all arrays together, to `max_norm` if it is longer; its direction stays.

    Shapes: grads is a dict of arrays. Units: max_norm and the norm in units of the gradient.
    Returns: a dict of new arrays, and the norm before clipping (a float).
    Raises: RangeError unless max_norm > 0; NonFiniteError, naming the first array with an infinite norm or
        NaN: no factor brings those back.
    """
    if not max_norm > 0:
        raise RangeError(f"max_norm: expected a number above 0, got {max_norm}")
    with np.errstate(over="ignore"):  # what follows says it better than a warning
        norms = {name: np.linalg.norm(np.asarray(g, np.float64)) for name, g in grads.items()}
    for name, norm in norms.items():
        if not np.isfinite(norm):
            raise NonFiniteError(f"gradient of {name}: expected a finite norm, got {norm}")
    norm = math.hypot(*norms.values())
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
