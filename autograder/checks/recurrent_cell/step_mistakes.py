"""Wrong steps of the cell, known by name."""

import numpy as np

from autograder.checks.recurrent_cell.step import STEP
from rnn_core import rnn
from rnn_core.activations import sigmoid


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
