"""Lesson 0: arrays, scores, the chain rule, a feedforward net, its training."""

from autograder.checks.before_you_start.arrays import BROADCAST, STANDARDISE
from autograder.checks.before_you_start.backward import LINEAR, MLP, TANH
from autograder.checks.before_you_start.diagnostic import DIAGNOSTIC
from autograder.checks.before_you_start.optimizers import OPTIMIZERS
from autograder.checks.before_you_start.scores import CROSS_ENTROPY, SOFTMAX
from autograder.checks.before_you_start.training import EARLY, ONCE, TRAIN, UNITS

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
