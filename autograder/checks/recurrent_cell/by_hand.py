"""Weights set by hand: a unit that latches, and a pair that echoes the previous input."""

import numpy as np

from autograder.compare import CheckFailed, as_numbers, expect, expect_finite, expect_shape
from autograder.spec import Exercise
from autograder.wording import brief
from rnn_core import rnn

LATCH = Exercise(
    "cell-latch",
    values={"latch": {"W_xh": np.array([[8.0]]), "W_hh": np.array([[3.0]]), "b": np.array([-1.0])}},
    points=3,
    minutes=20,
    difficulty=3,
    hints=(
        "Three wishes. Before any x the state must fall below 0, although it starts at exactly 0: which of the three "
        "numbers can do that alone?",
        "After an x, with input 0, a positive state must stay positive: `tanh(w_hh * h + b) > 0`. With h near 1 "
        "this asks "
        "that `w_hh` is clearly larger than `-b`.",
        "When x comes, the state is near -1 and pulls down with `w_hh`. The input must beat both: "
        "`w_xh > w_hh - b`, with b negative.",
        "Try `b = -1`, `w_hh = 3`, and a `w_xh` that is larger than 3 + 1, with room to spare.",
    ),
    explain="Without an input the unit has two resting states, one near -1 and one near +1. The bias decides where it "
    "falls from 0, the input kicks it over once, and the recurrent weight holds it there.",
)
ECHO = Exercise(
    "cell-echo",
    values={"echo": {"W_xh": np.array([[2.0, 0.0]]), "W_hh": np.array([[0.0, 2.0], [0.0, 0.0]]), "b": np.zeros(2)}},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "Unit 0 catches the current input. One step later unit 1 copies what unit 0 caught.",
        "Unit 1 must not see the input itself, and unit 0 must not hear anything from the past: these weights are 0.",
        "`W_hh[i, j]` leads from old unit i to new unit j. The only one that is not 0 leads from unit 0 to unit 1.",
    ),
    explain="A value travels one unit a step. With H units the same idea echoes the input of H - 1 steps ago.",
)


def cell(name, value, H):
    """W_xh, W_hh, b of a cell with one input, from what the learner left."""
    if not isinstance(value, dict):
        raise CheckFailed(f"{name}: expected a dict with W_xh, W_hh and b, got {brief(value)}.")
    arrays = []
    for key, shape in (("W_xh", (1, H)), ("W_hh", (H, H)), ("b", (H,))):
        expect(key in value, f"{name}: {key!r} is missing.")
        hint = "A bias has one axis." if key == "b" else "Rows are where a signal comes from."
        expect_shape(f"{name}[{key!r}]", value[key], shape, hint=hint)
        expect_finite(f"{name}[{key!r}]", value[key])
        arrays.append(as_numbers(key, value[key]).astype(float))
    return arrays


def expect_latched(student, x):
    """x (N, T) of zeros and ones: the state is above 0 once a 1 has come, and below 0 before."""
    W_xh, W_hh, b = cell("latch", student.latch, 1)
    h = rnn.forward(x[:, :, None].astype(float), np.zeros((len(x), 1)), W_xh, W_hh, b)[0][:, :, 0]
    seen = np.cumsum(x, axis=1) > 0
    wrong = np.argwhere(np.where(seen, h <= 0, h >= 0))
    if not len(wrong):
        return
    n, t = map(int, wrong[0])
    state = f"At step {t} of {x.shape[1]} the state is {h[n, t]:.3f}"
    if W_hh[0, 0] < 0:
        side = "below 0, since no x has come yet" if not seen[n, t] else "above 0, since an x has come"
        raise CheckFailed(f"{state}; it should be {side}. A negative `W_hh` flips the sign at every step.")
    if not seen[n, t]:
        raise CheckFailed(
            f"{state}, but no x has come yet: it should be below 0. What drives it there without an input?"
        )
    first = int(x[n].argmax())
    if t == first:
        raise CheckFailed(f"{state}, and the first x has just come: it should be above 0. Is the kick strong enough?")
    again = " The input is 1 again here." if x[n, t] else ""
    raise CheckFailed(f"{state}, but an x came at step {first}: it should still be above 0.{again} What holds it up?")


