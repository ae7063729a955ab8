"""What hidden units detect, predicted before the run; and why the test set is used once."""

from autograder.checks.before_you_start.arrays import EMPTY
from autograder.compare import expect
from autograder.spec import Exercise, Written

UNIT_CHOICES = ("none", "fewer than half", "half or more")
UNITS = Exercise(
    "start-units",
    values={"predicted_units": "half or more"},
    points=1,
    minutes=3,
    hints=("Commit to what you believe; the point is for the prediction, not for being right.",),
    explain="Any of the three is accepted; the run decides.",
)


@UNITS.check("a prediction is made before the run")
def predicted(student, rng):
    value = student.predicted_units
    expect(
        isinstance(value, str) and value in UNIT_CHOICES,
        f'predicted_units: expected one of {", ".join(UNIT_CHOICES)}, between quotes, got "{value}".',
    )


UNITS.mistake("nothing is predicted yet", EMPTY, predicted_units="")

ONCE = Written(
    "start-test-once",
    model="Every decision that looks at a number fits the decision to that number a little. Whoever tries twenty nets "
    "on the test set and reports the best has chosen the net that happened to suit these examples: part of its lead is "
    "luck, and will not come again with new examples. The reported share is then too high, although no gradient ever "
    "came from the test set. The twenty should be compared on the validation set, and the test set be used once, for "
    "the one that was chosen. If the result disappoints and the net is changed because of it, the test set has become "
    "a validation set, and an honest number needs fresh examples.",
    rubric=(
        "Choosing by the test set is a way of fitting it: the best of many is partly the luckiest.",
        "Says what follows, a reported number that is too good, and what to do instead: choose by the validation set, "
        "test once.",
    ),
    points=2,
    minutes=8,
    difficulty=2,
)
