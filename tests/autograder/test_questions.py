"""Recall questions and the glossary: what their files must hold, and what is said when they do not."""

import pytest

from autograder import questions
from autograder.questions import Question, Term, load_questions, load_terms

QUESTION = """
[[question]]
id = "fading"
lesson = "01_small"
text = "What fades?"
choices = ["the state", "the paint"]
answer = "{answer}"
why = "A product."
"""


@pytest.fixture
def recall(tmp_path, monkeypatch):
    """Write recall.toml and load it."""
    monkeypatch.setattr(questions, "__file__", str(tmp_path / "questions.py"))

    def load(text: str) -> dict[str, Question]:
        (tmp_path / "recall.toml").write_text(text, encoding="utf-8")
        return load_questions.__wrapped__()

    return load


def test_questions_by_id(recall):
    loaded = recall(QUESTION.format(answer="b"))
    assert loaded == {
        "fading": Question("fading", "01_small", "What fades?", ["the state", "the paint"], "b", "A product.")
    }
    assert loaded["fading"].letters == ["a", "b"]


@pytest.mark.parametrize("answer", ["c", "A", "", "ab", "the state"])
def test_an_answer_that_is_no_letter_of_a_choice(recall, answer):
    with pytest.raises(ValueError, match=r"recall question fading: expected one of \['a', 'b'\], got '"):
        recall(QUESTION.format(answer=answer))


def test_an_id_that_stands_twice(recall):
    with pytest.raises(ValueError, match=r"recall.toml: an id stands twice"):
        recall(QUESTION.format(answer="a") * 2)


def test_a_field_that_is_missing_or_unknown(recall):
    with pytest.raises(TypeError, match="because"):
        recall(QUESTION.format(answer="a").replace("why =", "because ="))


def test_no_questions(recall):
    assert recall("") == {}


def test_terms_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "glossary.toml"
    path.write_text(
        '[[term]]\nname = "hidden state"\nlesson = "01_small"\ntext = "What is carried on."\nalso = ["state"]\n'
        '[[term]]\nname = "gate"\nlesson = "02_other"\ntext = "A factor between 0 and 1."\n',
        encoding="utf-8",
    )
    state, gate = load_terms(path)
    assert state == Term("hidden state", "01_small", "What is carried on.", ("state",))
    assert (state.anchor, gate.anchor, gate.also) == ("hidden-state", "gate", ())
