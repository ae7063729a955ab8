"""What is told before it is seen."""

from autograder.checks.predicting import prediction

TOLD = prediction(
    "shape-predict-reading",
    {
        "after_half": (
            "about as often as a coin",
            "more often than a coin, but less often than at the end",
            "as often as at the end",
        ),
        "who_learns": (
            "the one that reads from the front",
            "the one that reads from the back",
            "both",
            "neither",
        ),
    },
    "The points are for having committed. Two cells further down show what happens.",
    minutes=4,
)
