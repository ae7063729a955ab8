"""What a learner reads off a run, held against what ten such runs gave; and a question in words."""

import numpy as np

from autograder.compare import CheckFailed, expect
from autograder.spec import Exercise, Written
from autograder.wording import brief
from rnn_core.data.letters import SHARES

# Mean belief in Y of ten trainings: alone 0.36 to 0.40 at share 0.4, 0.50 to 0.54 at 0.5; after S, O, N 0.42 to 0.47
# at 0.2, 0.55 to 0.59 at 0.3; after E, A, S 0.45 to 0.48 at 0.7, 0.56 to 0.60 at 0.8. Accepted is what they leave open,
# give or take 0.02.
ACCEPTED = {"alone": (0.5, 0.6), "after_SON": (0.3,), "after_EAS": (0.7, 0.8)}

READ = Exercise(
    "loop-read-blend",
    values={"first_Y": {"alone": 0.5, "after_SON": 0.3, "after_EAS": 0.8}},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Take one row of the table. Go from left to right until the belief in Y is above one half for the first time.",
        "The answer is not the belief; it is the share that stands above it, at the head of its column.",
        "After S, O, N a Y is expected: less of a Y in the picture will do. After E, A, S more is needed.",
    ),
    explain="Where the belief crosses one half, picture and context are in balance. The crossing moves to the left "
    "where the letters before speak for Y, and to the right where they speak for T: the net weighs the two.",
)


def expect_reading(student, name):
    """Expect the share at which the belief in Y first stands above one half."""
    got = student.first_Y
    keys = ", ".join(f'"{key}"' for key in ACCEPTED)
    if not (isinstance(got, dict) and name in got):
        raise CheckFailed(f"first_Y: expected a dict with the keys {keys}, got {brief(got)}.")
    value, what = got[name], f"first_Y[{name!r}]"
    if (
        isinstance(value, bool | str | list | tuple | dict)
        or np.ndim(value)
        or np.asarray(value).dtype.kind not in "iuf"
    ):
        raise CheckFailed(f"{what}: expected a number from 0 to 1, got {brief(value)}.")
    head = "Asked for is the share at the head of the column, not the belief below it."
    listed = "expected a share from the head of the table (0, 0.1, 0.2, ...)"
    expect(bool(np.isclose(SHARES, value).any()), f"{what}: {listed}, got {value:g}. {head}")
    first, last = ACCEPTED[name][0], ACCEPTED[name][-1]
    below = "there the belief in Y is still below one half. Look further right."
    expect(value > first - 0.05, f"{what}: got {value:g}, and {below} {head}")
    above = "one column before it the belief in Y is above one half already. Look further left."
    expect(value < last + 0.05, f"{what}: got {value:g}, and {above} {head}")


@READ.check("alone")
def alone(student, rng):
    expect_reading(student, "alone")


@READ.check("after S, O, N")
def after_son(student, rng):
    expect_reading(student, "after_SON")


@READ.check("after E, A, S")
def after_eas(student, rng):
    expect_reading(student, "after_EAS")


READ.mistake(
    "the belief in place of the share",
    "0.52, 0.58 and 0.60 stand below the head of the table: that is how far the net believes in a Y. Asked for is for "
    "which pictures it does: the shares above these beliefs, at the head of their columns.",
    first_Y={"alone": 0.52, "after_SON": 0.58, "after_EAS": 0.6},
)
READ.mistake(
    "the two contexts are exchanged",
    "After S, O, N a Y is the likelier word, so that less of a Y in the picture is enough.",
    first_Y={"alone": 0.5, "after_SON": 0.8, "after_EAS": 0.3},
)
READ.mistake(
    "percent in place of shares",
    "The head of the table holds shares from 0 to 1: 0.3, not 30.",
    first_Y={"alone": 50, "after_SON": 30, "after_EAS": 80},
)
READ.mistake(
    "the number of the column in place of its share",
    "The columns are ten steps of 0.1. What is asked for is the share at the head: 0.3, not 3.",
    first_Y={"alone": 5, "after_SON": 3, "after_EAS": 8},
)
READ.mistake(
    "the largest share below one half",
    "These columns are the last that are still read as a T. Asked for are the first that are read as a Y: one further.",
    first_Y={"alone": 0.4, "after_SON": 0.2, "after_EAS": 0.7},
)
READ.mistake(
    "the same share for all three",
    "Each row of the table has its own crossing: find the first belief above one half in each.",
    first_Y={"alone": 0.5, "after_SON": 0.5, "after_EAS": 0.5},
)
READ.mistake(
    "the readings are in a list",
    "Three numbers without names can be mixed up. Leave the names in place and write each number behind its own.",
    first_Y=[0.5, 0.3, 0.8],
)

ARROWS = Written(
    "loop-arrows",
    model="Into step 1 go state 0 (what the net holds before it has seen anything) and input 1. Out of it come "
    "state 1, which goes on into step 2, and output 1, which leaves the net. The state stays inside: it is what a step "
    "hands to the next. Unrolled, every arrow leads up or to the right, and none leads back: step 1 cannot hear of "
    "input 2.",
    rubric=(
        "State 0 and input 1 go in.",
        "State 1 and output 1 come out; the state goes on to the next step, the output leaves.",
        "Unrolled, the flow is one-way: no arrow leads to an earlier step.",
    ),
    points=2,
    minutes=5,
)
