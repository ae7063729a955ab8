"""Lesson 3: the gradient by hand, and a character model trained with it."""

from autograder.checks.bptt import (  # noqa: F401  each adds the mistakes of one exercise
    arrival_mistakes,
    chunks_mistakes,
    clipping_mistakes,
    gradient_errors_mistakes,
    masked_loss_mistakes,
    masked_step_mistakes,
    sequence_mistakes,
    step_mistakes,
    truncation_mistakes,
    two_steps_mistakes,
)
from autograder.checks.bptt.arrival import CHOSEN
from autograder.checks.bptt.bits import BITS
from autograder.checks.bptt.chunks import CHUNK
from autograder.checks.bptt.clipping import CLIP
from autograder.checks.bptt.gradient_errors import ERRORS
from autograder.checks.bptt.masked_loss import LOSS
from autograder.checks.bptt.masked_step import STEP as MASKED_STEP
from autograder.checks.bptt.predictions import ARRIVES, BEATS
from autograder.checks.bptt.questions import LIMITS, REACH
from autograder.checks.bptt.sequence import ALL
from autograder.checks.bptt.step import STEP
from autograder.checks.bptt.ten import TEN
from autograder.checks.bptt.truncation import TRUNCATED
from autograder.checks.bptt.two_steps import TWO

ALLOWS = ("activations", "data.text", "decode", "gradcheck", "init", "plots", "sequence")  # not what can clip
EXERCISES = [
    *(ARRIVES, TWO, STEP, ALL, ERRORS, CHOSEN, LIMITS),
    *(LOSS, MASKED_STEP, CHUNK, TRUNCATED, CLIP, TEN, BITS, BEATS, REACH),
]
