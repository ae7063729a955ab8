"""The shapes of everything in the cell, and how many numbers are learned."""

from math import prod
from numbers import Integral

import numpy as np

from autograder.compare import CheckFailed, expect
from autograder.spec import Exercise
from autograder.wording import brief

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
    "b_y": (V,),
    "scores": (N, T, V),
}
WEIGHTS = ("W_xh", "W_hh", "b", "W_hy", "b_y")
PARAMETERS = sum(prod(RIGHT[name]) for name in WEIGHTS)
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
    "b_y": f"A number for each of the {V} scores.",
    "scores": "Scores for every sequence and every day.",
}


SHAPES = Exercise(
    "cell-shapes",
    values={"shapes": RIGHT, "parameters": PARAMETERS},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Take the arrays in the order of the equation. In a product `A @ B` the last axis of `A` and the first "
        "of `B` "
        "have the same length, and it is gone in the result.",
        "Data has an axis for the sequences: N comes first. Weights are shared by all sequences and all steps: "
        "neither N nor T stands in their shapes.",
        "`x` is (N, T, D), a single step `x_t` is (N, D), weights are (from, to): `W_xh` is (D, H).",
    ),
    explain="Weights are (from, to). Data is (sequence, step, what is measured). A bias has one axis.",
)


def expect_shapes(shapes, names):
    expect(isinstance(shapes, dict), f"shapes: expected a dict of eleven shapes, got {brief(shapes)}.")
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
        told = (
            f"expected {axes}, got {len(got)} in {tuple(got)}"
            if len(got) != len(want)
            else f"{tuple(got)} does not fit"
        )
        expect(tuple(got) == want, f"{name}: {told}. {WHERE[name]}")


@SHAPES.check("the data: x, x_t, h0")
def data(student, rng):
    expect_shapes(student.shapes, ("x", "x_t", "h0"))


@SHAPES.check("the weights: W_xh, W_hh, b, W_hy, b_y")
def weights(student, rng):
    expect_shapes(student.shapes, WEIGHTS)


@SHAPES.check("what is computed: h_t, h, scores")
def computed(student, rng):
    expect_shapes(student.shapes, ("h_t", "h", "scores"))


@SHAPES.check("how many numbers are learned")
def number_of_parameters(student, rng):
    hint = "Five arrays are learned. Neither N nor T stands in any of their shapes."
    got = student.parameters
    number = isinstance(got, int | float | np.number)
    whole = number and float(got).is_integer()
    expect(whole, f"parameters: expected a whole number, got {brief(got)}.")
    expect(
        int(got) == PARAMETERS,
        f"parameters: {int(got)} is {'more' if got > PARAMETERS else 'fewer'} than there are. {hint}",
    )


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

for lacking, words, count in (
    (
        "the biases are not counted",
        "The three weight arrays are there; `b` and `b_y` are learned as well.",
        D * H + H * H + H * V,
    ),
    ("the output's bias is not counted", "`b_y` is missing: one number for each score.", D * H + H * H + H + H * V),
    (
        "the recurrent weights are not counted",
        "What you counted is a feedforward net. `W_hh` is learned too.",
        D * H + H + H * V + V,
    ),
    (
        "one recurrent weight a unit",
        "Every unit reads the old state of all units: `W_hh` holds H * H numbers.",
        D * H + H + H + H * V + V,
    ),
    ("the output layer is not counted", "The cell is right. `W_hy` and `b_y` are learned as well.", D * H + H * H + H),
    ("weights counted for every step", "The same weights serve every step: T does not occur.", T * PARAMETERS),
):
    SHAPES.mistake(lacking, words, parameters=count)
