"""What is asked for in lesson 4 and stands nowhere in rnn_core."""

import numpy as np

from rnn_core.optim import clip_global_norm


def step_jacobian(h, h_next, W_hh):
    """J[n, i, j] = dh_next[n, i] / dh[n, j]: a row for each result, a column for each input."""
    return (1 - h_next**2)[:, :, None] * W_hh.T


def norms_over_lag(jacobians):
    """The norm of the product of the last k Jacobians, and the product of their norms, for k = 1 to T."""
    product, bound, norms, bounds = np.eye(jacobians.shape[1]), 1.0, [], []
    for J in jacobians[::-1]:
        product = product @ J  # the step before acts first, so it stands on the right
        bound = bound * np.linalg.norm(J, 2)
        norms.append(np.linalg.norm(product, 2))
        bounds.append(bound)
    return np.array(norms), np.array(bounds)


def scale_to_radius(W, radius):
    """W by one factor, so that its largest eigenvalue has this magnitude."""
    return W * (radius / np.abs(np.linalg.eigvals(W)).max())


def clip_by_global_norm(grads, max_norm):
    """All gradients by one factor, so that together they are no longer than `max_norm`."""
    return clip_global_norm(grads, max_norm)


def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    """One step of momentum whose velocity takes in the clipped gradient."""
    clipped, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + clipped[name] for name in params}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


def rms_backward(dnormal, normal, scale):
    """Back through u -> u / sqrt(mean(u^2) + eps)."""
    return scale * (dnormal - normal * (dnormal * normal).mean(axis=-1, keepdims=True))
