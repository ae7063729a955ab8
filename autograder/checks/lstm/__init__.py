"""Lesson 6: the LSTM, forwards and backwards by hand, and what its gates buy."""

from autograder.checks.lstm import (  # noqa: F401  each adds the mistakes of one exercise
    clamp_mistakes,
    gates_mistakes,
    sequence_mistakes,
    start_mistakes,
    step_backward_mistakes,
    step_mistakes,
)
from autograder.checks.lstm.clamp import CLAMP
from autograder.checks.lstm.gates import GATES
from autograder.checks.lstm.predictions import WINNER
from autograder.checks.lstm.questions import SOLVED
from autograder.checks.lstm.reach import REACH
from autograder.checks.lstm.sequence import ALL
from autograder.checks.lstm.start import START
from autograder.checks.lstm.step import STEP
from autograder.checks.lstm.step_backward import BACK

ALLOWS = ("activations", "data.recall", "plots", "sequence")  # nothing that runs an LSTM, or starts one
EXERCISES = [WINNER, STEP, CLAMP, GATES, BACK, ALL, START, REACH, SOLVED]
