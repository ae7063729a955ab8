"""Where a learner stands, from the events that were kept: against counts that are made here by hand."""

import datetime
from pathlib import Path

import pytest

from autograder.checks import registry
from autograder.progress import Progress
from autograder.questions import load_questions
from autograder.spec import Exercise, Written
from autograder.standing import standing

NOW = datetime.datetime(2026, 3, 9, tzinfo=datetime.UTC)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "p.sqlite")


def rows(now: dict) -> dict[str, dict]:
    """Each exercise by its id."""
    return {
        row["id"]: row for lesson in now["lessons"] for notebook in lesson["notebooks"] for row in notebook["exercises"]
    }


def master(progress: Progress, id: str) -> None:
    item = registry()[id]
    if isinstance(item, Exercise):
        progress.add("check", id, points=item.points, max=item.points, mistake=None)
    else:
        progress.add("model answer", id)


def test_at_first_all_is_open_and_lesson_1_is_next(progress):
    now = standing(progress)
    assert list(rows(now)) == list(registry().items) and {row["state"] for row in rows(now).values()} == {"open"}
    assert now["next"]["id"] == "loop-predict-reading" and now["due"] == [] and now["soonest"] == ""
    assert standing(Progress(None)) == now


def test_mastered_begun_and_open(progress):
    progress.add("check", "loop-joined-step", points=1, max=3, mistake=None)
    progress.add("hint", "loop-unrolled")
    progress.add("solution", "cell-forward")
    master(progress, "cell-step-forward")
    progress.add("check", "cell-step-forward", points=0, max=3, mistake=None)  # the best counts
    now = rows(standing(progress))
    states = {id: row["state"] for id, row in now.items() if row["state"] != "open"}
    assert states == {
        "loop-joined-step": "begun", "loop-unrolled": "begun", "cell-forward": "begun", "cell-step-forward": "mastered",
    }  # fmt: skip
    assert now["loop-joined-step"]["worth"].startswith("1 of ")
    assert now["cell-forward"]["worth"].endswith("solution seen")
    assert now["loop-arrows"]["worth"] == "in words"


def test_a_notebook_is_mastered_with_all_its_exercises(progress):
    (notebook,) = standing(progress)["lessons"][1]["notebooks"]
    for row in notebook["exercises"]:
        master(progress, row["id"])
    (notebook,) = standing(progress)["lessons"][1]["notebooks"]
    assert (notebook["state"], notebook["done"]) == ("mastered", len(notebook["exercises"]))
    assert any(isinstance(registry()[row["id"]], Written) for row in notebook["exercises"])


def test_next_is_the_first_that_is_not_mastered_from_the_last_one_worked_on(progress):
    ids = list(registry().items)
    progress.add("check", "gate-bias", points=0, max=2, mistake=None)
    assert standing(progress)["next"]["id"] == "gate-bias"
    master(progress, "gate-bias")
    assert standing(progress)["next"]["id"] == ids[ids.index("gate-bias") + 1]
    master(progress, ids[-1]) if isinstance(registry()[ids[-1]], Exercise) else master(progress, ids[-2])
    progress.add("check", "gone-since", points=1, max=1, mistake=None)
    for id in ids[-2:]:
        master(progress, id)
    assert standing(progress)["next"]["id"] == ids[0], "from the end to the beginning"
    for id in ids:
        master(progress, id)
    assert standing(progress)["next"] is None


def test_questions_that_are_due(progress, monkeypatch):
    one, two, *_ = load_questions()
    for id, day in ((one, 1), (two, 7), ("gone-since", 1)):
        monkeypatch.setattr("autograder.progress.now", lambda day=day: f"2026-03-{day:02}T00:00:00+00:00")
        progress.add("recall", id, right=True)
    assert standing(progress, NOW)["due"] == [one, two]
    early = standing(progress, NOW - datetime.timedelta(days=2))
    assert early["due"] == [one] and early["soonest"] == "within a day"
