"""What the learner writes in lesson 7 and rnn_core has in another form, or not at all."""

import numpy as np

from rnn_core import gru
from rnn_core.activations import sigmoid


def other_convention(W_xh, W_hh, b_x, b_h):
    """The weights with which a cell whose z takes the new state does what this one does.

    Shapes: W_xh (D, 3H); W_hh (H, 3H); b_x, b_h (3H,), columns stacked r, z, n.
    Returns: four new arrays of the same shapes.
    """
    H = len(W_hh)
    turned = [np.array(w) for w in (W_xh, W_hh, b_x, b_h)]
    for w in turned:
        w[..., H : 2 * H] *= -1
    return tuple(turned)


def taking_step(x, h, W_xh, W_hh, b_x, b_h):
    """A step of torch's form, but that z is the share of the new state that is taken: h_next (N, H)."""
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    z = sigmoid(a_z + u_z)
    n = np.tanh(a_n + sigmoid(a_r + u_r) * u_n)
    return (1 - z) * h + z * n


def sum_gradients(dh_next, cache):
    """The gradient at the two sums of a step: da at x W_xh + b_x, du at h W_hh + b_h, (N, 3H) each."""
    _, h, _, _, r, z, n, u_n = cache
    da_z = dh_next * (h - n) * z * (1 - z)
    da_n = dh_next * (1 - z) * (1 - n**2)
    da_r = da_n * u_n * r * (1 - r)
    return np.hstack([da_r, da_z, da_n]), np.hstack([da_r, da_z, da_n * r])


def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    """All steps of torch's form; where the mask is 0 the state is carried on.

    Shapes: x (N, T, D); h0 (N, H); the weights as in the step; mask (N, T).
    Returns: h (N, T, H) and the cache: the list of the steps' caches, and the mask.
    """
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else np.asarray(mask).astype(bool)
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = gru.step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


def backward(dh, cache):
    """Back through `forward`: dx (N, T, D), dh0 (N, H), and the gradients of the four weights."""
    caches, mask = cache
    carried, dx, total = np.zeros_like(dh[:, 0]), [], None
    for t in reversed(range(len(caches))):
        real, arrived = mask[:, t, None], dh[:, t] + carried
        dx_t, back, *shares = gru.step_backward(arrived * real, caches[t])
        carried = back + arrived * ~real
        dx.append(dx_t)
        total = shares if total is None else [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx[::-1], axis=1), carried, *total


def gru_parameters(D, H, V):
    """The number of parameters of a GRU of torch's form with an output layer."""
    return 3 * H * (D + H + 2) + H * V + V


def most_units(D, V, budget):
    """The largest H for which such a net has at most `budget` parameters."""
    H = 0
    while gru_parameters(D, H + 1, V) <= budget:
        H += 1
    return H


def join_pairs(keep, new, s):
    """Join every entry from place s on with the one s places before it: new arrays keep, new (N, T, H)."""
    joined_keep, joined_new = np.array(keep), np.array(new)
    joined_new[:, s:] += keep[:, s:] * new[:, :-s]
    joined_keep[:, s:] *= keep[:, :-s]
    return joined_keep, joined_new


def scan(keep, new, h0):
    """All states of h' = keep * h + new, in about log2(T) rounds of `join_pairs`: h (N, T, H)."""
    new = np.concatenate([new[:, :1] + keep[:, :1] * h0[:, None], new[:, 1:]], axis=1)
    s = 1
    while s < new.shape[1]:
        keep, new = join_pairs(keep, new, s)
        s *= 2
    return new
