"""The references of this lesson that have no twin in `rnn_core`, with small sizes and the equations in order."""

import numpy as np

from rnn_core import rnn
from rnn_core.character_model import char_loss_and_grads
from rnn_core.init import rnn_params
from rnn_core.optim import clip_global_norm


def two_step_gradient(x1, x2, h0, w, u, b, target):
    """The gradient of half the squared error after two steps of one unit."""
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = da2 * u * (1 - h1**2)  # h1 acts on the loss only through step 2
    dw = da2 * x2 + da1 * x1  # one weight, used twice: two shares
    du = da2 * h1 + da1 * h0
    return dw, du, da2 + da1, da1 * u


def forward(x, h0, W_xh, W_hh, b):
    """The cell over a batch of sequences: h (N, T, H), and the step caches in a list."""
    h, steps, caches = h0, [], []
    for t in range(x.shape[1]):
        h, kept = rnn.step_forward(x[:, t], h, W_xh, W_hh, b)
        steps.append(h)
        caches.append(kept)
    return np.stack(steps, axis=1), caches


def backward(dh, caches):
    """Backpropagation through time over a list of step caches."""
    dx, carried = [], np.zeros_like(dh[:, 0])
    dW_xh, dW_hh, db = 0, 0, 0
    for t in reversed(range(len(caches))):
        dx_t, carried, *shares = rnn.step_backward(dh[:, t] + carried, caches[t])
        dx.insert(0, dx_t)
        dW_xh, dW_hh, db = dW_xh + shares[0], dW_hh + shares[1], db + shares[2]
    return np.stack(dx, axis=1), carried, dW_xh, dW_hh, db


def gradient_errors(loss, params, grads, directions, eps=1e-5):
    """The relative error of each gradient along one direction."""
    errors = {}
    for name, d in directions.items():
        above = loss({**params, name: params[name] + eps * d})
        below = loss({**params, name: params[name] - eps * d})
        slope, ours = (above - below) / (2 * eps), np.sum(grads[name] * d)
        size = max(abs(slope), abs(ours))
        errors[name] = float(abs(ours - slope) / size) if size != 0 else 0.0
    return errors


def chosen_steps_gradient(h, targets, steps, caches):
    """A squared error on chosen steps only, and its whole gradient at every state."""
    N, K = len(h), len(steps)
    error = h[:, steps] - targets[:, steps]
    dh = np.zeros_like(h)
    dh[:, steps] = error / (N * K)
    carried = np.zeros_like(dh[:, 0])
    for t in reversed(range(len(caches))):
        dh[:, t] += carried
        carried = rnn.step_backward(dh[:, t], caches[t])[1]
    return float(np.sum(error**2) / (2 * N * K)), dh


def masked_step_forward(x, h, W_xh, W_hh, b, real):
    """One step in which the rows that are not real keep their state."""
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = np.where(real[:, None], candidate, h)
    return h_next, (x, h, W_xh, W_hh, candidate, real)


def masked_step_backward(dh_next, cache):
    """The gradient of `masked_step_forward`."""
    x, h, W_xh, W_hh, candidate, real = cache
    da = np.where(real[:, None], dh_next * (1 - candidate**2), 0.0)
    dh = da @ W_hh.T + np.where(real[:, None], 0.0, dh_next)
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


def chunk_gradients(params, inputs, targets, h0):
    """Loss and gradients of one chunk of text, and the state that goes on to the next."""
    return char_loss_and_grads(params, (inputs, targets), h0)


def truncated_gradients(params, inputs, targets, h0, size):
    """The mean over chunks of `size` steps: the state is carried from one to the next, the gradient is not."""
    total, mean, h = 0.0, {name: np.zeros_like(p) for name, p in params.items()}, h0
    starts = range(0, inputs.shape[1], size)
    for t in starts:
        loss, grads, h = chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        total += loss / len(starts)
        mean = {name: mean[name] + grads[name] / len(starts) for name in mean}
    return total, mean


def clip_by_global_norm(grads, max_norm):
    """All gradients by one factor, so that together they are no longer than `max_norm`."""
    return clip_global_norm(grads, max_norm)


def bits_a_character(losses, counts):
    """Mean loss of chunks of unequal length, in bits a character."""
    return float(np.dot(losses, counts) / np.sum(counts) / np.log(2))


def overfit(ids, V, rng):
    """Learn one short text by heart."""
    params = rnn_params(rng, V, 32, V)
    inputs, targets, h0 = ids[None, :-1], ids[None, 1:], np.zeros((1, 32))
    for _ in range(100):
        _, grads, _ = chunk_gradients(params, inputs, targets, h0)
        grads, _ = clip_by_global_norm(grads, 1.0)
        for name in params:
            params[name] -= 0.5 * grads[name]
    return params
