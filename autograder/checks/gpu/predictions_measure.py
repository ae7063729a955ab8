"""What is told before it is measured: how far apart two programs lie on one machine."""

from autograder.checks.predicting import prediction

HOW_MUCH = prediction(
    "gpu-how-much",
    {
        "apart": ("less than 2 times", "2 to 10 times", "more than 10 times"),
        "where": ("at batch 1", "at the largest batch", "about the same at every batch"),
    },
    "The point is for having committed. The measurement at the end of the notebook shows what your machine does.",
)
