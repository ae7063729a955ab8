"""The layer-norm LSTM's steps as Triton kernels: two launches a step, products and rows. Needs Triton.

Mean and variance are taken over all sums of a row, and over all its cells: a program that owns a tile of units cannot
know them. A program that owned whole rows could, but there are few of them (N / 16 for tensor cores), and each would
read all weights. So `multiply` makes the sums, spread over units, and then every row is one program, which holds all
that belongs to it: both means, all gates and both states need no further exchange. Backward alike: the product
with what step t + 1 left first, then the row. The equations are `rnn_core.normalised_cells`'s.
"""

import triton
import triton.language as tl

from rnn_core.kernels.tiles import begin, dot, left, place, right, sigmoid, take, tanh


@triton.jit(do_not_specialize=["t", "N"])
def multiply(
    t, N, a, W, sums,
    K: tl.constexpr, COLUMNS: tl.constexpr,
    ROWS: tl.constexpr, UNITS: tl.constexpr, SUM: tl.constexpr, KIND: tl.constexpr, PRECISION: tl.constexpr,
    EARLY: tl.constexpr,
):  # fmt: skip
    """sums = a[t] W^T. Shapes: a (T, N, K); W (COLUMNS, K); sums (N, COLUMNS), written."""
    begin(EARLY)
    rows, units, inside = place(N, COLUMNS, ROWS, UNITS)
    ks = tl.arange(0, SUM)
    a += t * (N.to(tl.int64) * K)
    total = tl.zeros((ROWS, UNITS), KIND)
    for k in range(0, K, SUM):
        W_k = right(W, units, units < COLUMNS, k + ks, K, K)
        total = dot(left(a, rows, N, k + ks, K, K), W_k, total, PRECISION)
    tl.store(sums + rows * COLUMNS + units, total, mask=inside)


@triton.jit
def four(array, units, inside, H: tl.constexpr, KIND: tl.constexpr):
    """The four parts of a row (4H,)."""
    first, second = take(array, units, inside, KIND), take(array + H, units, inside, KIND)
    return first, second, take(array + 2 * H, units, inside, KIND), take(array + 3 * H, units, inside, KIND)


@triton.jit
def keep_four(array, units, inside, i, f, g, o, H: tl.constexpr):
    """Write them."""
    stored: tl.constexpr = array.dtype.element_ty
    tl.store(array + units, i.to(stored), mask=inside)
    tl.store(array + H + units, f.to(stored), mask=inside)
    tl.store(array + 2 * H + units, g.to(stored), mask=inside)
    tl.store(array + 3 * H + units, o.to(stored), mask=inside)


@triton.jit
def mean_of_four(i, f, g, o, H: tl.constexpr):
    """The mean over the 4H numbers of a row, which are 0 beyond H."""
    return tl.sum(i + f + g + o, 0) / (4 * H)


@triton.jit
def normal_four(sums, units, inside, H: tl.constexpr, KIND: tl.constexpr, EPS: tl.constexpr):
    """A row of sums (4H,), normalised. Returns: its four parts, 0 beyond H, and what they were multiplied by."""
    i, f, g, o = four(sums, units, inside, H, KIND)
    mean = mean_of_four(i, f, g, o, H)
    i, f = tl.where(inside, i - mean, 0.0), tl.where(inside, f - mean, 0.0)
    g, o = tl.where(inside, g - mean, 0.0), tl.where(inside, o - mean, 0.0)
    by = 1 / tl.sqrt(mean_of_four(i * i, f * f, g * g, o * o, H) + EPS)
    return i * by, f * by, g * by, o * by, by


@triton.jit
def normal_cell(c, inside, H: tl.constexpr, EPS: tl.constexpr):
    """A row of cells (H,), normalised, 0 beyond H, and what it was multiplied by."""
    centred = tl.where(inside, c - tl.sum(tl.where(inside, c, 0.0), 0) / H, 0.0)
    by = 1 / tl.sqrt(tl.sum(centred * centred, 0) / H + EPS)
    return centred * by, by


