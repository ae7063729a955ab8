"""Lesson 1: closing the loop."""

from autograder.checks.feedback_loop import (  # noqa: F401  each adds the mistakes of one exercise
    loops_mistakes,
    unrolled_mistakes,
)
from autograder.checks.feedback_loop.feedforward import FEEDFORWARD
from autograder.checks.feedback_loop.joined import JOINED
from autograder.checks.feedback_loop.loops import LOOP
from autograder.checks.feedback_loop.predictions import ORDER, READING
from autograder.checks.feedback_loop.reading import ARROWS, READ
from autograder.checks.feedback_loop.unrolled import UNROLLED
from autograder.checks.feedback_loop.weights import SPLIT

EXERCISES = [READING, FEEDFORWARD, JOINED, LOOP, SPLIT, READ, UNROLLED, ARROWS, ORDER]
