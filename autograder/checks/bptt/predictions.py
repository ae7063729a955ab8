"""What is told before it is seen."""

from autograder.checks.predicting import prediction

ARRIVES = prediction(
    "bptt-where-gradient-arrives",
    {
        "gradient_arrives": (
            "only at h4",
            "at h4 and all earlier states",
            "at h4 and all later states",
            "at all states",
        )
    },
    "The point is for having committed. The map further down shows what happens.",
)
BEATS = prediction(
    "bptt-predict-bits",
    {
        "my_model_will_be": (
            "worse than the trigram",
            "between trigram and four-gram",
            "better than the four-gram",
        )
    },
    "The point is for having committed. The run below gives the number.",
)
