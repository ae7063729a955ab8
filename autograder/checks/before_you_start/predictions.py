"""What is told before it is seen."""

from autograder.checks.predicting import prediction

EMPTY = "The point is for committing before the run, and any of the choices earns it. Write down what you believe now."
BROADCAST = prediction(
    "start-broadcast",
    {"predicted_shape": ("(3,)", "(3, 1)", "(3, 3)", "error")},
    "numpy lines the shapes up from the right: (3,) counts as (1, 3), and each size of 1 is stretched to 3.",
)
BROADCAST.mistake("nothing is predicted yet", EMPTY, predicted_shape="")
BROADCAST.mistake(
    "a tuple instead of a text",
    'Without quotes (3, 3) is a pair of numbers. Write the prediction as a text: `predicted_shape = "(3, 3)"`.',
    predicted_shape=(3, 3),
)

UNITS = prediction(
    "start-units",
    {"predicted_units": ("none", "fewer than half", "half or more")},
    "Any of the three is accepted; the run decides.",
)
UNITS.mistake("nothing is predicted yet", EMPTY, predicted_units="")
