"""A gate with corners, and its derivative."""

import numpy as np

from autograder.compare import expect_close, expect_equal, expect_unchanged
from autograder.spec import Exercise
from rnn_core import gates

HARD = Exercise(
    "gate-hard",
    functions={"hard_gate": gates.hard_gate, "hard_gate_derivative": gates.hard_gate_derivative},
    returns={"hard_gate": ("g",), "hard_gate_derivative": ("the derivative",)},
    points=2,
    minutes=12,
    difficulty=1,
    hints=(
        "A straight line through 1/2 at a = 0, with the given slope; what is below 0 becomes 0, what is above 1 is 1.",
        "`np.clip(…, 0, 1)` cuts off. For the derivative: inside it is that of a straight line, outside that of a "
        "constant.",
        "`np.clip(slope * a + 0.5, 0, 1)`, and `slope * ((g > 0) & (g < 1))`: g is the gate's value, so no line is "
        "computed again.",
    ),
    explain="The derivative of a straight line is its slope, that of a constant 0. At a corner the curve has no "
    "single slope; we choose 0 there, as it is beyond.",
)


def inside(rng, slope, size=(3, 4)):
    """Sums that fall between the corners."""
    return rng.uniform(-0.45, 0.45, size) / slope


def beyond(rng, slope, size=(2, 5)):
    """Sums that fall outside, on both sides."""
    return np.where(np.arange(size[1]) % 2, 1, -1) * rng.uniform(0.6, 3, size) / slope


@HARD.check("hard_gate: a straight line between the corners")
def line(student, rng):
    for slope in (0.25, 0.7, 2.0):
        a = inside(rng, slope)
        hint = "The line goes through 1/2 at a = 0 and rises by `slope` for each 1 of a."
        expect_close("g", student.hard_gate(a, slope), gates.hard_gate(a, slope), hint)
    a = inside(rng, 0.25)
    expect_close("g", student.hard_gate(a), gates.hard_gate(a), "Called without a slope: it is 0.25.")


@HARD.check("hard_gate: exactly 0 and 1 beyond, and the sums are left alone")
def shut(student, rng):
    for slope in (0.25, 2.0):
        a = beyond(rng, slope)
        got, after = student.hard_gate.with_arguments(a, slope)
        expect_equal("g", np.asarray(got), gates.hard_gate(a, slope), "Beyond the corners the gate is shut or open.")
        expect_unchanged(("a",), after[:1], (a,), "`a *= …` changes the caller's array.")


@HARD.check("the derivative between the corners")
def slopes(student, rng):
    for slope in (0.25, 0.7, 2.0):
        g = gates.hard_gate(inside(rng, slope), slope)
        want = gates.hard_gate_derivative(g, slope)
        expect_close("the derivative", student.hard_gate_derivative(g, slope), want, f"Here the slope is {slope}.")


@HARD.check("the derivative is 0 at the corners and beyond")
def flat(student, rng):
    for slope in (0.25, 2.0):
        a = np.concatenate([inside(rng, slope, 3), beyond(rng, slope, (1, 4))[0], np.array([-0.5, 0.5]) / slope])
        g = gates.hard_gate(rng.permutation(a), slope)
        want = gates.hard_gate_derivative(g, slope)
        hint = "Where g is 0 or 1 a small move of a changes nothing. The argument is the gate's value g, not the sum a."
        expect_close("the derivative", student.hard_gate_derivative(g, slope), want, hint)


def name(title, words, **replaces):
    HARD.mistake(title, words, **replaces)