@triton.jit
def add_four(array, units, inside, i, f, g, o, H: tl.constexpr, KIND: tl.constexpr):
    """Add this step's share to a row (4H,) that is this program's own."""
    old_i, old_f, old_g, old_o = four(array, units, inside, H, KIND)
    keep_four(array, units, inside, old_i + i, old_f + f, old_g + g, old_o + o, H)


@triton.jit
def back_four(
    da, dgain, gain, n_i, n_f, n_g, n_o, by, di, df, dg, do, units, inside, H: tl.constexpr, KIND: tl.constexpr
):
    """The gradient of `normal_four` with a gain behind it: less what would shift or scale the whole row."""
    add_four(dgain, units, inside, di * n_i, df * n_f, dg * n_g, do * n_o, H, KIND)
    gain_i, gain_f, gain_g, gain_o = four(gain, units, inside, H, KIND)
    di, df, dg, do = di * gain_i, df * gain_f, dg * gain_g, do * gain_o
    mean, along = mean_of_four(di, df, dg, do, H), mean_of_four(di * n_i, df * n_f, dg * n_g, do * n_o, H)
    di, df = by * (di - mean - n_i * along), by * (df - mean - n_f * along)
    dg, do = by * (dg - mean - n_g * along), by * (do - mean - n_o * along)
    keep_four(da, units, inside, di, df, dg, do, H)


@triton.jit(do_not_specialize=["t", "N"])
def row_forward(
    t, N, inputs, sums, h, c, normal, gates, scale, gain_x, gain_h, b, gain_c, b_c, runs,
    H: tl.constexpr, WIDTH: tl.constexpr, KIND: tl.constexpr, EPS: tl.constexpr, MASKED: tl.constexpr,
    EARLY: tl.constexpr,
):  # fmt: skip
    """Step t of one row, when its product is known.

    Shapes: inputs (T, N, 4H), the input's products; sums (N, 4H), the state's; h and c (T + 1, N, H), h[0] and
        c[0] given; normal (T, N, 4H), written: the state's products, normalised; scale (T, N), written: what they
        were multiplied by for that; gates (T, N, 4H), written: i, f, g and o; gain_x, gain_h, b (4H,); gain_c, b_c
        (H,); runs (T, N) of 0 and 1.
    """
    begin(EARLY)
    n, units = tl.program_id(0), tl.arange(0, WIDTH)
    inside = units < H
    row = t * N.to(tl.int64) + n
    h += row * H
    c += row * H
    i, f, g, o, by = normal_four(sums + n * (4 * H), units, inside, H, KIND, EPS)
    keep_four(normal + row * (4 * H), units, inside, i, f, g, o, H)
    tl.store(scale + row, by)
    by_i, by_f, by_g, by_o = four(gain_h, units, inside, H, KIND)
    b_i, b_f, b_g, b_o = four(b, units, inside, H, KIND)
    i, f, g, o = i * by_i + b_i, f * by_f + b_f, g * by_g + b_g, o * by_o + b_o
    x_i, x_f, x_g, x_o, _ = normal_four(inputs + row * (4 * H), units, inside, H, KIND, EPS)
    by_i, by_f, by_g, by_o = four(gain_x, units, inside, H, KIND)
    i, f, g, o = i + x_i * by_i, f + x_f * by_f, g + x_g * by_g, o + x_o * by_o
    i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
    keep_four(gates + row * (4 * H), units, inside, i, f, g, o, H)
    c_old = take(c, units, inside, KIND)
    c_new = f * c_old + i * g
    s, _ = normal_cell(c_new, inside, H, EPS)
    h_new = o * tanh(s * take(gain_c, units, inside, KIND) + take(b_c, units, inside, KIND))
    if MASKED:  # a step that does not run carries both states on
        running = tl.load(runs + row) != 0
        c_new = tl.where(running, c_new, c_old)
        h_new = tl.where(running, h_new, take(h, units, inside, KIND))
    tl.store(h + N * H + units, h_new.to(h.dtype.element_ty), mask=inside)
    tl.store(c + N * H + units, c_new, mask=inside)


