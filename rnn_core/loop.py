"""The textbook loop: the step of any cell over a batch of sequences, and the gradient back through it.

A cell has one state, h, or two, h and c: a step takes them after x, and gives back as many before its cache.
The gradient: Werbos (1990), Backpropagation through time.
"""

import numpy as np

from rnn_core.errors import check_padded, check_shapes

STATES = "h", "c"


def loop_forward(step_forward, x, states, weights, mask=None):
    """Call `step_forward(x_t, *states, *weights)` for every step; where the mask is 0 the states are carried on.

    Shapes: x (N, T, D); each of the first states (N, H); mask (N, T) of 0 and 1.
    Returns: a list with the history (N, T, H) of each state, and the cache of `loop_backward`.
    Raises: ShapeError; RangeError for a mask of other numbers; what the step raises.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    N, T, _ = x.shape
    check_shapes(**{f"{name}0": (h, (N, "H")) for name, h in zip(STATES, states, strict=False)})
    x, runs = check_padded(x, mask)
    runs = runs[:, :, None]
    dtype = np.result_type(x, *states, *weights)
    histories = [np.empty((N, T, h.shape[1]), dtype) for h in states]
    now, caches = states, []
    for t in range(T):
        *after, cache = step_forward(x[:, t], *now, *weights)
        now = [np.where(runs[:, t], h_next, h) for h_next, h in zip(after, now, strict=True)]
        for history, h in zip(histories, now, strict=True):
            history[:, t] = h
        caches.append(cache)
    return histories, (x, states, weights, runs, dtype, caches)


def loop_backward(step_backward, dhistories, cache):
    """Call `step_backward(*dstates, cache_t)` from the last step to the first: the gradient of `loop_forward`.

    Shapes: dhistories, what arrives at each state from outside, (N, T, H) each; None stands for zeros.
    Returns: dx (N, T, D), a list with the gradient (N, H) of each first state, and one for the weights.
    Raises: ShapeError if a gradient does not fit.
    """
    x, states, weights, runs, dtype, caches = cache
    (N, T, _), H = x.shape, states[0].shape[1]
    check_shapes(**{f"d{k}": (d, (N, T, H)) for k, d in zip(STATES, dhistories, strict=False) if d is not None})
    dx = np.zeros(x.shape, dtype)
    now = [np.zeros((N, H), dtype) for _ in states]
    total = [np.zeros(np.shape(w), dtype) for w in weights]
    for t in reversed(range(T)):
        now = [d if dh is None else d + dh[:, t] for d, dh in zip(now, dhistories, strict=True)]
        dx[:, t], *grads = step_backward(*(d * runs[:, t] for d in now), caches[t])
        before, grads = grads[: len(now)], grads[len(now) :]
        now = [b + d * ~runs[:, t] for b, d in zip(before, now, strict=True)]  # what did not run hands its own on
        total = [a + g for a, g in zip(total, grads, strict=True)]
    return dx, now, total
