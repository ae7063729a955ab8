"""The tanh cell's steps as Triton kernels: see `lstm_steps`, which has the same form. Needs Triton.

The equations are `rnn_core.rnn`'s.
"""

import triton
import triton.language as tl

from rnn_core.kernels.tiles import begin, dot, left, place, right, take, tanh, wait_for_all


@triton.jit(do_not_specialize=["t", "steps", "N"])
def tanh_forward(
    t, steps, N, inputs, W, h, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t + 1, ... of h' = tanh(a + h W).

    Shapes: inputs (T, N, H), the input's part a of the sums; W (H, H); h (T + 1, N, H), h[0] given; runs (T, N) of
        0 and 1; arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, ks = rows * H + units, tl.arange(0, SUM)
    if HELD:
        W_all = right(W, units, units < H, ks, H, H)
    size = N.to(tl.int64) * H
    h += t * size
    inputs += t * size
    runs += t * N
    step = 0
    while step < steps:
        total = tl.zeros((ROWS, UNITS), KIND)
        if HELD:
            total = dot(left(h, rows, N, ks, H, H), W_all, total, PRECISION)
        else:
            for k in range(0, H, SUM):
                W_k = right(W, units, units < H, k + ks, H, H)
                total = dot(left(h, rows, N, k + ks, H, H), W_k, total, PRECISION)
        h_new = tanh(total + take(inputs, at, inside, KIND))
        if MASKED:
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            h_new = tl.where(running, h_new, take(h, at, inside, KIND))
        h += size
        tl.store(h + at, h_new.to(h.dtype.element_ty), mask=inside)
        inputs += size
        runs += N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)


@triton.jit(do_not_specialize=["t", "steps", "N"])
def tanh_backward(
    t, steps, N, dh, da, W_T, h, held, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t - 1, ... of the gradient.

    Shapes: dh (T, N, H), from outside; da (T + 1, N, H), da[T] 0, the rest written; W_T (H, H); h as the forward
        pass left it; held (N, H), what masked steps hand on of dh, 0 at first; runs (T, N); arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, ks = rows * H + units, tl.arange(0, SUM)
    if HELD:
        W_all = right(W_T, units, units < H, ks, H, H)
    size = N.to(tl.int64) * H
    dh += t * size
    h += t * size
    da += t * size
    runs += t * N
    step = 0
    while step < steps:
        after = da + size
        total = tl.zeros((ROWS, UNITS), KIND)
        if HELD:
            total = dot(left(after, rows, N, ks, H, H), W_all, total, PRECISION)
        else:
            for k in range(0, H, SUM):
                W_k = right(W_T, units, units < H, k + ks, H, H)
                total = dot(left(after, rows, N, k + ks, H, H), W_k, total, PRECISION)
        total += take(dh, at, inside, KIND)
        h_new = take(h + size, at, inside, KIND)
        slope = 1 - h_new * h_new
        if MASKED:  # a step that does not run has no slope, and hands its gradient on whole
            total += take(held, at, inside, KIND)
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            tl.store(held + at, tl.where(running, 0.0, total), mask=inside)
            total = tl.where(running, total, 0.0)
        tl.store(da + at, (total * slope).to(da.dtype.element_ty), mask=inside)
        dh -= size
        h -= size
        da -= size
        runs -= N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)
