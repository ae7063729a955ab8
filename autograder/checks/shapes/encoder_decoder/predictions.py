"""What is told before it is seen."""

from autograder.checks.predicting import prediction

MOST = ("fewer than half", "half or more")
FEEDING = prediction(
    "translate-predict-feeding",
    {"with_the_true_word": MOST, "with_its_own_word": MOST, "with_nothing": MOST},
    "The point is for having committed. Three translators are trained further down, and many more were recorded.",
)
