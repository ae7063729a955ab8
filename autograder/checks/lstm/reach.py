"""Reading recorded runs: up to which lag does each start learn?"""

from numbers import Real

from autograder.compare import CheckFailed, expect, expect_names
from autograder.spec import Exercise
from autograder.wording import brief
from rnn_core.data import recorded

ROWS = recorded.load("lstm_first_symbol")["rows"]
STARTS = list(dict.fromkeys(row["start"] for row in ROWS))
LAGS = sorted({row["lag"] for row in ROWS})


def counts(start):
    """lag -> successful runs and runs, at the lags that were tried."""
    found = {}
    for row in ROWS:
        if row["start"] == start:
            learned, runs = found.get(row["lag"], (0, 0))
            found[row["lag"]] = learned + row["learned"], runs + 1
    return found


def longest(enough):
    """Of each start the longest lag at which enough runs succeeded, 0 where there is none."""
    return {start: max([0, *(lag for lag, pair in counts(start).items() if enough(*pair))]) for start in STARTS}


REACH = Exercise(
    "lstm-reach",
    values={"reach": longest(lambda learned, runs: 2 * learned >= runs)},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Take one row of the table at a time, and go from the right: the first entry in which half of the runs or more "
        "learned the task gives the lag.",
        "Half counts: 5 of 10 is at least half. A dash means not tried, and counts as no success. Where no lag "
        "has half of "
        "the runs, write 0.",
    ),
    explain="The same cell with three forget biases reaches three different lags, and so does the same bias with "
    "two starts "
    "of the weights. A cell is not good or bad at long lags by its name.",
)


def expect_reach(reach, starts):
    expect_names("reach", reach, STARTS)
    for start in starts:
        got = reach[start]
        if isinstance(got, bool) or not isinstance(got, Real):
            raise CheckFailed(f"reach of {start}: expected a lag as a number, got {brief(got)}.")
        expect(
            got in (0, *LAGS),
            f"reach of {start}: {brief(got)} is no lag of the table; they are {', '.join(map(str, LAGS))}, or 0.",
        )
        of = ", ".join(f"{learned} of {runs} at lag {lag}" for lag, (learned, runs) in counts(start).items())
        want = REACH.values["reach"][start]
        expect(
            got == want, f"reach of {start}: {brief(got)} is not the longest lag with at least half of the runs: {of}."
        )


@REACH.check("the tanh cell")
def tanh(student, rng):
    expect_reach(student.reach, [start for start in STARTS if start.startswith("tanh")])


@REACH.check("the LSTM with the uniform start")
def uniform(student, rng):
    expect_reach(student.reach, [start for start in STARTS if "uniform" in start])


@REACH.check("the LSTM with the orthogonal start")
def orthogonal(student, rng):
    expect_reach(student.reach, [start for start in STARTS if start.startswith("LSTM, orthogonal")])


REACH.mistake(
    "one successful run is taken for enough",
    "Asked for is the longest lag at which at least half of the runs learned the task.",
    reach=longest(lambda learned, runs: learned > 0),
)
REACH.mistake(
    "all runs are asked to succeed",
    "At least half of the runs are enough.",
    reach=longest(lambda learned, runs: learned == runs),
)
REACH.mistake(
    "the longest lag that was tried",
    "How far it was tried is not how far it succeeded: look at how many runs learned the task.",
    reach={start: max(counts(start)) for start in STARTS},
)
REACH.mistake(
    "steps instead of lags",
    "The lag is the distance from the first symbol to the last step: the sequence has one step more.",
    reach={start: lag + 1 for start, lag in REACH.values["reach"].items()},
)