@triton.jit(do_not_specialize=["t", "N"])
def row_backward(
    t, N, dh, sums, da, dx, inputs, gates, c, normal, scale, gain_x, gain_h, gain_c, b_c, dc, held,
    dgain_x, dgain_h, db, dgain_c, db_c, runs,
    H: tl.constexpr, WIDTH: tl.constexpr, KIND: tl.constexpr, EPS: tl.constexpr, MASKED: tl.constexpr,
    EARLY: tl.constexpr,
):  # fmt: skip
    """Step t of one row's gradient, when its product with what step t + 1 left is known.

    Shapes: dh (T, N, H), from outside; sums (N, H), from the product; da (T + 1, N, 4H) and dx (T, N, 4H), written:
        the gradients at the state's and at the input's products; dc (N, H), from outside at the end, written over;
        held (N, H), what masked steps hand on of dh, 0 at first; dgain_x, dgain_h, db (N, 4H), dgain_c and db_c
        (N, H), each row's own, to which this step's share is added; all else as `row_forward`.
    """
    begin(EARLY)
    n, units = tl.program_id(0), tl.arange(0, WIDTH)
    inside = units < H
    row, own, own4 = t * N.to(tl.int64) + n, n * H + units, n * (4 * H)
    row4 = row * (4 * H)
    c += row * H
    dh_t = take(dh + row * H, units, inside, KIND) + take(sums, own, inside, KIND)
    i, f, g, o = four(gates + row4, units, inside, H, KIND)
    if MASKED:  # a step that does not run has no slope, and hands its gradient on whole
        dh_t += take(held, own, inside, KIND)
        running = tl.load(runs + row) != 0
        tl.store(held + own, tl.where(running, 0.0, dh_t), mask=inside)
        dh_t = tl.where(running, dh_t, 0.0)
        i, f = tl.where(running, i, 0.0), tl.where(running, f, 0.0)
        g, o = tl.where(running, g, 0.0), tl.where(running, o, 0.0)
    out, by = normal_cell(take(c + N * H, units, inside, KIND), inside, H, EPS)
    gain = take(gain_c, units, inside, KIND)
    s = tanh(out * gain + take(b_c, units, inside, KIND))
    ds = dh_t * o * (1 - s * s)  # 0 beyond H, since dh_t is
    tl.store(dgain_c + own, take(dgain_c, own, inside, KIND) + ds * out, mask=inside)
    tl.store(db_c + own, take(db_c, own, inside, KIND) + ds, mask=inside)
    ds *= gain
    dc_old = take(dc, own, inside, KIND)
    dc_new = dc_old + by * (ds - tl.sum(ds, 0) / H - out * (tl.sum(ds * out, 0) / H))
    di, df = dc_new * g * i * (1 - i), dc_new * take(c, units, inside, KIND) * f * (1 - f)
    dg, do = dc_new * i * (1 - g * g), dh_t * s * o * (1 - o)
    dc_new *= f
    if MASKED:
        dc_new = tl.where(running, dc_new, dc_old)
    tl.store(dc + own, dc_new, mask=inside)
    add_four(db + own4, units, inside, di, df, dg, do, H, KIND)
    i, f, g, o, by = normal_four(inputs + row4, units, inside, H, KIND, EPS)
    back_four(dx + row4, dgain_x + own4, gain_x, i, f, g, o, by, di, df, dg, do, units, inside, H, KIND)
    i, f, g, o = four(normal + row4, units, inside, H, KIND)
    by = tl.load(scale + row)
    back_four(da + row4, dgain_h + own4, gain_h, i, f, g, o, by, di, df, dg, do, units, inside, H, KIND)
