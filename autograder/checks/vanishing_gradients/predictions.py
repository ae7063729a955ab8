"""What is told before it is measured."""

from autograder.checks.predicting import prediction

PREDICT = prediction(
    "vanish-predict",
    {
        "after_100": (
            "far smaller in the recurrent net",
            "about the same in both",
            "far smaller in the feedforward net",
        ),
        "influence": (
            "forwards from the first input",
            "backwards from the last gradient",
            "both are the same",
        ),
    },
    "The points are for having committed. Both are measured further down.",
    minutes=4,
)
