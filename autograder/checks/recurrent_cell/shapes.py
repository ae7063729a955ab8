"""The shapes of everything in the cell, and how many numbers it learns."""

from numbers import Integral

import numpy as np

from autograder.compare import CheckFailed, brief, expect, expect_equal
from autograder.spec import Exercise

N, T, D, H, V = 16, 30, 5, 24, 4
RIGHT = {
    "x": (N, T, D),
    "x_t": (N, D),
    "h0": (N, H),
    "W_xh": (D, H),
    "W_hh": (H, H),
    "b": (H,),
    "h_t": (N, H),
    "h": (N, T, H),
    "W_hy": (H, V),
    "scores": (N, T, V),
}
WHERE = {
    "x": f"{N} stations, each with {T} days of {D} measurements: sequences first, then steps, then what is measured.",
    "x_t": "The measurements of one day: the axis of the time steps is gone.",
    "h0": "Every sequence begins with a state of its own, a number for each unit.",
    "W_xh": f"`x_t @ W_xh` must turn {D} numbers a row into {H}.",
    "W_hh": f"`h_t @ W_hh` must turn {H} numbers a row into {H}.",
    "b": "A number for each unit, the same for every sequence and every day.",
    "h_t": "The state of one day: every sequence has its own, a number for each unit.",
    "h": "The state after every step, of every sequence.",
    "W_hy": f"`h_t @ W_hy` must turn {H} numbers a row into {V}.",
    "scores": "Scores for every sequence and every day.",
}

SHAPES = Exercise(
    "cell-shapes",
    values={"shapes": RIGHT},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Take the arrays in the order of the equation. In a product `A @ B` the last axis of `A` and the first of `B` "
        "have the same length, and it is gone in the result.",
        "Data has an axis for the sequences: N comes first. Weights are shared by all sequences and all steps: "
        "neither N nor T stands in their shapes.",
        "`x` is (N, T, D), a single step `x_t` is (N, D), weights are (from, to): `W_xh` is (D, H).",
    ),
    explain="Weights are (from, to). Data is (sequence, step, what is measured). A bias has one axis.",
)
COUNT = Exercise(
    "cell-count",
    functions={
        "count_parameters": lambda D, H, V: D * H + H * H + H + H * V + V,
    },
    points=1,
    minutes=5,
    difficulty=1,
    hints=(
        "There are five arrays: `W_xh`, `W_hh`, `b`, `W_hy`, `b_y`. Write down the shape of each.",
        "A (D, H) array holds `D * H` numbers. Neither N nor T stands in a shape of a weight.",
    ),
    explain="The number of time steps does not occur: the weights are shared by all steps.",
)


def expect_shapes(shapes, names):
    expect(isinstance(shapes, dict), f"shapes: expected a dict of ten shapes, got {brief(shapes)}.")
    for name in names:
        expect(name in shapes, f"shapes: {name!r} is missing.")
        got = shapes[name]
        if isinstance(got, np.ndarray):
            got = got.tolist()
        if not isinstance(got, tuple | list) or not all(isinstance(size, Integral) for size in got):
            comma = " A shape with one axis is written with a comma, as (7,)." if isinstance(got, int) else ""
            raise CheckFailed(f"{name}: expected a tuple of whole numbers, got {brief(got)}.{comma}")
        want = RIGHT[name]
        axes = f"{len(want)} {'axis' if len(want) == 1 else 'axes'}"
        told = f"expected {axes}, got {len(got)} in {tuple(got)}" if len(got) != len(want) else f"{tuple(got)} does not fit"
        expect(tuple(got) == want, f"{name}: {told}. {WHERE[name]}")


@SHAPES.check("the data: x, x_t, h0")
def data(student, rng):
    expect_shapes(student.shapes, ("x", "x_t", "h0"))


@SHAPES.check("the weights: W_xh, W_hh, b, W_hy")
def weights(student, rng):
    expect_shapes(student.shapes, ("W_xh", "W_hh", "b", "W_hy"))


