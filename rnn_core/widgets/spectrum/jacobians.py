"""How one state depends on an earlier one: Jacobians of steps or layers, their product, and matrices to try.

The first three are what lesson 4 asks for. Source: Bengio, Simard & Frasconi (1994), Learning long-term dependencies
with gradient descent is difficult; Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent nets.
"""

import numpy as np

from rnn_core.activations import relu, sigmoid
from rnn_core.init import orthogonal

ACTIVATIONS = {  # name -> the function, its slope told from its result, the largest slope
    "tanh": (np.tanh, lambda h: 1 - h**2, 1.0),
    "ReLU": (relu, lambda h: (h > 0) * 1.0, 1.0),
    "sigmoid": (sigmoid, lambda h: h * (1 - h), 0.25),
    "none": (np.positive, np.ones_like, 1.0),
}
SHEAR = np.array([[1.0, 2.5], [0.0, 1.0]])  # scaled to radius 0.8, the shear of lesson 4


def step_jacobian(h, h_next, W_hh):
    """The Jacobian of a tanh step. Shapes: h, h_next (N, H). Returns: J (N, H, H), a row for each result."""
    return (1 - h_next**2)[:, :, None] * W_hh.T


def norms_over_lag(jacobians):
    """The norm of the product of the last k Jacobians, and the product of their norms, for k = 1 to T.

    Shapes: jacobians (T, H, H) in the order of time. Returns: norms (T,) and bounds (T,).
    """
    return product_norms(jacobians), np.cumprod(norm(jacobians[::-1]))


def product_norms(jacobians):
    """The norm of the product of the last k Jacobians (T, H, H), for k = 1 to T. Returns: norms (T,)."""
    products = [jacobians[-1]]
    for J in jacobians[-2::-1]:
        products.append(products[-1] @ J)  # the earlier step acts first: it stands on the right
    return norm(np.array(products))


def scale_to_radius(W, radius):
    """W (H, H) by one factor, so that its largest eigenvalue has this magnitude."""
    return W * (radius / np.abs(np.linalg.eigvals(W)).max())


def norm(matrices):
    """The largest singular value of each matrix (..., H, H)."""
    return np.linalg.norm(matrices, 2, axis=(-2, -1))


def states(x, W, name):
    """Run h = activation(x[t] + h @ W) from zeros. Shapes: x (T, ..., H); W (H, H), or (T, ..., H, H) for layers.

    Returns: h (T + 1, ..., H).
    """
    activation, h = ACTIVATIONS[name][0], [np.zeros(x.shape[1:])]
    for t, x_t in enumerate(x):
        W_t = W if W.ndim == 2 else W[t]
        h.append(activation(x_t + (h[-1][..., None, :] @ W_t)[..., 0, :]))
    return np.array(h)


def jacobians_of(h_next, W, name):
    """The Jacobian of each step (or layer) from its result h_next (T, ..., H). Returns: (T, ..., H, H)."""
    return ACTIVATIONS[name][1](h_next)[..., :, None] * np.swapaxes(W, -1, -2)


def draw(rng, kind, H):
    """A matrix of spectral radius 1: "random", "orthogonal", "shear" (of pairs) or "chain" (each feeds the next)."""
    if kind == "random":
        return scale_to_radius(rng.standard_normal((H, H)), 1.0)
    if kind == "orthogonal":
        return orthogonal(rng, H)
    W = np.kron(np.eye(H // 2), SHEAR) if kind == "shear" else np.eye(H) + np.eye(H, k=1)
    order = rng.permutation(H)  # the same matrix with its units in another order
    return W[order][:, order]
