"""The map as Python computes it: what it says, what an answer to a recall question does, the card without a kernel."""

import datetime
import re
import sqlite3

import pytest

from autograder.atlas import pages
from autograder.checks import registry
from autograder.progress import Progress
from autograder.questions import load_questions
from autograder.widgets import ProgressMap

LONG_AGO = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def progress(progress_path) -> Progress:
    return Progress(progress_path)


@pytest.fixture
def asked(progress, monkeypatch) -> list[str]:
    """Two questions that are due."""
    ids = list(load_questions())[:2]
    with monkeypatch.context() as patch:
        patch.setattr("autograder.progress.now", lambda: LONG_AGO)
        for id in ids:
            progress.add("recall", id, right=True)
    return ids


def answer(shown: ProgressMap, id: str, letter: str) -> dict:
    """Press the button of a choice."""
    count = shown.controls["count"] + 1
    shown.controls = {**shown.controls, "recall": id, "letter": letter, "count": count, "turn": count}
    return shown.picture


def test_what_it_says(progress):
    assert ProgressMap().picture["says"] == (
        f"0 of {len(registry().items)} exercises are mastered, 0 begun. "
        "Next: Exercise 1.1: what will a net read?, about 3 minutes. "
    )
    progress.add("check", "loop-joined-step", points=1, max=3, mistake=None)
    shown = ProgressMap()
    assert "0 begun" not in shown.picture["says"] and "Next: Exercise 1.3" in shown.picture["says"]
    progress.add("check", "loop-joined-step", points=3, max=3, mistake=None)
    shown.controls = {**shown.controls, "turn": 1}  # Look again
    assert shown.picture["says"].startswith("1 of ") and "Next: Exercise 1.4" in shown.picture["says"]


def test_a_recall_question_is_answered_here_once(progress, asked):
    shown = ProgressMap()
    assert [question["id"] for question in shown.picture["due"]] == asked
    assert shown.picture["says"].endswith("2 recall questions are due.")
    assert "why" not in shown.picture["due"][0] and "answer" not in shown.picture["due"][0]
    right = load_questions()[asked[0]].answer
    picture = answer(shown, asked[0], right)
    assert picture["verdict"]["mark"] == "right" and picture["verdict"]["words"].startswith("right. ")
    assert [question["id"] for question in picture["due"]] == asked[1:]
    assert picture["says"].endswith("1 recall question is due.")
    shown.controls = {**shown.controls, "turn": 9}  # Look again: the same controls, and no second answer
    kept = [(item, data["right"]) for _, item, data in progress.events("recall")]
    assert kept == [(asked[0], True), (asked[1], True), (asked[0], True)]


def test_a_wrong_answer_begins_anew(progress, asked):
    shown = ProgressMap()
    question = load_questions()[asked[1]]
    wrong = next(letter for letter in question.letters if letter != question.answer)
    picture = answer(shown, asked[1], wrong)
    assert picture["verdict"]["mark"] == "wrong" and f"no, it is {question.answer}." in picture["verdict"]["words"]
    assert progress.events("recall")[-1][2] == {"right": False}
    assert [question["id"] for question in picture["due"]] == asked[:1]


@pytest.mark.parametrize(("id", "letter"), [("cell-temperature", "z"), ("cell-temperature", ""), ("gone", "a")])
def test_an_answer_that_makes_no_sense_is_not_kept(progress, id, letter):
    shown = ProgressMap()
    picture = answer(shown, id, letter)
    assert progress.events("recall") == [] and picture["lessons"]
    assert picture["problem"] == ("KeyError: 'gone'" if id == "gone" else "")


def test_with_a_progress_file_that_cannot_be_read_the_map_is_there_and_says_so(progress_path, monkeypatch):
    def locked(*args, **kwargs):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", locked)
    picture = ProgressMap().picture
    assert picture["problem"] == "Your progress could not be read: database is locked." and len(picture["lessons"]) >= 9


def test_links_lead_from_where_the_notebook_lies(progress, tmp_path, monkeypatch):
    for folder, up, here in (("my_lessons", "", False), ("my_lessons/06_lstm", "../", True)):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        picture = ProgressMap().picture
        assert picture["up"] == up
        assert any(lesson["id"] == picture["here"] for lesson in picture["lessons"]) == here


def test_without_a_kernel_it_is_a_card_with_every_notebook_and_exercise_as_a_link(progress, monkeypatch, tmp_path):
    (tmp_path / "06_lstm").mkdir()
    monkeypatch.chdir(tmp_path / "06_lstm")
    data = ProgressMap()._repr_mimebundle_()[0]
    assert "image/png" not in data and data["text/plain"].startswith("Map of the lessons: 0 of ")
    links = re.findall(r'<a href="([^"]+)">', data["text/html"])
    assert {link for link in links if "#" not in link} == {f"../{page.path}" for page in pages()}
    assert len(links) == len(pages()) + len(registry().items)
    place = next(place for page in pages() for place in page.places if place.id == "lstm-step-forward")
    assert f"../06_lstm/lstm.ipynb#cell-id={place.cell}" in links


def test_it_is_computed_while_a_finger_lifts(progress):
    shown = ProgressMap()
    begin = datetime.datetime.now()
    for _ in range(5):
        shown.compute(shown.start)
    assert (datetime.datetime.now() - begin).total_seconds() < 5 * 0.2  # some 3 ms where nothing else runs
