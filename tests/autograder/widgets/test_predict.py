"""A prediction: the first one sealed counts and is kept; what waits for it opens then, and only then."""

import sqlite3
from types import SimpleNamespace

import pytest

from autograder import predict as called
from autograder.progress import Progress
from autograder.report import Shown
from autograder.widgets import Predict, predict

CHOICES = ["it fades", "it stays"]


@pytest.fixture
def question():
    return lambda id="fading": Predict("What becomes of it?", CHOICES, id=id)


@pytest.fixture
def number():
    return lambda id="half": Predict("After how many steps?", (0, 40), id=id, unit="steps")


@pytest.fixture
def page(monkeypatch):
    """What a notebook shows: a list, in which what is updated is replaced."""
    shown = []

    def display(thing, display_id=False):
        shown.append(thing)
        place = len(shown) - 1
        return SimpleNamespace(update=lambda new: shown.__setitem__(place, new)) if display_id else None

    monkeypatch.setattr(predict, "display", display)
    return shown


def move(shown: Predict, **controls) -> dict:
    """What the page does: controls, then the answer."""
    shown.controls = {**shown.controls, **controls, "turn": shown.controls.get("turn", 0) + 1}
    return shown.picture


def kept(path) -> list:
    return [(item, data["answer"]) for _, item, data in Progress(path).events("prediction")]


def test_choosing_is_not_yet_answering(question, progress_path):
    shown = question()
    assert shown.answer is None and shown.picture["says"] == "Not answered yet."
    assert move(shown, value="it stays")["says"] == "Not sealed yet: it stays."
    assert shown.answer is None and kept(progress_path) == []
    assert move(shown, sealed=True)["says"] == "You predicted: it stays."
    assert shown.answer == shown.picture["answer"] == "it stays" and kept(progress_path) == [("fading", "it stays")]


def test_the_first_answer_counts_also_in_another_session(question, progress_path):
    move(question(), value="it stays", sealed=True)
    again = question()
    assert again.answer == "it stays" and again.picture["says"] == "You predicted: it stays."
    move(again, value="it fades", sealed=True)
    again.seal("it fades")
    assert again.answer == "it stays" and kept(progress_path) == [("fading", "it stays")]
    assert question("another").answer is None


def test_a_number_within_its_range(number, progress_path):
    shown = number()
    assert move(shown, value=12)["says"] == "Not sealed yet: 12 steps."
    move(shown, sealed=True)
    assert shown.answer == 12.0 and kept(progress_path) == [("half", 12.0)]
    assert shown.picture["range"] == [0, 40] and shown.picture["choices"] == []


@pytest.mark.parametrize("value", [-1, 41, "12", None, [3], float("nan"), True])
def test_what_is_no_number_of_the_range_is_not_taken(number, value, progress_path):
    shown = number()
    move(shown, value=value, sealed=True)
    assert shown.answer is None and kept(progress_path) == [] and shown.picture["says"] == "Not answered yet."
    with pytest.raises(ValueError, match="expected one of"):
        shown.seal(value)


@pytest.mark.parametrize("value", ["it flies", "", None, 0, ["it fades"]])
def test_what_is_none_of_the_choices_is_not_taken(question, value):
    shown = question()
    move(shown, value=value, sealed=True)
    assert shown.answer is None and shown.picture["problem"] == ""


@pytest.mark.parametrize("choices", [(3, 3), (4, 1), (1, 2, 3), [], ["only one"]])
def test_choices_that_leave_no_choice(choices):
    with pytest.raises(ValueError, match="choices: expected"):
        Predict("?", choices, id="x")


def test_what_waits_opens_with_the_answer(question, page):
    shown = question()
    shown.then(Shown("the picture", ""))
    assert page[0] is shown and "opens here once you have predicted" in repr(page[1])
    assert shown.picture["waits"]
    move(shown, value="it fades")
    assert "opens here" in repr(page[1])
    move(shown, sealed=True)
    assert repr(page[1]) == "the picture" and not shown.picture["waits"]


def test_a_function_is_called_once_and_not_before(question, page):
    calls = []
    shown = question()
    shown.then(lambda: calls.append(1) or Shown("made", ""))
    assert calls == []
    shown.seal("it fades")
    shown.seal("it stays")
    assert calls == [1] and repr(page[1]) == "made"


def test_who_answered_before_sees_it_at_once(question, page):
    question().seal("it fades")
    shown = question()
    shown.then(Shown("the picture", ""))
    assert repr(page[1]) == "the picture" and not shown.picture["waits"]


def test_who_does_not_want_to_predict_sees_it_too(question, page, progress_path):
    shown = question()
    shown.then(Shown("the picture", ""))
    assert move(shown, skip=True)["says"] == "Not answered yet." and not shown.picture["waits"]
    assert repr(page[1]) == "the picture" and shown.answer is None and kept(progress_path) == []
    move(shown, value="it fades", sealed=True)
    assert shown.answer == "it fades"


def test_what_raises_is_told_in_its_place(question, page):
    shown = question()
    shown.then(lambda: 1 / 0)
    shown.seal("it fades")
    assert repr(page[1]) == "This could not be shown. ZeroDivisionError: division by zero"
    assert shown.answer == "it fades"


def test_the_card_sets_it_beside_what_came(number, tmp_path):
    shown = number()
    card = shown.outcome(believed="b", measured="m", holds_when="h")
    assert card.rows["predicted"] == "nothing"
    shown.seal(12)
    card = shown.outcome(believed="it is `slow`", measured="half after <7> steps", holds_when="f = 0.9", value=6.6)
    assert repr(card).splitlines() == [
        "question: After how many steps?", "believed: it is `slow`", "predicted: 12 steps",
        "measured: half after <7> steps", "holds when: f = 0.9",
    ]  # fmt: skip
    assert shown.picture["says"] == "You predicted: 12 steps. Measured: 6.6 steps."
    assert "<code>slow</code>" in card.html and "&lt;7&gt;" in card.html and "<7>" not in card.html
    text = card.save(tmp_path / "card.md").read_text()
    assert text == card.markdown and "- **measured**: half after <7> steps\n" in text
    assert card.save(tmp_path / "card.html").read_text() == card.html


def test_the_card_of_a_graded_prediction_can_be_exported_too(course, tmp_path):
    from autograder.notebook import outcome

    card = outcome("guess", believed="b", measured="m", holds_when="two\nlines")
    assert "- **holds when**: two lines" in card.markdown and "data:text/markdown;base64," in card.html
    assert card.save(tmp_path / "a.md").exists()


def test_what_cannot_be_kept_is_said(question, monkeypatch):
    def locked(*args, **kwargs):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", locked)
    shown = question()
    assert shown.picture["problem"] == "Your progress could not be read: database is locked."
    move(shown, value="it fades", sealed=True)
    assert shown.answer == "it fades" and shown.picture["problem"].startswith("Your prediction could not be kept: ")


def test_while_grading_nothing_is_kept(question, monkeypatch, progress_path):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    question().seal("it fades")
    assert not progress_path.exists()


def test_without_a_kernel_it_is_a_card(question, number):
    data = question()._repr_mimebundle_()[0]
    assert "image/png" not in data and "What becomes of it?" in data["text/html"]
    assert "it fades; it stays" in data["text/html"] and "Not answered yet." in data["text/html"]
    assert "a number from 0 to 40 steps" in number()._repr_mimebundle_()[0]["text/html"]


def test_a_lesson_calls_it(progress_path):
    shown = called("Which?", CHOICES, id="x")
    assert isinstance(shown, Predict) and shown.picture["question"] == "Which?"
