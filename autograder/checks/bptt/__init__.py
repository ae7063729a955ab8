"""Lesson 3: the gradient by hand, and a character model trained with it."""

from autograder.checks.bptt.arrival import CHOSEN
from autograder.checks.bptt.by_hand import ARRIVES, TWO
from autograder.checks.bptt.chunks import CHUNK
from autograder.checks.bptt.clipping import BITS, CLIP
from autograder.checks.bptt.masked_loss import LOSS
from autograder.checks.bptt.masked_step import STEP as MASKED_STEP
from autograder.checks.bptt.proof import ERRORS, LIMITS
from autograder.checks.bptt.sequence import ALL
from autograder.checks.bptt.step import STEP
from autograder.checks.bptt.ten import BEATS, REACH, TEN
from autograder.checks.bptt.truncation import TRUNCATED

LESSON = "03_bptt"
EXERCISES = [
    *(ARRIVES, TWO, STEP, ALL, ERRORS, CHOSEN, LIMITS),
    *(LOSS, MASKED_STEP, CHUNK, TRUNCATED, CLIP, TEN, BITS, BEATS, REACH),
]
