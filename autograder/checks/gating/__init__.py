"""Lesson 5: from a leaky unit to a gate that is learned."""

from autograder.checks.gating import (  # noqa: F401  each adds the mistakes of one exercise
    gated_backward_mistakes,
    gated_step_mistakes,
    leaky_sequence_mistakes,
    time_scales_mistakes,
)
from autograder.checks.gating.bias import BIAS
from autograder.checks.gating.gated_backward import BACK
from autograder.checks.gating.gated_step import STEP
from autograder.checks.gating.hard_gate import HARD
from autograder.checks.gating.influence import READ
from autograder.checks.gating.leaky_sequence import LEAKY
from autograder.checks.gating.predictions import RECALLS
from autograder.checks.gating.questions import JUDGES
from autograder.checks.gating.time_scales import SCALES

ALLOWS = ("activations", "plots")  # no cell, and no gate
EXERCISES = [RECALLS, LEAKY, SCALES, STEP, READ, BIAS, BACK, HARD, JUDGES]
