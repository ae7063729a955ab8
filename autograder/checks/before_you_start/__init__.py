"""Lesson 0: arrays, scores, the chain rule, a feedforward net, its training."""

from autograder.checks.before_you_start.arrays import BROADCAST, STANDARDISE
from autograder.checks.before_you_start.cross_entropy import CROSS_ENTROPY
from autograder.checks.before_you_start.diagnostic import DIAGNOSTIC
from autograder.checks.before_you_start.early_stopping import EARLY
from autograder.checks.before_you_start.mlp import MLP
from autograder.checks.before_you_start.optimizers import OPTIMIZERS
from autograder.checks.before_you_start.softmax import SOFTMAX
from autograder.checks.before_you_start.train import TRAIN
from autograder.checks.before_you_start.units import ONCE, UNITS
from autograder.checks.before_you_start.vector_jacobian import LINEAR, TANH

LESSON = "00_before_you_start"
EXERCISES = [
    DIAGNOSTIC,
    BROADCAST,
    STANDARDISE,
    SOFTMAX,
    CROSS_ENTROPY,
    TANH,
    LINEAR,
    MLP,
    OPTIMIZERS,
    EARLY,
    TRAIN,
    UNITS,
    ONCE,
]
