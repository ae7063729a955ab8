"""An experiment to run and to read: which past value moves the last state most."""

import numpy as np

from autograder.checks.gating import reference
from autograder.compare import expect
from autograder.equality import is_number
from autograder.spec import Exercise
from autograder.wording import brief

READ = Exercise(
    "gate-read-influence",
    values={
        f"{kind}_reads": [reference.strongest(kind, name) for name in ("A", "B")] for kind in ("tanh", "leaky", "gated")
    },
    points=2,
    minutes=12,
    difficulty=1,
    hints=(
        "`moves(kind, name)` gives twelve numbers, one a step. Look for the largest, and count its place from 0.",
        'Six calls: `for kind in ("tanh", "leaky", "gated"): print(kind, moves(kind, "A"), moves(kind, "B"))`.',
        "`int(np.argmax(moves(kind, name)))` finds the place of the largest number.",
    ),
    explain="For the tanh and the leaky unit it is the last step in both sequences: what is nearest counts most, "
    "whatever it is. For the gated unit it is the last marked step, wherever that stands.",
)


def steps_of(name, got):
    """Two steps, from a list, a tuple or an array of whole numbers."""
    got = got.tolist() if isinstance(got, np.ndarray) else got
    fits = isinstance(got, list | tuple) and len(got) == 2 and all(map(is_number, got))
    wanted = "a list of two steps, one for A and one for B, each a whole number from 0 to 11"
    expect(fits and all(step in range(12) for step in got), f"{name}: expected {wanted}, got {brief(got)}.")
    return [int(step) for step in got]


def add(kind):
    name, want = f"{kind}_reads", READ.values[f"{kind}_reads"]

    @READ.check(f"{name}: the step that moves the last state most, for A and for B")
    def reads(student, rng):
        for sequence, step, strongest in zip("AB", steps_of(name, getattr(student, name)), want, strict=True):
            expect(
                step == strongest,
                f"{name}: for sequence {sequence} another step moves the last state more than step {step}. Find the "
                f'largest of the twelve numbers of `moves("{kind}", "{sequence}")`, and count its place from 0.',
            )


for kind in ("tanh", "leaky", "gated"):
    add(kind)

FROM_ONE = {name: [step + 1 for step in steps] for name, steps in READ.values.items()}
READ.mistake(
    "steps are counted from 1",
    "The first of the twelve numbers belongs to step 0, so the last to step 11.",
    **FROM_ONE,
)
READ.mistake(
    "the first marked step, not the last",
    "The gate opens at every mark, and at each the new value replaces the old. Look at the moves again.",
    gated_reads=[marks[0] for marks in reference.MARKS.values()],
)
READ.mistake(
    "A and B are exchanged",
    "First the step for sequence A, then that for B.",
    gated_reads=READ.values["gated_reads"][::-1],
)
READ.mistake(
    "the last step for the gated unit as well",
    "At step 11 the gate is shut, in both sequences. Look at its moves again.",
    gated_reads=[11, 11],
)
READ.mistake(
    "the first step for the tanh unit",
    "What came first has been through the tanh most often. Look for the largest number in the list.",
    tanh_reads=[0, 0],
)
