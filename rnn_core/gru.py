"""The gated recurrent unit in torch's form: one time step, a whole batch of sequences, exact gradients.

Here r acts on the product h W_hn, so that all three products with h are one, and z is the share of the old
state that is kept. The published forms of 2014 differ in both: see `gru_2014`.
Sources: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder; the form: cuDNN's and
torch.nn.GRU's.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_padded, check_shapes, check_weights


def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    """Advance the cell one time step.

    Shapes: x (N, D); h (N, H); W_xh (D, 3H); W_hh (H, 3H); b_x, b_h (3H,), for N sequences, D inputs,
        H units; columns stacked r, z, n.
    Units: x standardised; r, z in [0, 1]; n in [-1, 1]; h_next lies between h and n.
    Returns: h_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")))
    H = check_weights(x.shape[1], 3, W_xh, W_hh, b_x=b_x, b_h=b_h)
    check_shapes(h=(h, (len(x), H)))
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)  # (N, H) each
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r = sigmoid(a_r + u_r)  # reset: how much of the past the candidate may see
    z = sigmoid(a_z + u_z)  # update: how much of the old state stays
    n = np.tanh(a_n + r * u_n)  # the candidate for a new state
    h_next = (1 - z) * n + z * h
    return h_next, (x, h, W_xh, W_hh, r, z, n, u_n)


def step_backward(dh_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dW_xh (D, 3H), dW_hh (H, 3H), db_x (3H,), db_h (3H,).
    Raises: ShapeError if dh_next does not fit.
    """
    x, h, W_xh, W_hh, r, z, n, u_n = cache
    check_shapes(dh_next=(dh_next, n.shape))
    dn = dh_next * (1 - z)
    dz = dh_next * (h - n)
    da_n = dn * (1 - n**2)
    du_n = da_n * r
    dr = da_n * u_n
    da_r = dr * r * (1 - r)
    da_z = dz * z * (1 - z)
    da = np.hstack([da_r, da_z, da_n])  # (N, 3H), at x W_xh + b_x
    du = np.hstack([da_r, da_z, du_n])  # (N, 3H), at h W_hh + b_h
    dh = dh_next * z + du @ W_hh.T
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(axis=0), du.sum(axis=0)


def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    """Run the cell over a batch of sequences: the step's equations, laid out for speed.

    Inside, the gate comes first, then time: each gate's numbers of a step are one block of memory. The input's
    part of all steps is one product a gate, and r, z and n are written over it: to touch fresh memory, or rows
    that lie apart, takes longer than the arithmetic.
    Where the mask is 0, z is set to 1: the state is carried on unchanged, and h[:, -1] is the last real state
    of every sequence (h0 for an empty one).

    Shapes: x (N, T, D); h0 (N, H); W_xh (D, 3H); W_hh (H, 3H); b_x, b_h (3H,); mask (N, T) of 0 and 1.
    Units: as for `step_forward`.
    Returns: h (N, T, H), the state after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")))
    N, T, D = x.shape
    H = check_weights(D, 3, W_xh, W_hh, b_x=b_x, b_h=b_h)
    check_shapes(h0=(h0, (N, H)))
    x, runs = check_padded(x, mask)
    stays = None if mask is None else ~runs.T
    x = np.ascontiguousarray(x.swapaxes(0, 1)).reshape(T * N, D)
    W, b = _by_gate(W_hh), _by_gate(b_h)
    a = (x @ _by_gate(W_xh)).astype(np.result_type(x, h0, W_xh, W, b_x, b), copy=False)
    a += _by_gate(b_x)
    a[:2] += b[:2]  # b_hn stays out: r multiplies it
    a = a.reshape(3, T, N, H)
    r, z, n = a
    h, u_n = np.empty((T + 1, N, H), a.dtype), np.empty_like(n)
    h[0] = h0
    for t in range(T):
        u = h[t] @ W
        a[:2, t] += u[:2]
        _squash(a[:2, t])  # r and z
        np.add(u[2], b[2], out=u_n[t])
        n[t] += r[t] * u_n[t]
        np.tanh(n[t], out=n[t])
        if stays is not None:  # n as well: n + (h - n) may differ from h in the last bit
            z[t][stays[t]], n[t][stays[t]] = 1, 0
        np.add(n[t], z[t] * (h[t] - n[t]), out=h[t + 1])  # (1 - z) n + z h
    return h[1:].swapaxes(0, 1), (x, h, W_xh, W_hh, r, z, n, u_n)


def backward(dh, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh (N, T, H), the gradient that arrives at every h[:, t] from outside; the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dW_xh (D, 3H), dW_hh (H, 3H), db_x (3H,), db_h (3H,).
    Raises: ShapeError if dh does not fit.
    """
    x, h, W_xh, W_hh, r, z, n, u_n = cache
    T, N, H = n.shape
    check_shapes(dh=(dh, (N, T, H)))
    W_T = np.ascontiguousarray(W_hh.T)  # once, and not in every step's product
    du, da_n, dh_t = np.empty((T, N, 3 * H), n.dtype), np.empty_like(n), np.zeros_like(h[0])
    for t in reversed(range(T)):
        dh_t += dh[:, t]  # from outside and from the future
        taken = 1 - z[t]  # of the new
        np.multiply(dh_t * taken, 1 - n[t] ** 2, out=da_n[t])
        du_n = da_n[t] * r[t]
        du[t, :, :H] = du_n * u_n[t] * (1 - r[t])
        du[t, :, H : 2 * H] = dh_t * (h[t] - n[t]) * z[t] * taken
        du[t, :, 2 * H :] = du_n
        dh_t *= z[t]
        dh_t += du[t] @ W_T
    before, d = h[:-1].reshape(T * N, H), du.reshape(T * N, 3 * H)  # every step's rows below each other
    dW_hh, db_h = before.T @ d, d.sum(axis=0)
    d[:, 2 * H :] = da_n.reshape(T * N, H)  # the one part in which x W_xh and h W_hh differ
    dx = (d @ W_xh.T).reshape(T, N, len(W_xh)).swapaxes(0, 1)
    return dx, dh_t, x.T @ d, dW_hh, d.sum(axis=0), db_h


def _by_gate(W):
    """The columns of r, z and n apart. Shapes: W (K, 3H) or (3H,). Returns: (3, K, H) or (3, 1, H)."""
    return np.stack(np.split(np.atleast_2d(W), 3, axis=1))


def _squash(a):
    """Write sigmoid(a) over a."""
    a *= 0.5
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5
