"""Lesson 0: arrays, scores, the chain rule, a feedforward net, its training."""

from autograder.checks.before_you_start import (  # noqa: F401  each adds the mistakes of one exercise
    cross_entropy_mistakes,
    early_stopping_mistakes,
    mlp_mistakes,
    optimizers_mistakes,
    softmax_mistakes,
    standardise_mistakes,
)
from autograder.checks.before_you_start.cross_entropy import CROSS_ENTROPY
from autograder.checks.before_you_start.diagnostic import DIAGNOSTIC
from autograder.checks.before_you_start.early_stopping import EARLY
from autograder.checks.before_you_start.linear_backward import LINEAR
from autograder.checks.before_you_start.mlp import MLP
from autograder.checks.before_you_start.optimizers import OPTIMIZERS
from autograder.checks.before_you_start.predictions import BROADCAST, UNITS
from autograder.checks.before_you_start.softmax import SOFTMAX
from autograder.checks.before_you_start.standardise import STANDARDISE
from autograder.checks.before_you_start.tanh_backward import TANH
from autograder.checks.before_you_start.train import ONCE, TRAIN

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
