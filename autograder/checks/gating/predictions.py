"""What is told before it is seen."""

from autograder.checks.predicting import prediction

CELLS = ("only the leaky unit", "only the gated unit", "both", "neither")
RECALLS = prediction(
    "gate-predict-recall",
    {
        "recalls_first": CELLS,
        "recalls_last_marked": CELLS,
        "gate_between": ("less than a tenth", "a tenth to a half", "more than half"),
    },
    "The points are for having committed. The runs further down show what happens.",
)