name(
    "the line goes through 0",
    "At a = 0 the gate is half open: add 1/2 to slope * a.",
    hard_gate=lambda a, slope=0.25: np.clip(slope * a, 0, 1),
)
name(
    "the line goes through 0 and is cut off at -1/2 and 1/2",
    "A share lies between 0 and 1: add 1/2 to slope * a, and cut off at 0 and 1.",
    hard_gate=lambda a, slope=0.25: np.clip(slope * a, -0.5, 0.5),
)
name(
    "the slope multiplies the 1/2 as well",
    "slope * a + 1/2, not slope * (a + 1/2): whatever the slope, the gate is half open at a = 0.",
    hard_gate=lambda a, slope=0.25: np.clip(slope * (a + 0.5), 0, 1),
)
name(
    "the gate's slope is ignored",
    "The function is given a slope; 0.25 is only what it has when none is given.",
    hard_gate=lambda a, slope=0.25: np.clip(0.25 * a + 0.5, 0, 1),
)
name(
    "the slope is left out of the gate",
    "slope * a + 1/2: without the slope the line rises by 1 for each 1 of a.",
    hard_gate=lambda a, slope=0.25: np.clip(a + 0.5, 0, 1),
)
name(
    "the gate is cut off at -1",
    "A gate is a share, from 0 to 1. Cut off at 0, not at -1.",
    hard_gate=lambda a, slope=0.25: np.clip(slope * a + 0.5, -1, 1),
)
name(
    "the gate is not cut off",
    "Beyond the corners the gate stays at 0 and 1: `np.clip(…, 0, 1)`.",
    hard_gate=lambda a, slope=0.25: slope * a + 0.5,
)
name(
    "divided by the slope",
    "A larger slope is a steeper line: multiply.",
    hard_gate=lambda a, slope=0.25: np.clip(a / slope + 0.5, 0, 1),
)
name(
    "a smooth gate",
    "This is the sigmoid with a slope. The hard gate is a straight line with two corners.",
    hard_gate=lambda a, slope=0.25: 1 / (1 + np.exp(-slope * a)),
)
name(
    "a step from 0 to 1",
    "This gate jumps. The hard gate is a straight line between its corners.",
    hard_gate=lambda a, slope=0.25: np.where(a > 0, 1.0, 0.0),
)
name(
    "the slope is left out of the derivative",
    "Between the corners the gate rises by `slope` for each 1 of a. That is its derivative, not 1.",
    hard_gate_derivative=lambda g, slope=0.25: np.where((g > 0) & (g < 1), 1.0, 0.0),
)
name(
    "the derivative's slope is ignored",
    "The function is given a slope; 0.25 is only what it has when none is given.",
    hard_gate_derivative=lambda g, slope=0.25: np.where((g > 0) & (g < 1), 0.25, 0.0),
)
name(
    "the derivative is divided by the slope",
    "Between the corners the gate rises by `slope` for each 1 of a: that is the derivative, not 1 over it.",
    hard_gate_derivative=lambda g, slope=0.25: np.where((g > 0) & (g < 1), 1 / slope, 0.0),
)
name(
    "the derivative holds the value of the gate",
    "The derivative of slope * a + 1/2 is `slope`, wherever a stands between the corners. g only says whether it does.",
    hard_gate_derivative=lambda g, slope=0.25: np.where((g > 0) & (g < 1), slope * g, 0.0),
)
name(
    "the derivative at the corners is not 0",
    "Where g is exactly 0 or 1 the derivative is 0: use `>` and `<`, not `>=` and `<=`.",
    hard_gate_derivative=lambda g, slope=0.25: slope * ((g >= 0) & (g <= 1)),
)
name(
    "the derivative of an open gate is not 0",
    "Where g is 1 the gate is flat as well: 0 < g < 1, both sides strict.",
    hard_gate_derivative=lambda g, slope=0.25: slope * ((g > 0) & (g <= 1)),
)
name(
    "the derivative of a shut gate is not 0",
    "Where g is 0 the gate is flat as well: 0 < g < 1, both sides strict.",
    hard_gate_derivative=lambda g, slope=0.25: slope * ((g >= 0) & (g < 1)),
)
name(
    "the derivative of the sigmoid",
    "g (1 - g) belongs to the sigmoid. The hard gate is straight: its derivative is the slope.",
    hard_gate_derivative=lambda g, slope=0.25: g * (1 - g),
)
name(
    "the derivative of a steep sigmoid",
    "slope * g (1 - g) belongs to the sigmoid. The hard gate is straight: its derivative is the slope alone.",
    hard_gate_derivative=lambda g, slope=0.25: slope * g * (1 - g),
)
name(
    "the derivative takes g for the sum",
    "The argument is the gate's value, from 0 to 1. It is not put through the line again: ask whether 0 < g < 1.",
    hard_gate_derivative=lambda g, slope=0.25: slope * (np.abs(slope * g) < 0.5),
)
name(
    "the derivative is 0 inside and the slope beyond",
    "A constant has the derivative 0: that is beyond the corners. Between them the line has its slope.",
    hard_gate_derivative=lambda g, slope=0.25: slope * ((g <= 0) | (g >= 1)),
)
