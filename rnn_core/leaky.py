"""Leaky units: each moves only a fixed share of the way to its new value, and so has a time scale of its own.

Sources: Mozer (1992), Induction of multiscale temporal structure; Jaeger, Lukosevicius, Popovici & Siewert
(2007), leaky-integrator neurons.
"""

import numpy as np

from rnn_core.errors import RangeError, check_shapes, check_weights
from rnn_core.loop import loop_backward, loop_forward


def time_constant(leak):
    """How many steps it takes until 1/e of an old value is left: -1 / log(1 - leak), for small leaks about 1 / leak.

    Shapes: leak any. Units: leak in (0, 1]; the result in steps (0 for a leak of 1).
    Returns: array of the shape of leak. Raises: RangeError for a leak outside (0, 1].
    """
    leak = _check_leak(leak)
    with np.errstate(divide="ignore"):  # log(0) gives -1 / -inf = 0 steps, as it should
        return -1 / np.log1p(-leak)


def leak_for(steps):
    """The leak with which 1/e of an old value is left after so many steps: 1 - exp(-1 / steps).

    Shapes: steps any. Units: steps above 0. Returns: array of the shape of steps.
    Raises: RangeError for a time constant that is not above 0.
    """
    steps = np.asarray(steps)
    if not np.all(steps > 0):
        raise RangeError(f"steps: expected time constants above 0, got {steps.min()}")
    return -np.expm1(-1 / steps)


def step_forward(x, h, W_xh, W_hh, b, leak):
    """Advance the units one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, H); W_hh (H, H); b (H,), for N sequences, D inputs, H units; leak one
        number for all units, or (H,).
    Units: x standardised; leak in (0, 1], where 1 is the plain tanh cell; h_next lies between h and n.
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a leak outside (0, 1].
    """
    check_shapes(x=(x, ("N", "D")))
    H = _check_weights(x.shape[1], W_xh, W_hh, b, leak)
    check_shapes(h=(h, (len(x), H)))
    n = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = (1 - leak) * h + leak * n
    return h_next, (x, h, W_xh, W_hh, leak, n)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, H), dW_hh (H, H), db (H,), dleak of the shape of leak.
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, leak, n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    da = dh_next * leak * (1 - n**2)
    dh = dh_next * (1 - leak) + da @ W_hh.T  # the first term fades at the unit's own rate, whatever the weights
    dleak = dh_next * (n - h)
    dleak = dleak.sum(axis=0) if np.ndim(leak) else dleak.sum()
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0), dleak


def forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    """Run the units over a batch of sequences; where the mask is 0 the state is carried on unchanged.

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, H); W_hh (H, H); b (H,); leak one number or (H,); mask (N, T)
        of 0 and 1.
    Units: as for `step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a leak outside (0, 1] and
        for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    H = _check_weights(x.shape[2], W_xh, W_hh, b, leak)
    check_shapes(h0=(h0, (len(x), H)))
    (h,), cache = loop_forward(step_forward, x, (h0,), (W_xh, W_hh, b, leak), mask)
    return h, cache


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, H), dW_hh (H, H), db (H,), dleak of the shape of leak.
    Raises: ShapeError if dh does not fit.
    """
    dx, (dh0,), grads = loop_backward(step_backward, (dh,), cache)
    return dx, dh0, *grads


def _check_weights(D, W_xh, W_hh, b, leak):
    H = check_weights(D, 1, W_xh, W_hh, b=b)
    if np.ndim(leak):
        check_shapes(leak=(leak, (H,)))
    _check_leak(leak)
    return H


def _check_leak(leak):
    leak = np.asarray(leak)
    if not np.all((leak > 0) & (leak <= 1)):
        raise RangeError(f"leak: expected numbers above 0 and up to 1, got {leak.min()} to {leak.max()}")
    return leak
