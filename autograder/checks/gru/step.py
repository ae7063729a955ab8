"""One step of torch's form."""

import numpy as np

from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import gru

NAMES = ("x", "h", "W_xh", "W_hh", "b_x", "b_h")

STEP = Exercise(
    "gru-step-forward",
    functions={"step_forward": gru.step_forward},
    returns={"step_forward": ("h_next", "cache")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "The two sums come first: `a = x @ W_xh + b_x` and `u = h @ W_hh + b_h`. Both are (N, 3H), and "
        "`np.split(a, 3, axis=1)` gives the parts of r, z and n.",
        "The gates: `r = sigmoid(a_r + u_r)`, and z in the same way. The candidate: tanh, and r multiplies "
        "`u_n` alone.",
        "`n = np.tanh(a_n + r * u_n)`, then `h_next = (1 - z) * n + z * h`.",
    ),
    explain="All three products with `h` are one product, because r comes after it. `u_n` holds the bias `b_h` of the "
    "candidate, so r shuts that off as well. `h_next` is a mixture: z of the old state, the rest from n.",
)


def draw(rng, N=2, D=3, H=5):
    """The arguments of one step; all sizes differ, nothing is centred on zero."""
    shapes = (N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)
    x, h, *weights = (0.2 + 0.7 * rng.standard_normal(shape) for shape in shapes)
    return [x, np.tanh(h), *weights]


@STEP.check("values agree with the reference")
def values(student, rng):
    for sizes in ((2, 3, 5), (4, 1, 2)):
        args = draw(rng, *sizes)
        hint = "The columns are stacked r, z, n. r acts in the candidate alone: on which part? And what does z keep?"
        expect_close("h_next", student.step_forward(*args)[0], gru.step_forward(*args)[0], hint)


@STEP.check("z = 1 keeps the state, exactly")
def keeps(student, rng):
    args = draw(rng)
    H = args[1].shape[1]
    args[4][H : 2 * H] = 1e3  # the bias of z
    hint = "Here the bias of z is 1000, so z = 1: nothing of the candidate may come in."
    expect_close("h_next", student.step_forward(*args)[0], args[1], hint)


@STEP.check("z = 0 and r = 0: the candidate sees nothing of the past")
def shut(student, rng):
    args = draw(rng)
    (x, _, W_xh, _, b_x, _), H = args, args[1].shape[1]
    b_x[: 2 * H] = -1e3  # the biases of r and of z
    want = np.tanh(x @ W_xh[:, 2 * H :] + b_x[2 * H :])
    hint = "Here r = z = 0: what is left is tanh(x W_xn + b_xn), without anything from `h` or `b_h`."
    expect_close("h_next", student.step_forward(*args)[0], want, hint)


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h_next, _), after = student.step_forward.with_arguments(*args)
    expect_close("h_next", h_next, gru.step_forward(*args)[0])
    expect_unchanged(NAMES, after, args, "`h *= …` changes the caller's array; `z * h` makes a new one.")
