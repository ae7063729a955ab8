"""An answer from a file: what it lacks comes from the reference, and what cannot be tried is said in one line."""

from pathlib import Path

import pytest

from autograder.trying import try_answer
from tests.autograder.common import RIGHT

pytestmark = pytest.mark.usefixtures("course")


@pytest.fixture
def answer(tmp_path):
    """Write an answer; gives its path."""

    def write(source: str, name: str = "answer.py") -> Path:
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write


def test_a_right_answer(answer):
    result = try_answer("scale", answer("import numpy as np\n" + RIGHT))
    assert result.passed and result.points == 3
    assert try_answer("scale", str(answer("import numpy as np\n" + RIGHT))).passed


def test_a_wrong_answer_is_named_and_its_line_told(answer):
    result = try_answer("scale", answer("def scale(x, factor):\n    return x + factor, (x + factor).sum()"))
    assert result.points == 0 and result.mistake.name == "the factor is added"
    result = try_answer("scale", answer("def scale(x, factor):\n    return x @ x, 0"))
    assert result.verdicts[0].words.endswith("In your scale, line 2: `return x @ x, 0`.")


def test_a_value(answer):
    assert try_answer("guess", answer("guess = 'stays'")).passed
    assert not try_answer("guess", answer("guess = 'explodes'")).passed


def test_what_is_lacking_comes_from_the_reference(answer):
    result = try_answer("helped", answer("def twice_plus_one(x):\n    return double(x) + 1"))
    assert result.passed and result.notes == []
    own = try_answer(
        "helped", answer("def double(x):\n    return 0\n\ndef twice_plus_one(x):\n    return double(x) + 1")
    )
    assert own.passed and own.notes[0].startswith("Checked with the reference's double")


def test_what_the_file_prints_is_not_in_the_way_of_the_result(answer, capsys):
    result = try_answer("guess", answer("print('hello')\nguess = 'stays'"))
    assert result.passed
    assert capsys.readouterr() == ("", "hello\n")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def scale(:", "does not run: SyntaxError: invalid syntax"),
        ("1 / 0", "does not run: ZeroDivisionError: division by zero"),
        ("import nowhere_at_all", "does not run: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit(3)", "does not run: SystemExit: 3"),
        ("raise ValueError('one\\ntwo\\n  three')", "does not run: ValueError: one two three"),
        ("def scael(x, factor):\n    return x, x", "holds none of scale, which scale asks for"),
        ("", "holds none of scale, which scale asks for"),
    ],
)
def test_a_file_that_cannot_be_tried(answer, source, words):
    path = answer(source)
    with pytest.raises(ValueError) as caught:
        try_answer("scale", path)
    assert str(caught.value).startswith(f"{path} {words}") and "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.py", tmp_path):
        with pytest.raises(FileNotFoundError, match=f"there is no file {path}"):
            try_answer("scale", path)


def test_a_file_that_is_not_python(answer):
    with pytest.raises(ValueError, match=r"is not a Python file: its name must end in \.py"):
        try_answer("scale", answer("scale = 1", "answer.txt"))


def test_a_question_in_words_cannot_be_tried(answer):
    with pytest.raises(ValueError, match="why is answered in words; a person grades it"):
        try_answer("why", answer(""))


def test_an_unknown_exercise(answer):
    with pytest.raises(KeyError, match="there is no exercise 'scall'; the nearest are scale"):
        try_answer("scall", answer(RIGHT))


def test_two_answers_know_nothing_of_each_other(answer):
    assert try_answer("scale", answer("import numpy as np\nsecret = 1\n" + RIGHT)).passed
    words = try_answer("scale", answer("def scale(x, factor):\n    return secret, 0", "other.py")).verdicts[0].words
    assert words.startswith("NameError: name 'secret' is not defined.")