@LATCH.check("short texts")
def short(student, rng):
    x = (rng.random((12, 8)) < 0.2).astype(int)
    x[0], x[1] = 0, 0
    x[1, 0] = 1  # at once
    x[2], x[2, 7] = 0, 1  # at the very end
    expect_latched(student, x)


@LATCH.check("one x, then 200 steps of nothing")
def long(student, rng):
    x = np.zeros((4, 200), dtype=int)
    for n, t in enumerate((0, int(rng.integers(1, 40)), 150)):  # the fourth text has no x
        x[n, t] = 1
    expect_latched(student, x)


@LATCH.check("many x")
def many(student, rng):
    x = (rng.random((6, 40)) < 0.6).astype(int)
    x[:, :3] = 0
    x[0, 3:] = 1
    expect_latched(student, x)


def expect_echo(student, x):
    """x (N, T) of -1 and 1: from step 1 on, unit 1 has the sign of the previous input."""
    W_xh, W_hh, b = cell("echo", student.echo, 2)

    def wrong_at(W_hh):
        h = rnn.forward(x[:, :, None].astype(float), np.zeros((len(x), 2)), W_xh, W_hh, b)[0][:, :, 1]
        return h, np.argwhere(h[:, 1:] * x[:, :-1] <= 0)

    h, wrong = wrong_at(W_hh)
    if not len(wrong):
        return
    n, t = int(wrong[0, 0]), int(wrong[0, 1]) + 1
    words = f"At step {t} unit 1 is {h[n, t]:.3f}; the input was {x[n, t - 1]:+d} at step {t - 1} and {x[n, t]:+d} now."
    if not len(wrong_at(W_hh.T)[1]):
        words += " With `W_hh` transposed it would hold: rows are where a signal comes from, columns where it goes."
    elif (np.sign(h) == x).all():
        words += " Unit 1 has the sign of the current input: it should get it one step later, from unit 0."
    elif (np.sign(h[:, 1:]) == -x[:, :-1]).all():
        words += " It always has the opposite sign."
    raise CheckFailed(f"{words} It should have the sign of the input before.")


@ECHO.check("short sequences")
def short_echo(student, rng):
    x = rng.choice([-1, 1], size=(8, 6))
    x[0] = [1, -1, 1, -1, 1, -1]
    expect_echo(student, x)


@ECHO.check("50 steps")
def long_echo(student, rng):
    expect_echo(student, rng.choice([-1, 1], size=(4, 50)))


@ECHO.check("a change after a long stretch of the same input")
def stretch(student, rng):
    x = np.ones((4, 40), dtype=int)
    x[1] = -1
    x[2, 20:], x[3, :25] = -1, -1
    expect_echo(student, x)


def weights(W_xh, W_hh, b):
    return {"W_xh": np.array(W_xh, float), "W_hh": np.array(W_hh, float), "b": np.array(b, float)}


LATCH.mistake(
    "nothing pushes the state down",
    "With a bias of 0 the state stays at exactly 0 until the first x. A small negative bias lets it fall to the "
    "lower "
    "resting state.",
    latch=weights([[1]], [[1]], [0]),
)
ECHO.mistake(
    "W_hh leads from unit 1 to unit 0",
    "The 1 stands below the diagonal: that is the way from unit 1 to unit 0. `W_hh[i, j]` leads from old unit i "
    "to new unit j.",
    echo=weights([[1, 0]], [[0, 0], [1, 0]], [0, 0]),
)
ECHO.mistake(
    "each unit listens to itself",
    "With the identity each unit keeps its own past, and unit 1 never hears of an input. The way leads from "
    "unit 0 to unit 1.",
    echo=weights([[1, 0]], [[1, 0], [0, 1]], [0, 0]),
)
ECHO.mistake(
    "unit 1 reads the input",
    "Unit 1 gets the current input and answers too early. Only unit 0 reads the input: the second weight of "
    "`W_xh` is 0.",
    echo=weights([[0, 1]], [[0, 0], [0, 0]], [0, 0]),
)
