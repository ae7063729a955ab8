"""An experiment to run and read: at which spectral radii the gradient vanishes, in three nets."""

import numpy as np

from autograder.compare import CheckFailed, as_numbers, expect
from autograder.spec import Exercise

TRIED = (0.8, 1.0, 1.2, 1.6)
VANISHED = {
    "vanished_linear": [0.8],
    "vanished_weak": [0.8, 1.0],
    "vanished_strong": [0.8, 1.0, 1.2, 1.6],
}
WHICH = {
    "vanished_linear": "no tanh",
    "vanished_weak": "tanh, weak input",
    "vanished_strong": "tanh, strong input",
}

READING = Exercise(
    "vanish-read-radius",
    values=VANISHED,
    points=3,
    minutes=10,
    difficulty=1,
    hints=(
        "Read a row of the table, one net, and collect the radii whose number is below 0.01. A number like 2e-05 is "
        "0.00002.",
        "Each answer is a list of radii, such as `[0.8, 1.0]`, and an empty list if there are none.",
        "Without tanh the radius decides. With tanh the slopes count as well, and a strong input makes them small.",
    ),
    explain="The same matrices, three different outcomes. The radius says what the powers of one matrix "
    "do in the long run. The Jacobians of a driven tanh net are other matrices at every step, flattened by the slopes.",
)


def radii(name, value):
    """The radii that a learner listed, sorted; any list, tuple or array of numbers."""
    array = as_numbers(name, value)
    expect(array.ndim <= 1, f"{name}: expected a list of radii, got an array of shape {array.shape}.")
    return np.unique(array.astype(float).ravel())


def add_check(name):
    @READING.check(f"{name}: the net with {WHICH[name]}")
    def listed(student, rng):
        got, want = radii(name, getattr(student, name)), VANISHED[name]
        strange = [x for x in got if not np.isclose(x, TRIED, atol=1e-6).any()]
        if strange:
            raise CheckFailed(f"{name}: {strange[0]:g} is none of the radii that were tried: 0.8, 1.0, 1.2, 1.6.")
        extra = [x for x in got if not np.isclose(x, want, atol=1e-6).any()]
        missing = [x for x in want if not np.isclose(x, got, atol=1e-6).any()]
        row = f"Look at the row `{WHICH[name]}`"
        expect(not extra, f"{name}: it holds a radius that did not stay below 0.01. {row}.")
        expect(not missing, f"{name}: a radius is missing whose number is below 0.01. {row}.")


for each in VANISHED:
    add_check(each)

READING.mistake(
    "the rule of thumb instead of the table",
    "A radius below 1 makes powers of one matrix shrink: that is the first row. With tanh the slopes count as well. "
    "Read the other two rows.",
    **{name: [0.8] for name in VANISHED},
)
READING.mistake(
    "the radii that did not vanish",
    "You listed those whose numbers are 0.01 or more. Asked for are those below 0.01.",
    **{name: [radius for radius in TRIED if radius not in right] for name, right in VANISHED.items()},
)
READING.mistake(
    "weak and strong input are exchanged",
    "The strong input is the last row.",
    vanished_weak=VANISHED["vanished_strong"],
    vanished_strong=VANISHED["vanished_weak"],
)
READING.mistake(
    "the radius is thought to decide in the driven net, too",
    "A radius of 1 or below is the rule for one matrix. Read the last row again: the strong input flattens the tanh at "
    "every radius that was tried.",
    vanished_strong=[0.8, 1.0],
)
READING.mistake(
    "a radius of 1 is taken for shrinking",
    "Without tanh and at radius 1 the norm neither grows nor falls by much: look at the number.",
    vanished_linear=[0.8, 1.0],
)
