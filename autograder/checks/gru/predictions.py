"""What is told before it is seen: which gate can do it alone."""

from autograder.checks.predicting import prediction

ALONE = prediction(
    "gru-which-gate",
    {"learns": ("both gates are needed", "z alone is enough", "r alone is enough", "either alone is enough")},
    "The point is for having committed. The runs further down show what happens.",
)
