"""Lesson 4: vanishing and exploding gradients, measured, predicted and alleviated."""

from autograder.checks.vanishing_gradients import (  # noqa: F401  each adds the mistakes of one exercise
    clipping_mistakes,
    layer_norm_backward_mistakes,
    layer_norm_mistakes,
)
from autograder.checks.vanishing_gradients.clipping import STEP
from autograder.checks.vanishing_gradients.jacobian import JACOBIAN
from autograder.checks.vanishing_gradients.layer_norm import FORWARD
from autograder.checks.vanishing_gradients.layer_norm_backward import BACKWARD, RMS
from autograder.checks.vanishing_gradients.norms import NORMS
from autograder.checks.vanishing_gradients.predictions import PREDICT
from autograder.checks.vanishing_gradients.questions import WORDS
from autograder.checks.vanishing_gradients.radius import RADIUS
from autograder.checks.vanishing_gradients.reading import READING

ALLOWS = ("activations", "data.recall", "init", "plots")  # nothing that clips, steps or normalises
EXERCISES = [PREDICT, JACOBIAN, NORMS, RADIUS, READING, STEP, FORWARD, RMS, BACKWARD, WORDS]
