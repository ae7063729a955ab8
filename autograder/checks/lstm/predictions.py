"""What is told before it is seen."""

from autograder.checks.predicting import prediction

WINNER = prediction(
    "lstm-predict-start",
    {"learns_more_often": ("the LSTM", "the tanh cell", "both equally often")},
    "The point is for having committed. The recorded runs further down show how often each one learns it.",
)
