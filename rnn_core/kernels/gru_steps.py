"""The GRU's steps as Triton kernels, in torch's form: see `lstm_steps`, which has the same form. Needs Triton.

The state that is carried on is kept in float32 beside what the product reads: where z is near 1 it changes by less
than half of the last bit that bfloat16 has, and would stand still. The equations are `rnn_core.gru`'s.
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
def gru_forward(
    t, steps, N, inputs, gates, W, b_n, h, state, u_n, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t + 1, ... of h' = (1 - z) n + z h.

    Shapes: inputs (T, N, 3H), the input's part of the sums with all biases but b_n; gates (T, N, 3H), the same
        memory, written: r, z and n; W (3H, H); b_n (H,), which r multiplies; h (T + 1, N, H), h[0] given; state
        (N, H), at first h[0]; u_n (T, N, H), written: what r multiplies; runs (T, N) of 0 and 1; arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, at3 = rows * H + units, rows * (3 * H) + units
    columns, known = gate_columns(H, UNITS, 3)
    ks = tl.arange(0, SUM)
    if HELD:
        W_all = right(W, columns, known, ks, H, H)
    b = take(b_n, units, units < H, KIND)
    size = N.to(tl.int64) * H
    h += t * size
    u_n += t * size
    inputs += t * size * 3
    gates += t * size * 3
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
        r, z, u, _ = apart(sums, ROWS, UNITS)
        r, z = sigmoid(r + take(inputs, at3, inside, KIND)), sigmoid(z + take(inputs + H, at3, inside, KIND))
        u += b
        n = tanh(take(inputs + 2 * H, at3, inside, KIND) + r * u)
        old = take(state, at, inside, KIND)
        new = n + z * (old - n)  # (1 - z) n + z h
        if MASKED:
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            new = tl.where(running, new, old)
        h += size
        tl.store(state + at, new, mask=inside)
        tl.store(h + at, new.to(h.dtype.element_ty), mask=inside)
        stored: tl.constexpr = gates.dtype.element_ty
        tl.store(gates + at3, r.to(stored), mask=inside)
        tl.store(gates + H + at3, z.to(stored), mask=inside)
        tl.store(gates + 2 * H + at3, n.to(stored), mask=inside)
        tl.store(u_n + at, u, mask=inside)
        u_n += size
        inputs += size * 3
        gates += size * 3
        runs += N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)


@triton.jit(do_not_specialize=["t", "steps", "N"])
def gru_backward(
    t, steps, N, dh, da, da_n, W_T, gates, u_n, h, held, runs, arrived,
    H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr,
    MASKED: tl.constexpr, HELD: tl.constexpr, PROGRAMS: tl.constexpr, PRECISION: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    """Steps t, t - 1, ... of the gradient.

    Shapes: dh (T, N, H), from outside; da (T + 1, N, 3H), the gradient at the state's part of the sums, da[T] 0,
        the rest written; da_n (T, N, H), written: the block n of the input's part, the one that differs;
        W_T (H, 3H); gates, u_n and h as the forward pass left them; held (N, H), what goes past the gates, 0 at
        first; runs (T, N); arrived (1,), 0.
    """
    begin(EARLY)
    rows, units, inside = place(N, H, ROWS, UNITS)
    at, at3 = rows * H + units, rows * (3 * H) + units
    ks, known = tl.arange(0, SUM), units < H
    if HELD:
        W_r, W_z = right(W_T, units, known, ks, H, 3 * H), right(W_T + H, units, known, ks, H, 3 * H)
        W_n = right(W_T + 2 * H, units, known, ks, H, 3 * H)
    size = N.to(tl.int64) * H
    dh += t * size
    h += t * size
    u_n += t * size
    da_n += t * size
    da += t * size * 3
    gates += t * size * 3
    runs += t * N
    step = 0
    while step < steps:
        after = da + size * 3
        total = tl.zeros((ROWS, UNITS), KIND)
        if HELD:
            total = dot(left(after, rows, N, ks, H, 3 * H), W_r, total, PRECISION)
            total = dot(left(after + H, rows, N, ks, H, 3 * H), W_z, total, PRECISION)
            total = dot(left(after + 2 * H, rows, N, ks, H, 3 * H), W_n, total, PRECISION)
        else:
            for k in range(0, 3 * H, SUM):
                W_k = right(W_T, units, known, k + ks, 3 * H, 3 * H)
                total = dot(left(after, rows, N, k + ks, 3 * H, 3 * H), W_k, total, PRECISION)
        total += take(dh, at, inside, KIND) + take(held, at, inside, KIND)
        r, z = take(gates, at3, inside, KIND), take(gates + H, at3, inside, KIND)
        n, u = take(gates + 2 * H, at3, inside, KIND), take(u_n, at, inside, KIND)
        dn = total * (1 - z) * (1 - n * n)
        dz = total * (take(h, at, inside, KIND) - n) * z * (1 - z)
        past = total * z
        if MASKED:  # a step that does not run has no slope
            running = tl.load(runs + rows, mask=rows < N, other=0) != 0
            dn, dz = tl.where(running, dn, 0.0), tl.where(running, dz, 0.0)
            r, u = tl.where(running, r, 0.0), tl.where(running, u, 0.0)
            past = tl.where(running, past, total)
        tl.store(held + at, past, mask=inside)
        stored: tl.constexpr = da.dtype.element_ty
        tl.store(da + at3, (dn * u * r * (1 - r)).to(stored), mask=inside)
        tl.store(da + H + at3, dz.to(stored), mask=inside)
        tl.store(da + 2 * H + at3, (dn * r).to(stored), mask=inside)
        tl.store(da_n + at, dn.to(stored), mask=inside)
        dh -= size
        h -= size
        u_n -= size
        da_n -= size
        da -= size * 3
        gates -= size * 3
        runs -= N
        step += 1
        wait_for_all(arrived, step, PROGRAMS)
