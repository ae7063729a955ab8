"""Lesson 2: the recurrent cell, its output layer, and weights set by hand."""

from autograder.checks.recurrent_cell.by_hand import ECHO, LATCH
from autograder.checks.recurrent_cell.output import OUTPUT, SOFTMAX_LOOP, WHY_RAW
from autograder.checks.recurrent_cell.sequences import CHUNKS, FORWARD
from autograder.checks.recurrent_cell.shapes import COUNT, SHAPES
from autograder.checks.recurrent_cell.step import STEP
from autograder.checks.recurrent_cell.text import ONE_HOT, SAMPLE

LESSON = "02_recurrent_cell"
EXERCISES = [
    SHAPES,
    STEP,
    FORWARD,
    CHUNKS,
    OUTPUT,
    COUNT,
    SOFTMAX_LOOP,
    WHY_RAW,
    ONE_HOT,
    SAMPLE,
    LATCH,
    ECHO,
]
