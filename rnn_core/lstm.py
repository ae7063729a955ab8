"""Long short-term memory: one time step, a whole batch of sequences, and the exact gradient of both.

`step_forward` and `step_backward` are the equations as they are written. `forward` and `backward` give the
same for all steps, laid out for speed: their comments say what makes them fast.

Sources: Hochreiter & Schmidhuber (1997), Long short-term memory; the forget gate: Gers, Schmidhuber &
Cummins (2000), Learning to forget.
"""

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import check_padded, check_shapes

ROWS = 256  # of the gradient (steps times sequences) taken together: enough for products, few enough for the cache


def step_forward(x, h, c, W_xh, W_hh, b):
    """Advance the cell one time step.

    Shapes: x (N, D); h, c (N, H); W_xh (D, 4H); W_hh (H, 4H); b (4H,), for N sequences, D inputs, H units;
        the columns of the weights stacked i, f, g, o.
    Units: x standardised; i, f, o in [0, 1]; g, h_next in [-1, 1]; c_next unbounded.
    Returns: h_next (N, H), c_next (N, H) and the cache of `step_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(x=(x, ("N", "D")), W_hh=(W_hh, ("H", "4H")))
    (N, D), H = x.shape, W_hh.shape[0]
    check_shapes(h=(h, (N, H)), c=(c, (N, H)), W_xh=(W_xh, (D, 4 * H)), W_hh=(W_hh, (H, 4 * H)), b=(b, (4 * H,)))
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)  # (N, H) each
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g  # a sum, so dc_next/dc is f and not a product of weights
    h_next = o * np.tanh(c_next)
    return h_next, c_next, (x, h, c, W_xh, W_hh, i, f, g, o, c_next)


def step_backward(dh_next, dc_next, cache):
    """Take the gradient of the loss back through one time step.

    Shapes: dh_next, dc_next (N, H); the cache is `step_forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, D), dh (N, H), dc (N, H), dW_xh (D, 4H), dW_hh (H, 4H), db (4H,).
    Raises: ShapeError, naming the first array that does not fit.
    """
    x, h, c, W_xh, W_hh, i, f, g, o, c_next = cache
    check_shapes(dh_next=(dh_next, c_next.shape), dc_next=(dc_next, c_next.shape))
    s = np.tanh(c_next)
    dc_next = dc_next + dh_next * o * (1 - s**2)  # the cell counts for itself and through h_next
    di, df, dg, do = dc_next * g, dc_next * c, dc_next * i, dh_next * s
    da = np.concatenate((di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)), axis=1)
    return da @ W_xh.T, da @ W_hh.T, dc_next * f, x.T @ da, h.T @ da, da.sum(axis=0)


def forward(x, h0, c0, W_xh, W_hh, b, mask=None):
    """Run the cell over a batch of sequences.

    Where the mask is 0 both states are carried on unchanged, so that h[:, -1] and c[:, -1] are the last real
    states of every sequence (h0 and c0 for an empty one).

    Shapes: x (N, T, D); h0, c0 (N, H); W_xh (D, 4H); W_hh (H, 4H); b (4H,); mask (N, T) of 0 and 1.
    Units: as `step_forward`.
    Returns: h (N, T, H) and c (N, T, H), the states after every step, and the cache of `backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a mask of other numbers.
    """
    check_shapes(x=(x, ("N", "T", "D")), W_hh=(W_hh, ("H", "4H")))
    (N, T, D), H = x.shape, W_hh.shape[0]
    check_shapes(h0=(h0, (N, H)), c0=(c0, (N, H)), W_xh=(W_xh, (D, 4 * H)), W_hh=(W_hh, (H, 4 * H)), b=(b, (4 * H,)))
    x, runs = check_padded(x, mask)
    rests = None if mask is None else ~runs.T[:, :, None]  # (T, N, 1)
    dtype = np.result_type(x, h0, c0, W_xh, W_hh, b)

    # What a step reads stands side by side, x, h and a 1 for b: one product gives all gates. c and the gates stand
    # in the order c, g, f, i, o, each in one piece: numpy handles neighbours in one call.
    read, memory = _arrays(dtype, (T + 1, N, D + H + 1), (T + 1, 5, N, H))
    h, c, now = read[:, :, D:-1], memory[:, 0], memory[:-1]
    read[:-1, :, :D], read[:, :, -1] = x.transpose(1, 0, 2), 1
    h[0], c[0] = h0, c0
    W = np.concatenate((W_xh, W_hh, b[None]), dtype=dtype).reshape(-1, 4, H).transpose(1, 0, 2)[[2, 1, 0, 3]]
    half = np.array(0.5, dtype)  # an array: numpy takes longer over a plain number
    W[1:] *= half  # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all gates
    shut = np.array([0, 1, 0, 0], dtype)[:, None, None]  # g, f, i, o of a step that does not run

    # Results go into memory that is there (out=): to ask for new memory takes as long as a small product.
    kept, written = parts = np.empty((2, N, H), dtype)
    steps = read[:-1], now[:, 1:], now[:, 2:], now[:, :2], now[:, 2:4], now[:, 4], c[1:], h[1:]
    for t, (xh1, gfio, fio, cg, fi, o, c_next, h_next) in enumerate(zip(*steps, strict=True)):
        np.matmul(xh1, W, out=gfio)
        np.tanh(gfio, out=gfio)
        np.multiply(fio, half, out=fio)
        np.add(fio, half, out=fio)
        if rests is not None:
            np.copyto(gfio, shut, where=rests[t])
        np.multiply(cg, fi, out=parts)  # f * c and i * g
        np.add(kept, written, out=c_next)
        np.multiply(o, np.tanh(c_next, out=kept), out=h_next)
        if rests is not None:
            np.copyto(h_next, h[t], where=rests[t])
    return h[1:].transpose(1, 0, 2), c[1:].transpose(1, 0, 2), (read, memory, W_xh, W_hh, rests)


def backward(dh, dc, cache):
    """Backpropagation through time: the exact gradient of `forward`.

    Shapes: dh, dc (N, T, H), the gradients that arrive at every h[:, t] and c[:, t] from outside (dc None:
        nothing outside reads c); the cache is `forward`'s.
    Units: loss per unit of each array.
    Returns: dx (N, T, D), dh0 (N, H), dc0 (N, H), dW_xh (D, 4H), dW_hh (H, 4H), db (4H,).
    Raises: ShapeError, naming the first array that does not fit.
    """
    read, memory, W_xh, W_hh, rests = cache
    (T, _, N, H), D, dtype = memory[1:].shape, W_xh.shape[0], memory.dtype
    check_shapes(dh=(dh, (N, T, H)))
    if dc is not None:
        check_shapes(dc=(dc, (N, T, H)))
    W_xh_T, W_hh_T = (np.array(W.T, dtype, order="C") for W in (W_xh, W_hh))  # a product with a view is slower
    dx, dW = np.empty((T, N, D), dtype), np.zeros((D + H + 1, 4 * H), dtype)
    dh_t, dc_t = np.zeros((2, N, H), dtype)
    size = max(1, ROWS // max(1, N))
    for end in range(T, 0, -size):
        block = slice(max(0, end - size), end)
        c_by_gfi, h_by_o, h_by_c = _slopes(memory[block], memory[1:, 0][block])
        da = np.empty((len(h_by_c), N, 4, H), dtype)  # the gates i, f, g, o, as in the weights
        by_gate = da.swapaxes(1, 2)
        times, rows = range(block.start, end), da.reshape(len(da), N, 4 * H)
        steps = times, c_by_gfi, h_by_o, h_by_c, memory[block, 2], by_gate[:, 2::-1], by_gate[:, 3], rows
        for t, slope_c, slope_h, to_c, f, da_gfi, da_o, da_t in reversed([*zip(*steps, strict=True)]):
            dh_t += dh[:, t]  # from outside and from the future
            if dc is not None:
                dc_t += dc[:, t]
            dc_t += np.multiply(dh_t, to_c, out=to_c)  # the cell counts for itself and through h
            np.multiply(dc_t, slope_c, out=da_gfi)
            np.multiply(dh_t, slope_h, out=da_o)
            dc_t *= f
            held = None if rests is None else dh_t * rests[t]
            np.dot(da_t, W_hh_T, out=dh_t)
            if rests is not None:
                dh_t += held
        da = da.reshape(-1, 4 * H)
        dW += read[block].reshape(-1, D + H + 1).T @ da  # one product for the block's dW_xh, dW_hh and db
        np.dot(da, W_xh_T, out=dx[block].reshape(-1, D))
    return dx.transpose(1, 0, 2), dh_t, dc_t, dW[:D], dW[D:-1], dW[-1]


def _slopes(memory, c_next):
    """How much the states move with what makes them, for K steps at once.

    A step that does not run has f = 1 and i = o = 0, and with them no slope but that of c_next by c, which is f.

    Shapes: memory (K, 5, N, H), c, g, f, i, o before and in each step; c_next (K, N, H).
    Returns: the slopes of c_next by the sums a of g, f and i (K, 3, N, H), of h_next by the sum a of o (K, N, H),
        and of h_next by c_next (K, N, H).
    """
    _, g, _, i, o = memory.swapaxes(0, 1)
    s, cg, fi = np.tanh(c_next), memory[:, :2], memory[:, 2:4]
    parts, h, c_by_gfi = cg * fi, s * o, np.empty_like(memory[:, :3])  # parts: f c and i g
    np.subtract(i, parts[:, 1] * g, out=c_by_gfi[:, 0])  # i (1 - g^2)
    np.multiply(parts, 1 - fi, out=c_by_gfi[:, 1:])  # c f (1 - f) and g i (1 - i)
    return c_by_gfi, h * (1 - o), o - h * s  # the last is o (1 - s^2)


def _arrays(dtype, first, second):
    """Two new arrays of the given shapes, in one piece of memory if it is not too large.

    The C library gives back to the system what a program frees, and each new page is cleared when it is touched.
    What was freed in one large piece is kept for the next call; above 32 MB nothing is.
    """
    size, sizes = np.prod(first), np.prod(first) + np.prod(second)
    if sizes * dtype.itemsize > 2**25:
        return np.empty(first, dtype), np.empty(second, dtype)
    both = np.empty(sizes, dtype)
    return both[:size].reshape(first), both[size:].reshape(second)
