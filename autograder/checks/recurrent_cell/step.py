"""One step of the tanh cell for a batch of sequences."""

import numpy as np

from autograder.compare import expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import rnn
from rnn_core.activations import sigmoid

STEP = Exercise(
    "cell-step-forward",
    functions={"step_forward": rnn.step_forward},
    returns={"step_forward": ("h_next", "cache")},
    points=3,
    minutes=10,
    difficulty=1,
    hints=(
        "Three things are added: the input's part, the state's part, the bias. Each ends with `H` numbers a row.",
        "`x @ W_xh` is given as `from_input`, of shape `(N, H)`. What do you multiply `h` by to get the same shape?",
        "`np.tanh` goes around the whole sum: `h_next = np.tanh(from_input + … + b)`.",
    ),
    explain="Rows are sequences, so one matrix product serves the whole batch. `b` has shape `(H,)` and is "
    "broadcast over the rows.",
)


def draw(rng, N=2, D=3, H=5, size=1.0):
    """x, h, W_xh, W_hh, b: all sizes differ, nothing is centred on zero, so that a slip shows."""
    shapes = (N, D), (N, H), (D, H), (H, H), (H,)
    x, h, W_xh, W_hh, b = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return size * x, np.tanh(h), W_xh, W_hh, b


@STEP.check("values agree with the reference")
def values(student, rng):
    for N, D, H in ((2, 3, 5), (4, 1, 2), (3, 6, 4)):
        args = draw(rng, N, D, H)
        h_next, _ = student.step_forward(*args)
        hint = "Is `tanh` around the whole sum? Does the state's part use `W_hh` as it stands?"
        expect_close("h_next", h_next, rnn.step_forward(*args)[0], hint=hint)


@STEP.check("a batch of one sequence is still a batch")
def one_row(student, rng):
    args = draw(rng, N=1, D=4, H=3)
    h_next, _ = student.step_forward(*args)
    expect_close("h_next", h_next, rnn.step_forward(*args)[0], hint="With N = 1 the result has shape (1, H).")


@STEP.check("large inputs end at -1 and 1")
def large(student, rng):
    args = draw(rng, size=1e4)
    h_next, _ = student.step_forward(*args)
    hint = "`np.tanh` is safe for any number; a formula with `exp` is not."
    expect_close("h_next", h_next, rnn.step_forward(*args)[0], hint=hint)


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h_next, _), after = student.step_forward.with_arguments(*args)
    expect_close("h_next", h_next, rnn.step_forward(*args)[0])
    for name, before, now in zip(("x", "h", "W_xh", "W_hh", "b"), args, after, strict=True):
        expect_equal(f"{name} after the call", now, before, hint="`h[:] = …` and `h += …` change the caller's array.")


def mistake(name, words):
    """Name a wrong step by what it computes; the cache is the one that the lesson hands out."""

    def add(compute):
        def step_forward(x, h, W_xh, W_hh, b):
            h_next = compute(x, h, W_xh, W_hh, b)
            return h_next, (x, h, W_xh, W_hh, h_next)

        return STEP.mistake(name, words)(step_forward)

    return add


mistake(
    "the bias stands outside the tanh",
    "In `np.tanh(…) + b` the bias comes after the squashing, and the state can leave [-1, 1]. The bias shifts the "
    "sum before tanh: put it inside the brackets.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh) + b)
mistake(
    "there is no tanh",
    "The sum is right, and it is returned as it is. Without tanh the state can grow at every step. "
    "Put the whole sum through `np.tanh`.",
)(lambda x, h, W_xh, W_hh, b: x @ W_xh + h @ W_hh + b)
mistake(
    "W_hh is transposed",
    "`W_hh` is square, so the transposed product fits without a complaint. Rows are where a signal comes from, "
    "columns where it goes: `h @ W_hh`. If you come from texts that write W h with columns, this is the difference.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh.T + b))
mistake(
    "the state is not used",
    "What comes back depends on `x` alone: this is a feedforward layer. The part of the loop is missing: `h @ W_hh`.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + b))
mistake(
    "the bias is missing",
    "Input and state are added, `b` is not. Its shape `(H,)` is broadcast over the rows: add it inside the tanh.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh))
mistake(
    "a sigmoid instead of tanh",
    "Your numbers lie between 0 and 1: that is the sigmoid. This cell uses `np.tanh`, between -1 and 1.",
)(lambda x, h, W_xh, W_hh, b: sigmoid(x @ W_xh + h @ W_hh + b))
mistake(
    "the old state is added once more",
    "The new state replaces the old one; it is not added to it. The old state enters only through `h @ W_hh`.",
)(lambda x, h, W_xh, W_hh, b: h + np.tanh(x @ W_xh + h @ W_hh + b))
mistake(
    "tanh of each part, then the sum",
    "tanh of a sum is not the sum of the tanhs. Add the three parts first, then squash once.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh) + np.tanh(h @ W_hh) + np.tanh(b))
mistake(
    "tanh covers the state's part only",
    "The input and the bias stand outside of tanh. One pair of brackets goes around all three parts.",
)(lambda x, h, W_xh, W_hh, b: x @ W_xh + np.tanh(h @ W_hh) + b)


mistake(
    "tanh written out with exp",
    "exp of a large number is infinite, and infinity over infinity is not a number. `np.tanh` does without.",
)(lambda x, h, W_xh, W_hh, b: (lambda e: (e - 1 / e) / (e + 1 / e))(np.exp(x @ W_xh + h @ W_hh + b)))


@STEP.mistake(
    "the new state is written over the old one",
    "The values are right, but `h[:] = …` (or `h += …`) changes the array that the caller still holds. Give the new "
    "state a name of its own.",
)
def step_forward(x, h, W_xh, W_hh, b):
    h[:] = np.tanh(x @ W_xh + h @ W_hh + b)
    return h, (x, h, W_xh, W_hh, h)


mistake(
    "tanh covers the input's part only",
    "The state's part and the bias stand outside of tanh. One pair of brackets goes around all three parts.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh) + h @ W_hh + b)
mistake(
    "the input's part stands outside the tanh",
    "State and bias are squashed, the input's part is added afterwards. One pair of brackets goes around all three.",
)(lambda x, h, W_xh, W_hh, b: x @ W_xh + np.tanh(h @ W_hh + b))
mistake(
    "the state's part stands outside the tanh",
    "Input and bias are squashed, the state's part is added afterwards. One pair of brackets goes around all three.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + b) + h @ W_hh)
mistake(
    "the state is added without its weights",
    "`h` goes into the sum as it stands, so each unit hears only its own past. Multiply first: `h @ W_hh`.",
)(lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h + b))


@STEP.mistake(
    "the cache comes first",
    "Two things are returned, in this order: `h_next`, then `cache`.",
)
def cache_first(x, h, W_xh, W_hh, b):
    h_next, cache = rnn.step_forward(x, h, W_xh, W_hh, b)
    return cache, h_next


@STEP.mistake(
    "only the new state comes back",
    "Two things are returned, in this order: `h_next` and `cache`. The last lines of the cell do it for you.",
)
def state_alone(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h @ W_hh + b)
