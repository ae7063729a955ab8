"""The exercises of the notebook depth_and_direction."""

from autograder.checks.shapes.depth_and_direction import (  # noqa: F401  each adds the mistakes of one exercise
    both_ways_mistakes,
    dropout_mistakes,
    gradient_mistakes,
    reversing_mistakes,
    size_mistakes,
    two_layers_mistakes,
)
from autograder.checks.shapes.depth_and_direction.both_ways import BOTH
from autograder.checks.shapes.depth_and_direction.dropout import DROPOUT
from autograder.checks.shapes.depth_and_direction.gradient import GRADIENT
from autograder.checks.shapes.depth_and_direction.jobs import JOBS
from autograder.checks.shapes.depth_and_direction.questions import FORECAST, PREDICT
from autograder.checks.shapes.depth_and_direction.reversing import REVERSE
from autograder.checks.shapes.depth_and_direction.size import SIZE
from autograder.checks.shapes.depth_and_direction.two_layers import TWO

ALLOWS = ("activations", "init", "plots")  # not stack, both_ways, dropout, nor what imports them
EXERCISES = [PREDICT, TWO, SIZE, GRADIENT, DROPOUT, REVERSE, BOTH, JOBS, FORECAST]