@SHAPES.check("what is computed: h_t, h, scores")
def computed(student, rng):
    expect_shapes(student.shapes, ("h_t", "h", "scores"))


SHAPES.mistake(
    "weights written as (to, from)",
    "All three weights are transposed, as in texts that multiply from the left. Here rows are sequences and the "
    "weights stand on the right: `x_t @ W_xh`, so a weight is (from, to).",
    shapes={**RIGHT, "W_xh": (H, D), "W_hy": (V, H)},
)
SHAPES.mistake(
    "time before the batch",
    "You put the steps first. Some libraries do; this course puts the sequences first: (N, T, …).",
    shapes={**RIGHT, "x": (T, N, D), "h": (T, N, H), "scores": (T, N, V)},
)
SHAPES.mistake(
    "only the last state is kept",
    "`h` holds the state after every step, so it has an axis for the steps, and so have the scores.",
    shapes={**RIGHT, "h": (N, H), "scores": (N, V)},
)
SHAPES.mistake(
    "one bias for each sequence",
    "The bias belongs to the units and is shared by all sequences: it has no axis N. Broadcasting repeats it.",
    shapes={**RIGHT, "b": (N, H)},
)
SHAPES.mistake(
    "a first state for every step",
    "`h0` is the state before the first step, once for each sequence. The states of all steps are `h`.",
    shapes={**RIGHT, "h0": (N, T, H)},
)
SHAPES.mistake(
    "W_hh reads the input",
    "`W_hh` stands between the old state and the new one: H numbers in, H numbers out. D belongs to `W_xh`.",
    shapes={**RIGHT, "W_hh": (D, H)},
)


def expect_counts(student, sizes, hint):
    for D, H, V in sizes:
        want = D * H + H * H + H + H * V + V
        expect_equal(f"count_parameters({D}, {H}, {V})", student.count_parameters(D, H, V), want, hint=hint)


@COUNT.check("the cell alone: V = 0")
def cell_alone(student, rng):
    sizes = [(int(D), int(D) + int(H), 0) for D, H in rng.integers(2, 20, size=(3, 2))]
    expect_counts(student, sizes, hint="The cell has two weight arrays and one bias.")


@COUNT.check("with the output layer")
def with_output(student, rng):
    sizes = [(int(D), int(D) + int(H), int(D) + int(H) + int(V)) for D, H, V in rng.integers(2, 20, size=(3, 3))]
    expect_counts(student, sizes, hint="The output layer has weights and a bias of its own.")


COUNT.mistake(
    "the biases are not counted",
    "The three weight arrays are there. Each layer also has a bias: `b` with H numbers, `b_y` with V.",
    count_parameters=lambda D, H, V: D * H + H * H + H * V,
)
COUNT.mistake(
    "the output's bias is not counted",
    "`b_y` is missing: one number for each of the V scores.",
    count_parameters=lambda D, H, V: D * H + H * H + H + H * V,
)
COUNT.mistake(
    "the recurrent weights are not counted",
    "What you counted is a feedforward net. The loop has weights of its own: every unit reads every unit.",
    count_parameters=lambda D, H, V: D * H + H + H * V + V,
)
COUNT.mistake(
    "one recurrent weight a unit",
    "Every unit reads the old state of all H units, not only its own: `W_hh` holds H * H numbers.",
    count_parameters=lambda D, H, V: D * H + H + H + H * V + V,
)
COUNT.mistake(
    "the output layer is not counted",
    "The cell is right. The output layer adds `W_hy` and `b_y`.",
    count_parameters=lambda D, H, V: D * H + H * H + H,
)
COUNT.mistake(
    "two biases in the cell",
    "Some libraries keep one bias for the input and one for the state. Only their sum matters; here there is one, `b`.",
    count_parameters=lambda D, H, V: D * H + H * H + 2 * H + H * V + V,
)
