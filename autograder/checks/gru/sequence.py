"""All steps, there and back, with a mask."""

import numpy as np

from autograder.checks.gru import reference
from autograder.compare import RTOL, by_name, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import gru

ORDER = ("dx", "dh0", "dW_xh", "dW_hh", "db_x", "db_h")

SEQUENCE = Exercise(
    "gru-sequence",
    functions={"forward": reference.forward, "backward": reference.backward},
    returns={"forward": ("h", "cache"), "backward": ORDER},
    lends={"step_forward": gru.step_forward, "step_backward": gru.step_backward},
    points=4,
    minutes=30,
    difficulty=3,
    hints=(
        "Forwards: take the step for every row, then choose: `h = np.where(mask[:, t, None], h_next, h)`.",
        "Backwards: `arrived = dh[:, t] + carried`. In a real row it goes into `step_backward`; in a row of padding it "
        "is handed on as it is.",
        "`arrived * real` is what goes into the step; a row of zeros gives no share to anything. Then "
        "`carried = back + arrived * ~real`, with `real = mask[:, t, None]`.",
        "The gradients of the four weights add up over the steps. What is carried in the end is `dh0`.",
    ),
    explain="A mask is a switch for each row and step. Backwards it stands as it stood forwards. What arrives at the "
    "padding from outside belongs to the last real state, for that is what stands there.",
)


def draw_sequence(rng, N=4, T=5, D=2, H=3):
    """The arguments of forward, with a ragged mask that has one empty row, and dh."""
    shapes = (N, T, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)
    x, h0, *weights = (0.15 + 0.45 * rng.standard_normal(shape) for shape in shapes)
    lengths = rng.permutation(np.r_[0, T, rng.integers(1, max(T, 2), N - 2)])
    mask = np.arange(T) < lengths[:, None]
    x = np.where(mask[:, :, None], x, 3 * x)  # what stands in the padding
    return [x, np.tanh(h0), *weights, mask], 0.3 + rng.standard_normal((N, T, H))


def cases(rng):
    """Arguments and dh: without a mask, ragged, and a single step with a large dh."""
    args, dh = draw_sequence(rng, 2, 5, 3, 4)
    yield args[:-1], dh
    yield draw_sequence(rng, 4, 5, 2, 3)
    args, dh = draw_sequence(rng, 3, 1, 2, 4)
    yield args, 100 * dh


HINTS = {
    "dx": "Does dx[:, t] belong to step t, and does padding get exactly nothing?",
    "dh0": "What arrives in the padding is handed on to the last real state; for an empty row that is h0.",
    **dict.fromkeys(ORDER[2:], "Are the shares of all real steps added, and none of the padding?"),
}


@SEQUENCE.check("forward: the state after every step; padding keeps it")
def ahead(student, rng):
    for args, _ in cases(rng):
        hint = "Is the state carried from step to step, and kept where the mask is False?"
        expect_close("h", student.forward(*args)[0], reference.forward(*args)[0], hint)


def compare(student, rng, names):
    for args, dh in cases(rng):
        h, cache = student.forward(*args)
        got = by_name(ORDER, student.backward(dh, cache))
        want = by_name(ORDER, reference.backward(dh, reference.forward(*args)[1]))
        for name in names:
            expect_close(name, got[name], want[name], HINTS[name], inexact(h))


def inexact(h):
    """The tolerance for what follows from states in float32, whatever type it has; else None, for the usual one."""
    return RTOL["float32"] if np.asarray(h).dtype == np.float32 else None


@SEQUENCE.check("backward: dx and dh0")
def back(student, rng):
    compare(student, rng, ("dx", "dh0"))


@SEQUENCE.check("backward: the gradients of the weights")
def shares(student, rng):
    compare(student, rng, ORDER[2:])


@SEQUENCE.check("the caller's arrays are left alone")
def untouched(student, rng):
    args, dh = draw_sequence(rng)
    (h, cache), after = student.forward.with_arguments(*args)
    expect_close("h", h, reference.forward(*args)[0])
    names = ("x", "h0", "W_xh", "W_hh", "b_x", "b_h", "mask")
    expect_unchanged(names, after, args, "`h *= …` changes an array that the caller still holds.")
    got, (dh_after, _) = student.backward.with_arguments(dh, cache)
    want = reference.backward(dh, reference.forward(*args)[1])
    expect_any_close(by_name(ORDER, got), by_name(ORDER, want), inexact(h))
    expect_unchanged(("dh",), (dh_after,), (dh,), "`dh[:, t] += …` changes the caller's array.")
