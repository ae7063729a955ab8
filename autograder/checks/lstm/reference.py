"""The references of this lesson that have no twin in `rnn_core`, with the equations in order."""

import numpy as np

from rnn_core import lstm


def clamped_bias(job, H):
    """The bias that holds the gates i, f and o open (50) or shut (-50); that of the candidate is 0."""
    i, f, o = {
        "hold": (-50, 50, 50),
        "hide": (-50, 50, -50),
        "erase": (-50, -50, 50),
        "add": (50, 50, 50),
        "pass": (50, -50, 50),
    }[job]
    return np.repeat([i, f, 0.0, o], H)


def gate_gradients(dh_next, dc_next, cache):
    """The gradient at the four sums inside the gates, and at the old cell state."""
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    do = dh_next * s
    da_o = do * o * (1 - o)
    d_cell = dc_next + dh_next * o * (1 - s**2)  # directly, and through h_next
    da_f = d_cell * c * f * (1 - f)
    da_i = d_cell * g * i * (1 - i)
    da_g = d_cell * i * (1 - g**2)
    return np.concatenate((da_i, da_f, da_g, da_o), axis=1), d_cell * f


def forward(x, h0, c0, W_xh, W_hh, b, mask=None):
    """The cell over a batch of sequences; where the mask is 0 a row keeps both states.

    Returns: h, c (N, T, H) and the cache of `backward`: the list of step caches, and what is real, (N, T) booleans.
    """
    real = np.ones(x.shape[:2], bool) if mask is None else np.asarray(mask) > 0
    h, c, hs, cs, caches = h0, c0, [], [], []
    for t in range(x.shape[1]):
        h_next, c_next, kept = lstm.step_forward(x[:, t], h, c, W_xh, W_hh, b)
        h, c = (np.where(real[:, t, None], new, old) for new, old in ((h_next, h), (c_next, c)))
        hs.append(h)
        cs.append(c)
        caches.append(kept)
    return np.stack(hs, axis=1), np.stack(cs, axis=1), (caches, real)


def backward(dh, dc, cache):
    """The gradient of `forward`: both gradients are carried, and a row that did not run hands them on as they are."""
    caches, real = cache
    dx, dh_t, dc_t = [], np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0])
    total = 0, 0, 0
    for t in reversed(range(len(caches))):
        ran = real[:, t, None]
        dh_t, dc_t = dh_t + dh[:, t], dc_t + dc[:, t]
        dx_t, dh_back, dc_back, *shares = lstm.step_backward(dh_t * ran, dc_t * ran, caches[t])
        dh_t, dc_t = np.where(ran, dh_back, dh_t), np.where(ran, dc_back, dc_t)
        dx.insert(0, dx_t)
        total = [sum_ + share for sum_, share in zip(total, shares, strict=True)]
    return np.stack(dx, axis=1), dh_t, dc_t, *total


def lstm_numbers(D, H, V):
    """How many numbers an LSTM with an output layer learns."""
    return 4 * (D * H + H * H + H) + H * V + V


def start_bias(H, forget_bias):
    """The bias (4H,) of an LSTM at the start: `forget_bias` for the forget gate, 0 for the rest."""
    return np.repeat([0.0, forget_bias, 0.0, 0.0], H)


def forget_bias_for(steps):
    """The forget bias with which a cell state lasts for so many steps: 1 + e^b = steps."""
    return float(np.log(steps - 1))
