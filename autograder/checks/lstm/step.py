"""One step of the LSTM."""

import numpy as np

from autograder.compare import by_name, expect_all_close, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import lstm

STEP = Exercise(
    "lstm-step-forward",
    functions={"step_forward": lstm.step_forward},
    returns={"step_forward": ("h_next", "c_next", "cache")},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Cut `a` into four arrays of shape (N, H): `np.split(a, 4, axis=1)` gives them in the order i, f, g, o.",
        "Three of them are gates, and go through `sigmoid`. The candidate `g` goes through `np.tanh`.",
        "`c_next` is what is kept, `f * c`, and what is written, `i * g`, added. It is not squashed.",
        "`h_next = o * np.tanh(c_next)`: the new cell state through tanh, and as much of it as the output gate "
        "lets out.",
    ),
    explain="Everything about the cell state is in one line, `f * c + i * g`: a share of the old one, and "
    "something new. "
    "tanh stands only where something is written and where it is shown.",
)
SHOWN = "h_next", "c_next"


def draw(rng, N=2, D=3, H=5):
    """x, h, c, W_xh, W_hh, b: nothing is centred on zero, and all sizes differ."""
    shapes = (N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
    x, h, c, W_xh, W_hh, b = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return [x, np.tanh(h), 1.5 * c, W_xh, W_hh, b]


def set_gates(b, i=None, f=None, o=None):
    """The bias with some gates held open (1) or shut (0)."""
    parts = np.split(b, 4)
    for k, state in ((0, i), (1, f), (3, o)):
        if state is not None:
            parts[k] = np.full_like(parts[k], 1e3 if state else -1e3)
    return np.concatenate(parts)


def compare(student, args, hints):
    got, want = (step(*args)[:2] for step in (student.step_forward, lstm.step_forward))
    expect_all_close(("c_next", "h_next"), by_name(SHOWN, got), by_name(SHOWN, want), hints)


@STEP.check("the equations, line by line")
def values(student, rng):
    for sizes in ((2, 3, 5), (4, 1, 2)):
        compare(
            student,
            draw(rng, *sizes),
            {
                "c_next": "Which part of `a` belongs to which gate, and what does each go through?",
                "h_next": "`c_next` is right. What does the output gate let out of it?",
            },
        )


@STEP.check("a shut forget gate erases what the cell held")
def erases(student, rng):
    args = draw(rng)
    args[5] = set_gates(args[5], f=0)
    compare(student, args, "Here f is 0: only what is written, `i * g`, is in the new cell state.")


@STEP.check("an open forget gate and a shut input gate keep the cell state as it is, however large")
def keeps(student, rng):
    x, h, c, W_xh, W_hh, b = draw(rng)
    c = 20 * c
    _, c_next, _ = student.step_forward(x, h, c, W_xh, W_hh, set_gates(b, i=0, f=1))
    expect_close("c_next with i = 0, f = 1", c_next, c, "It is exactly the old cell state: nothing squashes it.")


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    got, after = student.step_forward.with_arguments(*args)
    expect_any_close(by_name(SHOWN, got[:2]), by_name(SHOWN, lstm.step_forward(*args)[:2]))
    names = "x", "h", "c", "W_xh", "W_hh", "b"
    expect_unchanged(names, after, args, "`c *= f` changes the caller's array; `f * c` makes a new one.")
