"""What is told before it is seen: any of the choices earns the point."""

from autograder.compare import expect_choice
from autograder.spec import Exercise

SHAPES = ("(3,)", "(3, 1)", "(3, 3)", "error")

BROADCAST = Exercise(
    "start-broadcast",
    values={"predicted_shape": "(3, 3)"},
    points=1,
    minutes=3,
    hints=("Commit to what you believe; the point is for the prediction, not for being right.",),
    explain="numpy lines the shapes up from the right: (3,) counts as (1, 3), and each size of 1 is stretched to 3.",
)


@BROADCAST.check("a prediction is made before the run")
def shape(student, rng):
    expect_choice("predicted_shape", student.predicted_shape, SHAPES)


EMPTY = "The point is for committing before the run, and any of the choices earns it. Write down what you believe now."
BROADCAST.mistake("nothing is predicted yet", EMPTY, predicted_shape="")
BROADCAST.mistake(
    "a tuple instead of a text",
    'Without quotes (3, 3) is a pair of numbers. Write the prediction as a text: `predicted_shape = "(3, 3)"`.',
    predicted_shape=(3, 3),
)


UNIT_CHOICES = ("none", "fewer than half", "half or more")
UNITS = Exercise(
    "start-units",
    values={"predicted_units": "half or more"},
    points=1,
    minutes=3,
    hints=("Commit to what you believe; the point is for the prediction, not for being right.",),
    explain="Any of the three is accepted; the run decides.",
)


@UNITS.check("a prediction is made before the run")
def units(student, rng):
    expect_choice("predicted_units", student.predicted_units, UNIT_CHOICES)


UNITS.mistake("nothing is predicted yet", EMPTY, predicted_units="")
