"""A recall question comes again after 1, 3, 7 and 21 days, a step further with each success; wrong begins anew."""

import datetime

import pytest

from autograder.spacing import due_times, in_words

DAY = datetime.timedelta(days=1)
START = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)


def answer(day: float, right: bool = True, id: str = "q") -> tuple[str, str, dict]:
    """An event as the progress file gives it."""
    return (START + day * DAY).isoformat(timespec="seconds"), id, {"right": right}


def due_after(*answers) -> float:
    """The day on which the question is due."""
    return (due_times(list(answers))["q"] - START) / DAY


@pytest.mark.parametrize(
    ("answers", "day"),
    [
        ([answer(0)], 1),
        ([answer(0), answer(1)], 4),
        ([answer(0), answer(1), answer(4)], 11),
        ([answer(0), answer(1), answer(4), answer(11)], 32),
        ([answer(0), answer(1), answer(4), answer(11), answer(32)], 53),  # 21 days from then on
        ([answer(0, right=False)], 1),
        ([answer(0), answer(1), answer(4, right=False)], 5),
        ([answer(0), answer(1), answer(4, right=False), answer(5)], 8),
        ([answer(0), answer(0.001), answer(0.002)], 1),  # a cell that is run again is no practice
        ([answer(0, right=False), answer(0.001)], 1),  # nor is an answer just read
        ([answer(0), answer(1), answer(2, right=False)], 3),  # wrong counts whenever it comes
        ([answer(0), answer(30)], 33),  # late: the distance counts from the answer
    ],
)
def test_when_it_comes_again(answers, day):
    assert due_after(*answers) == pytest.approx(day)


def test_questions_are_apart_and_unasked_ones_are_not_due():
    due = due_times([answer(0), answer(0, id="other"), answer(1)])
    assert set(due) == {"q", "other"} and due["q"] - START == 4 * DAY and due["other"] - START == DAY
    assert due_times([]) == {}


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2, "now"), (0, "now"), (0.2, "within a day"), (1, "within a day"), (1.5, "in 2 days"), (21, "in 21 days")],
)
def test_in_words(days, words):
    assert in_words(days * DAY) == words
