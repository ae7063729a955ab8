"""The LSTM's steps as Triton kernels: product, gates and state in one, forward and backward. Needs Triton.

One launch does `steps` of them: one, launched T times by a CUDA graph, or all T in the persistent kernel, where a
barrier stands between two steps. Sums, the gates while they are computed and the cell are of type KIND: float32
(float64 in tests). What products read, h, the weights and da, are of the type of x; `gates` are, too, but for
bfloat16, where they are float16: as many bits, of which more are behind the point. The equations are `rnn_core.lstm`'s.
"""

import triton
import triton.language as tl

from rnn_core.kernels.tiles import (
    apart,
    begin,
    dot,
    gate_columns,
    left,
    place,
    right,
    sigmoid,
    take,
    tanh,
    wait_for_all,
)


@triton.jit(do_not_specialize=["t", "steps", "N"])
def lstm_forward(
    t, steps, N, inputs, gates, W, h, c, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t + 1, ... of h' = o tanh(c'), c' = f c + i g.

    Shapes: inputs (T, N, 4H), the input's part of the sums; gates (T, N, 4H), the same memory, written: i, f, g and o;
        W (4H, H); h and c (T + 1, N, H), h[0] and c[0] given; runs (T, N) of 0 and 1; arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, at4 = rows * H + units, rows * (4 * H) + units
    ks = tl.arange(0, SUM)
    columns, known = gate_columns(H, UNITS, 4)
    if HELD:  # SUM reaches over H: the weights are read once, and stay on the chip for all steps
        W_all = right(W, columns, known, ks, H, H)
    size = N.to(tl.int64) * H
    h += t * size
    c += t * size
    inputs += t * size * 4
    gates += t * size * 4
    runs += t * N
    step = 0
    while step < steps:
        sums = tl.zeros((ROWS, 4 * UNITS), KIND)
        if HELD:
            sums = dot(left(h, rows, N, ks, H, H), W_all, sums, PRECISION)
        else:
            for k in range(0, H, SUM):
                W_k = right(W, columns, known, k + ks, H, H)
                sums = dot(left(h, rows, N, k + ks, H, H), W_k, sums, PRECISION)
        i, f, g, o = apart(sums, ROWS, UNITS)
        i, f = sigmoid(i + take(inputs, at4, inside, KIND)), sigmoid(f + take(inputs + H, at4, inside, KIND))
        g = tanh(g + take(inputs + 2 * H, at4, inside, KIND))
        o = sigmoid(o + take(inputs + 3 * H, at4, inside, KIND))
        c_old = take(c, at, inside, KIND)
        c_new = f * c_old + i * g
        h_new = o * tanh(c_new)
        if MASKED:  # a step that does not run carries both states on
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            c_new = tl.where(running, c_new, c_old)
            h_new = tl.where(running, h_new, take(h, at, inside, KIND))
        h += size
        c += size
        tl.store(h + at, h_new.to(h.dtype.element_ty), mask=inside)
        tl.store(c + at, c_new, mask=inside)
        stored: tl.constexpr = gates.dtype.element_ty
        tl.store(gates + at4, i.to(stored), mask=inside)
        tl.store(gates + H + at4, f.to(stored), mask=inside)
        tl.store(gates + 2 * H + at4, g.to(stored), mask=inside)
        tl.store(gates + 3 * H + at4, o.to(stored), mask=inside)
        inputs += size * 4
        gates += size * 4
        runs += N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)


@triton.jit(do_not_specialize=["t", "steps", "N"])
def lstm_backward(
    t, steps, N, dh, da, W_T, gates, c, dc, held, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t - 1, ... of the gradient: first the product with what step t + 1 left, then the gates of step t.

    In this order one launch a step is enough: the product needs da[t + 1] of all programs, and the gates only what
    the program itself has.

    Shapes: dh (T, N, H), from outside; da (T + 1, N, 4H), da[T] 0, the rest written; W_T (H, 4H); gates and c as
        the forward pass left them; dc (N, H) from outside at the end, written over by the gradient at c[t]; held
        (N, H), what masked steps hand on of dh, 0 at first; runs (T, N); arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, at4 = rows * H + units, rows * (4 * H) + units
    ks = tl.arange(0, SUM)
    if HELD:
        W_i, W_f = right(W_T, units, units < H, ks, H, 4 * H), right(W_T + H, units, units < H, ks, H, 4 * H)
        W_g, W_o = (
            right(W_T + 2 * H, units, units < H, ks, H, 4 * H),
            right(W_T + 3 * H, units, units < H, ks, H, 4 * H),
        )
    size = N.to(tl.int64) * H
    dh += t * size
    c += t * size
    da += t * size * 4
    gates += t * size * 4
    runs += t * N
    step = 0
    while step < steps:
        after = da + size * 4
        total = tl.zeros((ROWS, UNITS), KIND)
        if HELD:
            total = dot(left(after, rows, N, ks, H, 4 * H), W_i, total, PRECISION)
            total = dot(left(after + H, rows, N, ks, H, 4 * H), W_f, total, PRECISION)
            total = dot(left(after + 2 * H, rows, N, ks, H, 4 * H), W_g, total, PRECISION)
            total = dot(left(after + 3 * H, rows, N, ks, H, 4 * H), W_o, total, PRECISION)
        else:
            for k in range(0, 4 * H, SUM):
                a_k = left(after, rows, N, k + ks, 4 * H, 4 * H)
                total = dot(a_k, right(W_T, units, units < H, k + ks, 4 * H, 4 * H), total, PRECISION)
        total += take(dh, at, inside, KIND)
        i, f = take(gates, at4, inside, KIND), take(gates + H, at4, inside, KIND)
        g, o = take(gates + 2 * H, at4, inside, KIND), take(gates + 3 * H, at4, inside, KIND)
        dc_new, s = take(dc, at, inside, KIND), tanh(take(c + size, at, inside, KIND))
        if MASKED:
            total += take(held, at, inside, KIND)
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            tl.store(held + at, tl.where(running, 0.0, total), mask=inside)
            dh_t = tl.where(running, total, 0.0)
        else:
            dh_t = total
        dc_old = dc_new
        dc_new += dh_t * o * (1 - s * s)  # the cell counts for itself and through h
        di, df = dc_new * g * i * (1 - i), dc_new * take(c, at, inside, KIND) * f * (1 - f)
        dg, do = dc_new * i * (1 - g * g), dh_t * s * o * (1 - o)
        dc_new *= f
        if MASKED:  # a step that does not run has no slope
            di, df = tl.where(running, di, 0.0), tl.where(running, df, 0.0)
            dg, do = tl.where(running, dg, 0.0), tl.where(running, do, 0.0)
            dc_new = tl.where(running, dc_new, dc_old)
        tl.store(dc + at, dc_new, mask=inside)
        stored: tl.constexpr = da.dtype.element_ty
        tl.store(da + at4, di.to(stored), mask=inside)
        tl.store(da + H + at4, df.to(stored), mask=inside)
        tl.store(da + 2 * H + at4, dg.to(stored), mask=inside)
        tl.store(da + 3 * H + at4, do.to(stored), mask=inside)
        dh -= size
        c -= size
        da -= size * 4
        gates -= size * 4
        runs -= N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)
