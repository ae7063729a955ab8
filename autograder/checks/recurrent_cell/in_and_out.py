"""Text in, probabilities out: one-hot vectors and the output layer."""

import numpy as np

from autograder.compare import expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import sequence
from rnn_core.activations import sigmoid, softmax
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
        hint = "The last axis has length V, whichever ids occur. Ids count from 0."
        expect_equal("one_hot(ids, V)", student.one_hot(ids, V), sequence.one_hot(ids, V), hint=hint)


@IN_OUT.check("one-hot: one text (T,), and ids with three axes")
def other_axes(student, rng):
    for shape in ((6,), (2, 3, 4)):
        ids = rng.integers(5, size=shape)
        hint = "The shape of the ids stays in front; V is a new last axis."
        expect_equal("one_hot(ids, 5)", student.one_hot(ids, 5), sequence.one_hot(ids, 5), hint=hint)


def largest_only(ids, V):
    return np.eye(np.max(ids) + 1)[ids]


def filled(ids, V):
    x = np.zeros((*np.shape(ids), V))
    x[..., ids] = 1
    return x


IN_OUT.mistake(
    "as many columns as ids occur",
    "You count the ids of this text. A text need not contain every character: the length of the last axis is `V`.",
    one_hot=largest_only,
)
IN_OUT.mistake(
    "ids counted from 1",
    "The 1 stands one place to the left. Ids count from 0: id 0 is the first column.",
    one_hot=lambda ids, V: np.eye(V)[np.asarray(ids) - 1],
)
IN_OUT.mistake(
    "V is the first axis",
    "`np.eye(V)[:, ids]` picks columns and puts V first. Pick rows: `np.eye(V)[ids]`.",
    one_hot=lambda ids, V: np.eye(V)[:, ids],
)
IN_OUT.mistake(
    "one long list of vectors",
    "The vectors are right, but the ids were flattened. The shape of the ids stays in front: (N, T, V).",
    one_hot=lambda ids, V: np.eye(V)[np.ravel(ids)],
)
IN_OUT.mistake(
    "ones for all ids in every row",
    "`x[..., ids] = 1` sets the columns of all ids everywhere. Each position gets only its own 1.",
    one_hot=filled,
)
IN_OUT.mistake(
    "the id itself instead of a 1",
    "Each vector holds the number of the character. It should hold a 1 there: the size of an id means nothing.",
    one_hot=lambda ids, V: np.eye(V)[ids] * np.asarray(ids)[..., None],
)


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
    hint = "exp(1000) is infinite. Use the softmax that is given, or subtract each row's largest score first."
    expect_close("p", student.output_probabilities(h, W_hy, b_y), expected(h, W_hy, b_y), hint=hint)


@IN_OUT.check("output: the state itself stays as it is")
def untouched(student, rng):
    args = draw(rng, (2, 3))
    p, after = student.output_probabilities.with_arguments(*args)
    expect_close("p", p, expected(*args))
    expect_equal("h after the call", after[0], args[0], hint="The next step needs the raw state: do not change `h`.")


def mistake(name, words, wrong):
    IN_OUT.mistake(name, words, output_probabilities=wrong)


def naive(a):
    return np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)


mistake(
    "no softmax",
    "What comes back are the scores. Put them through `softmax` along the last axis.",
    lambda h, W_hy, b_y: h @ W_hy + b_y,
)
mistake(
    "softmax on the state",
    "You turned the state into probabilities and then took scores of them. First the scores from the raw state, "
    "then softmax.",
    lambda h, W_hy, b_y: softmax(h) @ W_hy + b_y,
)
mistake(
    "the bias stands outside the softmax",
    "Adding `b_y` to probabilities makes rows that do not sum to 1. The bias belongs to the scores.",
    lambda h, W_hy, b_y: softmax(h @ W_hy) + b_y,
)
mistake(
    "the bias is missing",
    "The rows sum to 1, but `b_y` is not in the scores.",
    lambda h, W_hy, b_y: softmax(h @ W_hy),
)
mistake(
    "everything sums to 1 together",
    "`exp(a).sum()` without an axis adds up all states. Every state has probabilities of its own: `axis=-1, "
    "keepdims=True`.",
    lambda h, W_hy, b_y: (lambda e: e / e.sum())(np.exp(h @ W_hy + b_y - np.max(h @ W_hy + b_y))),
)
mistake(
    "softmax along the first axis",
    "The sequences compete with each other: it is the columns that sum to 1. The scores of one state stand on "
    "the last axis.",
    lambda h, W_hy, b_y: softmax(h @ W_hy + b_y, axis=0),
)
mistake(
    "softmax along axis 1",
    "Right for (N, H), wrong for whole sequences, where axis 1 is the steps. `axis=-1` is always the last one.",
    lambda h, W_hy, b_y: softmax(h @ W_hy + b_y, axis=1),
)
mistake(
    "a sigmoid for each score",
    "Each number lies between 0 and 1, but a row does not sum to 1. Exactly one of the V classes comes: use softmax.",
    lambda h, W_hy, b_y: sigmoid(h @ W_hy + b_y),
)
mistake(
    "tanh on the scores",
    "tanh belongs to the state. Squashed scores stay within [-1, 1], and no class can become much likelier than "
    "another.",
    lambda h, W_hy, b_y: softmax(np.tanh(h @ W_hy + b_y)),
)
mistake(
    "exp of large scores",
    "exp(1000) is infinite, and infinity divided by infinity is not a number. The `softmax` that is given "
    "subtracts the "
    "largest score of each row first.",
    lambda h, W_hy, b_y: naive(h @ W_hy + b_y),
)


def in_place(h, W_hy, b_y):
    p = softmax(h @ W_hy + b_y)
    h[...] = softmax(h)
    return p


mistake(
    "the state is overwritten by its softmax",
    "The probabilities are right, but the next step would now get a softmax in place of the raw state. Use a new name.",
    in_place,
)
