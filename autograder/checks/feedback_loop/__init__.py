"""Lesson 1: closing the loop."""

from autograder.checks.feedback_loop.loops import LOOP
from autograder.checks.feedback_loop.predictions import ORDER, READING
from autograder.checks.feedback_loop.reading import ARROWS, READ
from autograder.checks.feedback_loop.steps import FEEDFORWARD, JOINED
from autograder.checks.feedback_loop.unrolled import UNROLLED
from autograder.checks.feedback_loop.weights import SPLIT

LESSON = "01_feedback_loop"
EXERCISES = [READING, FEEDFORWARD, JOINED, LOOP, SPLIT, READ, UNROLLED, ARROWS, ORDER]
