"""Wrong time constants and leaks, known by name."""

import numpy as np

from autograder.checks.gating.time_scales import SCALES


def mistake(name, words, **replaces):
    SCALES.mistake(name, words, **replaces)


EXACT = "1 / leak is a good guess for small leaks. Exactly, (1 - leak)^k is 1/e at k = -1 / log(1 - leak)."
mistake("1 / leak stands for the time constant", EXACT, time_constant=lambda leak: 1 / leak)
mistake("1 / steps stands for the leak", EXACT, leak_for=lambda steps: 1 / steps)
mistake(
    "the time constant has the wrong sign",
    "`1 - leak` is below 1, so its logarithm is negative. A number of steps is positive: -1 / log(1 - leak).",
    time_constant=lambda leak: 1 / np.log(1 - leak),
)
mistake(
    "the logarithm of the leak, not of what stays",
    "What is multiplied at each step is the share that *stays*, `1 - leak`.",
    time_constant=lambda leak: -1 / np.log(leak),
)
mistake(
    "the time constant is turned over",
    "-log(1 - leak) is a rate, per step. The time constant is 1 over it.",
    time_constant=lambda leak: -np.log(1 - leak),
)
mistake(
    "the time until a half is left",
    "With log(2) above the line, or `np.log2` below, it is the time until a half is left. Asked is 1/e.",
    time_constant=lambda leak: -np.log(2) / np.log(1 - leak),
)
mistake(
    "a logarithm to base 10",
    "The time constant belongs to e: `np.log`, not `np.log10`.",
    time_constant=lambda leak: -1 / np.log10(1 - leak),
)
mistake(
    "the time constant is rounded up",
    "A time constant need not be a whole number of steps: return -1 / log(1 - leak) as it is.",
    time_constant=lambda leak: np.ceil(-1 / np.log(1 - leak)),
)
mistake(
    "what is left after one step",
    "`1 - leak` is the share after one step. Asked is the number of steps until 1/e is left.",
    time_constant=lambda leak: 1 - leak,
)
mistake(
    "the share that stays, not the leak",
    "exp(-1 / steps) is what one step leaves. The leak is the rest: 1 - exp(-1 / steps).",
    leak_for=lambda steps: np.exp(-1 / steps),
)
mistake(
    "the exponent is not turned over",
    "A long time constant means a small leak. The exponent is -1 / steps.",
    leak_for=lambda steps: 1 - np.exp(-steps),
)
mistake(
    "the exponent has the wrong sign",
    "exp(1 / steps) is above 1, and 1 minus it is negative. What a step leaves is exp(-1 / steps).",
    leak_for=lambda steps: 1 - np.exp(1 / steps),
)
mistake(
    "the leak is exp(1 / steps) - 1",
    "This would be above 1 for short time constants. What a step leaves is exp(-1 / steps): the leak is the rest.",
    leak_for=lambda steps: np.exp(1 / steps) - 1,
)
mistake(
    "a half is left after so many steps",
    "With 2^(-1 / steps) a half is left after `steps` steps. Asked is 1/e: exp(-1 / steps).",
    leak_for=lambda steps: 1 - 2 ** (-1 / steps),
)
mistake(
    "1 - 1 / steps stands for the leak",
    "1 - 1 / steps is about the share that stays, by the rule of thumb. The leak is 1 - exp(-1 / steps).",
    leak_for=lambda steps: 1 - 1 / steps,
)
mistake(
    "a tenth is left after so many steps",
    "With 10^(-1 / steps) a tenth is left after `steps` steps. Asked is 1/e: exp(-1 / steps).",
    leak_for=lambda steps: 1 - 10 ** (-1 / steps),
)
