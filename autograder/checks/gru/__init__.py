"""Lesson 7: the gated recurrent unit, its forms, and what can be said of it beside the LSTM."""

from autograder.checks.gru import back_mistakes, sequence_mistakes, step_mistakes, sums_mistakes  # noqa: F401
from autograder.checks.gru.back import BACK
from autograder.checks.gru.convert import CONVERT
from autograder.checks.gru.predictions import ALONE
from autograder.checks.gru.questions import WORDS
from autograder.checks.gru.scan import SCAN
from autograder.checks.gru.sequence import SEQUENCE
from autograder.checks.gru.step import STEP
from autograder.checks.gru.sums import SUMS
from autograder.checks.gru.units import UNITS
from autograder.checks.gru.verdicts import VERDICTS

# what imports a GRU stays out: gru, gru_2014, minimal_gated, min_gru, normalised_cells, loop, cells, nets, stack, …
ALLOWS = (
    "activations",
    "data.recall",
    "data.recorded",
    "data.text",
    "gradcheck",
    "init",
    "intervals",
    "plots",
    "sequence",
)
EXERCISES = [ALONE, STEP, CONVERT, SUMS, BACK, SEQUENCE, UNITS, VERDICTS, SCAN, WORDS]
