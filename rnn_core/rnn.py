"""The tanh cell: one time step, a whole batch of sequences, and the exact gradient of both.

Source: Elman (1990), Finding structure in time; the gradient: Werbos (1990), Backpropagation through time.
"""

import numpy as np

from rnn_core.errors import check_mask, check_padded, check_shapes


def step_forward(x, h, W_xh, W_hh, b):
    """Advance the cell one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, H); W_hh (H, H); b (H,), for N sequences, D inputs, H units.
    Units: x standardised; h_next in [-1, 1].
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")), W_hh=(W_hh, ("H", "H")))
    (N, D), H = x.shape, W_hh.shape[0]
    check_shapes(h=(h, (N, H)), W_xh=(W_xh, (D, H)), W_hh=(W_hh, (H, H)), b=(b, (H,)))
    h_next = np.tanh(x @ W_xh + h @ W_hh + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, H), dW_hh (H, H), db (H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, h_next = cache
    check_shapes(dh_next=(dh_next, h_next.shape))
    da = dh_next * (1 - h_next**2)  # tanh'(a) = 1 - tanh(a)^2
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


def forward(x, h0, W_xh, W_hh, b, mask=None):
    """Run the cell over a batch of sequences.

    Where the mask is 0 the state is carried on unchanged, so that h[:, -1] is the last real state of
    every sequence (h0 for an empty one).

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, H); W_hh (H, H); b (H,); mask (N, T) of 0 and 1.
    Units: x standardised; h in [-1, 1].
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")), W_hh=(W_hh, ("H", "H")))
    (N, T, D), H = x.shape, W_hh.shape[0]
    check_shapes(W_xh=(W_xh, (D, H)), b=(b, (H,)))
    x, _ = check_padded(x, mask)
    a = (x.reshape(N * T, D) @ W_xh).reshape(N, T, H) + b  # the input's part, all steps in one product
    h, cache = unroll(a, h0, W_hh, mask)
    return h, (x, W_xh, cache)


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, H), dW_hh (H, H), db (H,).
    Raises: ShapeError if dh does not fit.
    """
    x, W_xh, cache = cache
    da, dh0, dW_hh = unroll_backward(dh, cache)
    (N, T, D), da = x.shape, da.reshape(-1, da.shape[-1])  # da (N T, H): every step's rows below each other
    dx = (da @ W_xh.T).reshape(N, T, D)
    return dx, dh0, x.reshape(N * T, D).T @ da, dW_hh, da.sum(axis=0)


def unroll(a, h0, W_hh, mask=None):
    """The recurrence alone, h = tanh(a[:, t] + h @ W_hh), when the input's part `a` is known for all steps.

    Shapes: a (N, T, H); h0 (N, H); W_hh (H, H); mask (N, T).
    Returns: h (N, T, H) and the cache of `unroll_backward`.
    Raises: as `forward`.
    """
    check_shapes(a=(a, ("N", "T", "H")))
    N, T, H = a.shape
    check_shapes(h0=(h0, (N, H)), W_hh=(W_hh, (H, H)))
    runs = None if mask is None else check_mask(mask, (N, T)).T[:, :, None]
    h = np.empty((T + 1, N, H), np.result_type(a, h0, W_hh))  # time first, so that a step is one piece of memory
    h[0] = h0
    for t in range(T):
        np.matmul(h[t], W_hh, out=h[t + 1])
        h[t + 1] += a[:, t]
        np.tanh(h[t + 1], out=h[t + 1])  # in place: to ask for new memory takes longer than to add
        if runs is not None:
            h[t + 1] = np.where(runs[t], h[t + 1], h[t])
    return h[1:].swapaxes(0, 1), (h, W_hh, runs)


def unroll_backward(dh, cache):
    """The exact gradient of `unroll`.

    Shapes: dh (N, T, H); the cache is `unroll`'s.
    Returns: da (N, T, H), dh0 (N, H), dW_hh (H, H).
    Raises: ShapeError if dh does not fit.
    """
    h, W_hh, runs = cache
    before, after = h[:-1], h[1:]
    check_shapes(dh=(dh, after.swapaxes(0, 1).shape))
    W_hh_T = np.ascontiguousarray(W_hh.T)  # once: a product with a transposed view is slower
    da, dh_t = np.empty_like(after), np.zeros_like(h[0])
    for t in reversed(range(len(after))):
        dh_t += dh[:, t]  # from outside and from the future
        np.multiply(dh_t, 1 - after[t] ** 2, out=da[t])
        if runs is None:
            dh_t = da[t] @ W_hh_T
        else:
            da[t] *= runs[t]  # a step that does not run has no slope, and hands its gradient on whole
            dh_t = da[t] @ W_hh_T + dh_t * ~runs[t]
    H = len(W_hh)
    return da.swapaxes(0, 1), dh_t, before.reshape(-1, H).T @ da.reshape(-1, H)
