"""Text in, probabilities out: one-hot vectors and the output layer."""

import numpy as np

from autograder.compare import expect_close, expect_equal, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import sequence
from rnn_core.activations import softmax
from rnn_core.layers import output_forward


def one_hot(ids, V):
    """ids of any shape, whole numbers from 0 to V - 1. Returns: zeros and ones of shape (..., V)."""
    return np.eye(V)[ids]


def output_probabilities(h, W_hy, b_y):
    """h (..., H); W_hy (H, V); b_y (V,). Returns: p (..., V), which sums to 1 along the last axis."""
    return softmax(h @ W_hy + b_y, axis=-1)


IN_OUT = Exercise(
    "cell-in-and-out",
    functions={"one_hot": one_hot, "output_probabilities": output_probabilities},
    returns={"one_hot": ("x",), "output_probabilities": ("p",)},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "One-hot: row i of the V-by-V identity matrix `np.eye(V)` is the vector for id i.",
        "Indexing an array with an array of ids picks a row for each id, and keeps the shape of the ids: `table[ids]`.",
        "Output: two lines, the scores and then softmax. `h @ W_hy` works for any number of leading axes: numpy "
        "multiplies along the last one.",
        "`softmax(scores, axis=-1)`: the scores are on the last axis, however many stand before it.",
    ),
    explain="Both work on the last axis alone: `np.eye(V)[ids]` adds it, softmax sums along it. So one function serves "
    "a single character, a text and a batch of texts.",
)


@IN_OUT.check("one-hot: a batch of texts: ids (N, T)")
def batch_of_texts(student, rng):
    for N, T, V in ((2, 5, 7), (4, 3, 11)):
        ids = rng.integers(V - 2, size=(N, T))  # the largest ids may be absent
        x = student.one_hot(ids, V)
        expect_shape("one_hot(ids, V)", x, (N, T, V), hint="The last axis has length V, whichever ids occur.")
        hint = "A 1 in the column of the id, counted from 0, and 0 elsewhere."
        expect_equal("one_hot(ids, V)", x, sequence.one_hot(ids, V), hint=hint)


@IN_OUT.check("one-hot: one text (T,), and ids with three axes")
def other_axes(student, rng):
    for shape in ((6,), (2, 3, 4)):
        ids = rng.integers(5, size=shape)
        x, hint = student.one_hot(ids, 5), "The shape of the ids stays in front; V is a new last axis."
        expect_shape("one_hot(ids, 5)", x, (*shape, 5), hint=hint)
        expect_equal("one_hot(ids, 5)", x, sequence.one_hot(ids, 5))


def draw(rng, leading, H=4, V=6):
    """States with these leading axes, and an output layer."""
    h = np.tanh(0.2 + rng.standard_normal((*leading, H)))
    return h, 0.1 + rng.standard_normal((H, V)), 0.3 + rng.standard_normal(V)


def expected(h, W_hy, b_y):
    return softmax(output_forward(h, W_hy, b_y)[0])


@IN_OUT.check("output: a batch of states (N, H)")
def batch(student, rng):
    for _ in range(2):
        args = draw(rng, (3,))
        hint = "First the scores, `W_hy` and `b_y` included; then softmax along the last axis."
        expect_close("p", student.output_probabilities(*args), expected(*args), hint=hint)


@IN_OUT.check("output: one state (H,) and whole sequences (N, T, H)")
def any_axes(student, rng):
    for leading in ((2, 5), ()):
        args = draw(rng, leading)
        hint = "The scores stand on the last axis, however many axes there are."
        expect_close("p", student.output_probabilities(*args), expected(*args), hint=hint)


@IN_OUT.check("output: scores of 1000 and -1000")
def large(student, rng):
    h, W_hy, b_y = draw(rng, (4,))
    h[:, 0] = [1.0, -1.0, 1.0, -1.0]
    W_hy[0] += 1000.0  # every score of a row is about 1000, or about -1000
    p = student.output_probabilities(h, W_hy, b_y)
    hint = "exp(1000) is infinite. Use the softmax that is given, or subtract each row's largest score first."
    expect_finite("p", p, hint=hint)
    expect_close("p", p, expected(h, W_hy, b_y))


@IN_OUT.check("output: the state itself stays as it is")
def untouched(student, rng):
    args = draw(rng, (2, 3))
    p, after = student.output_probabilities.with_arguments(*args)
    expect_close("p", p, expected(*args))
    expect_unchanged(("h",), after[:1], args[:1], "The next step needs the raw state: do not change `h`.")
