"""Lesson 2: the recurrent cell, text in and out of it, and weights set by hand."""

from autograder.checks.recurrent_cell import (  # noqa: F401  each adds the mistakes of one exercise
    chunks_mistakes,
    in_and_out_mistakes,
    sampling_mistakes,
    sequence_mistakes,
    step_mistakes,
)
from autograder.checks.recurrent_cell.by_hand import ECHO, LATCH
from autograder.checks.recurrent_cell.chunks import CHUNKS
from autograder.checks.recurrent_cell.in_and_out import IN_OUT
from autograder.checks.recurrent_cell.sampling import SAMPLE
from autograder.checks.recurrent_cell.sequence import FORWARD
from autograder.checks.recurrent_cell.shapes import SHAPES
from autograder.checks.recurrent_cell.softmax_loop import SOFTMAX_LOOP, WHY_RAW
from autograder.checks.recurrent_cell.step import STEP

EXERCISES = [SHAPES, STEP, FORWARD, CHUNKS, IN_OUT, SOFTMAX_LOOP, WHY_RAW, SAMPLE, LATCH, ECHO]
