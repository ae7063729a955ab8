"""What all kernels share: tiles of the weights, products, gates, and a barrier for the whole grid. Needs Triton.

A program owns a tile of the result: ROWS sequences times UNITS units. Its products walk along what is summed over in
pieces of SUM. A weight tile is read with the summed index contiguous in memory, as torch stores `weight_hh (G H, H)`.
Triton's language: Tillet, Kung & Cox (2019), Triton: an intermediate language and compiler for tiled neural network
computations.
"""

import triton
import triton.language as tl
from triton.language.extra.cuda import gdc_launch_dependents, gdc_wait


@triton.jit
def begin(EARLY: tl.constexpr):
    """A launch that comes early (launch_pdl=True) stands by while the one before it still runs, and waits here until
    that has written all. It lets the next one stand by in turn."""
    if EARLY:
        gdc_launch_dependents()
        gdc_wait()


@triton.jit
def place(N, H: tl.constexpr, ROWS: tl.constexpr, UNITS: tl.constexpr):
    """The rows and units of this program. Returns: rows (ROWS, 1), units (1, UNITS) and where both exist."""
    across: tl.constexpr = (H + UNITS - 1) // UNITS  # programs side by side share rows
    rows = (tl.program_id(0) // across * ROWS + tl.arange(0, ROWS))[:, None]
    units = (tl.program_id(0) % across * UNITS + tl.arange(0, UNITS))[None, :]
    return rows, units, (rows < N) & (units < H)


@triton.jit
def left(state, rows, N, ks, K: tl.constexpr, STRIDE: tl.constexpr):
    """The tile state[rows, ks] of a matrix (N, STRIDE), 0 beyond N and K.

    .cg: past the first cache, which is a multiprocessor's own and may not know what another one has just written.
    """
    return tl.load(
        state + rows * STRIDE + ks[None, :], mask=(rows < N) & (ks < K)[None, :], other=0.0, cache_modifier=".cg"
    )


@triton.jit
def right(W, columns, known, ks, K: tl.constexpr, STRIDE: tl.constexpr):
    """The tile W[columns, ks], turned to (SUM, columns), 0 where a column is not known and beyond K."""
    return tl.load(W + columns * STRIDE + ks[:, None], mask=known & (ks < K)[:, None], other=0.0)


@triton.jit
def gate_columns(H: tl.constexpr, UNITS: tl.constexpr, GATES: tl.constexpr):
    """Which rows of W (G H, H) make this program's gates, four neighbours for a unit: one product makes all gates.

    Returns: columns (1, 4 UNITS), and which of them are there: the fourth is not if there are three GATES.
    """
    across: tl.constexpr = (H + UNITS - 1) // UNITS
    q = tl.arange(0, 4 * UNITS)[None, :]
    units, gates = tl.program_id(0) % across * UNITS + q // 4, q % 4
    return gates * H + units, (units < H) & (gates < GATES)


@triton.jit
def apart(sums, ROWS: tl.constexpr, UNITS: tl.constexpr):
    """The four gates of sums (ROWS, 4 UNITS), each (ROWS, UNITS)."""
    even, odd = tl.split(tl.reshape(sums, (ROWS, UNITS, 2, 2)))  # gates 0 and 2, gates 1 and 3
    first, third = tl.split(even)
    second, fourth = tl.split(odd)
    return first, second, third, fourth


@triton.jit
def rounded(a, PRECISION: tl.constexpr):
    """What the product reads of float32: in "tf32" 10 bits after the leading one, rounded to the nearest.

    Tensor cores drop the other bits; dropped without rounding, every product would come out too small. NaN stays as it
    is: a GPU writes it with all bits set, of which the sum would make 0.
    """
    if PRECISION == "tf32":
        near = ((a.to(tl.int32, bitcast=True) + 0x1000) & -0x2000).to(tl.float32, bitcast=True)
        a = tl.where(a == a, near, a)
    return a


@triton.jit
def dot(a, w, total, PRECISION: tl.constexpr):
    """total + a w, summed in the type of `total` (float32; float64 in tests).

    "upcast": for Triton's interpreter, whose own product does not know bfloat16.
    """
    if PRECISION == "upcast":
        return tl.dot(a.to(tl.float32), w.to(tl.float32), total, input_precision="ieee", out_dtype=total.dtype)
    return tl.dot(rounded(a, PRECISION), w, total, input_precision=PRECISION, out_dtype=total.dtype)


@triton.jit
def sigmoid(a):
    return 1 / (1 + tl.exp(-a))


@triton.jit
def tanh(a):
    """By exp of a negative number, so that nothing overflows; near 0 by its series, where 1 - e would cancel."""
    e = tl.exp(-2 * tl.abs(a))
    far = (1 - e) / (1 + e)
    far = tl.where(a < 0, -far, far)
    if a.dtype == tl.float64:
        return far
    q = a * a
    near = a * (1 + q * (-1 / 3 + q * (2 / 15 + q * (-17 / 315 + q * (62 / 2835)))))  # off by 1e-8 of it at 1/4
    return tl.where(q < 0.0625, near, far)


@triton.jit
def take(array, at, inside, kind: tl.constexpr):
    """Load a tile as numbers of type `kind`; 0 outside."""
    return tl.load(array + at, mask=inside, other=0).to(kind)


@triton.jit
def wait_for_all(arrived, round, PROGRAMS: tl.constexpr):
    """A barrier for the whole grid: nobody goes on before all have come here `round` times.

    Every program adds 1 to `arrived`, and looks until all have. All programs must be running at once, or those that
    run wait for ever for those that cannot start: launch_cooperative_grid=True sees to it.
    """
    tl.debug_barrier()  # all threads of this program have written
    if PROGRAMS > 1:
        tl.atomic_add(arrived, 1, sem="release", scope="gpu")
        while tl.atomic_add(arrived, 0, sem="acquire", scope="gpu") < round * PROGRAMS:
            pass
        tl.debug_barrier()
