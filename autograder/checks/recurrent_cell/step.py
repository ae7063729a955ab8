"""One step of the tanh cell for a batch of sequences."""

import numpy as np

from autograder.compare import expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

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
    expect_shape("h_next", h_next, (1, 3), hint="With N = 1 the result has shape (1, H).")
    expect_close("h_next", h_next, rnn.step_forward(*args)[0])


@STEP.check("large inputs end at -1 and 1")
def large(student, rng):
    args = draw(rng, size=1e4)
    h_next, _ = student.step_forward(*args)
    expect_finite("h_next", h_next, hint="`np.tanh` is safe for any number; a formula with `exp` is not.")
    expect_close("h_next", h_next, rnn.step_forward(*args)[0])


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h_next, _), after = student.step_forward.with_arguments(*args)
    expect_close("h_next", h_next, rnn.step_forward(*args)[0])
    hint = "`h[:] = …` and `h += …` change the caller's array."
    expect_unchanged(("x", "h", "W_xh", "W_hh", "b"), after, args, hint)
