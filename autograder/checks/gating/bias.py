"""The bias of a gate for a wanted time scale."""

import numpy as np

from autograder.checks.gating import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import leaky

BIAS = Exercise(
    "gate-bias",
    functions={"bias_for": reference.bias_for},
    returns={"bias_for": ("the bias",)},
    lends={"leak_for": leaky.leak_for},
    points=2,
    minutes=12,
    difficulty=2,
    hints=(
        "With its weights at 0 the gate is `sigmoid(bias)` at every step: a leaky unit. Which leak does it need?",
        "`leak_for(steps)` is the leak. Which bias makes the sigmoid equal to it? Solve leak = 1 / (1 + exp(-bias)).",
        "1 / leak = 1 + exp(-bias), so exp(-bias) = (1 - leak) / leak, and `bias = np.log(leak / (1 - leak))`.",
    ),
    explain="The inverse of the sigmoid is the log-odds, log(leak / (1 - leak)). A long time scale needs a small leak, "
    "so the bias is negative here: this gate opens for the new. Where a gate keeps the old, the sign is turned.",
)
HINT = "The gate must be open by `leak_for(steps)`: sigmoid(bias) = leak."


@BIAS.check("time scales of 3 to 300 steps")
def long(student, rng):
    for steps in np.exp(rng.uniform(np.log(3), np.log(300), 4)):
        expect_close("the bias", student.bias_for(float(steps)), float(reference.bias_for(steps)), HINT)


@BIAS.check("with this bias 1/e of a state is left after so many steps")
def holds(student, rng):
    steps = int(rng.integers(2, 6))
    bias = student.bias_for(float(steps))
    expect_close("the bias", bias, float(reference.bias_for(steps)), f"{HINT} Here for {steps} steps.")


@BIAS.check("an array of time scales, short ones too, is left as it is")
def arrays(student, rng):
    steps = rng.uniform(1.1, 40, (3, 2))
    got, after = student.bias_for.with_arguments(steps)
    expect_close("the bias", got, reference.bias_for(steps), HINT)
    expect_unchanged(("steps",), after, (steps,), "`steps /= …` changes the caller's array.")


def name(title, words):
    return BIAS.mistake(title, words)


@name(
    "the sign of the bias is turned",
    "This bias is right for a gate that *keeps* the old. Here g lets the new in: for a long memory g must be small, so "
    "the bias negative.",
)
def turned(steps):
    return -reference.bias_for(steps)


@name(
    "the rule 1 + exp(-bias) in place of the exact time constant",
    "1 / leak = 1 + exp(-bias) is the rule of thumb. Asked is the exact time constant: begin with `leak_for(steps)`.",
)
def rule(steps):
    return -np.log(steps - 1)


@name(
    "the rule 1 + exp(bias), with the sign of a gate that keeps",
    "Two things: this gate lets the new in, so the bias is negative for a long memory; and asked is the exact time "
    "constant, not 1 / leak.",
)
def rule_turned(steps):
    return np.log(steps - 1)


@name(
    "the logarithm of the leak alone", "The inverse of the sigmoid is log(leak / (1 - leak)): the odds, not the share."
)
def of_leak(steps):
    return np.log(leaky.leak_for(steps))


@name("the logarithm is missing", "leak / (1 - leak) are the odds. The bias is their logarithm.")
def odds(steps):
    return leaky.leak_for(steps) / (1 - leaky.leak_for(steps))


@name("the leak itself", "The leak is what the gate must be. The bias stands inside the sigmoid: invert it.")
def leak(steps):
    return leaky.leak_for(steps)


@name(
    "the sigmoid forwards, not backwards",
    "Wanted is the bias whose sigmoid is the leak, not the sigmoid of the leak: log(leak / (1 - leak)).",
)
def forwards(steps):
    return 1 / (1 + np.exp(-leaky.leak_for(steps)))


@name("minus the logarithm of steps", "1 / steps is neither the exact leak nor the odds. Begin with `leak_for(steps)`.")
def minus_log(steps):
    return -np.log(steps)


@name(
    "the inverse of tanh in place of that of the sigmoid",
    "arctanh undoes tanh. The gate is a sigmoid: its inverse is log(leak / (1 - leak)).",
)
def arctanh(steps):
    return np.arctanh(leaky.leak_for(steps))


@name("the logarithm of what stays", "log(1 - leak) is -1 / steps. The bias is log(leak / (1 - leak)).")
def stays(steps):
    return np.log(1 - leaky.leak_for(steps))
