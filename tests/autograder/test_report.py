"""A card shows words and never runs them; it says in text whatever it draws."""

from html.parser import HTMLParser

import numpy as np
import pytest

from autograder import report
from autograder.local import grade_locally
from autograder.notebook import Report
from autograder.spec import Exercise
from autograder.verdict import Result, Verdict
from tests.autograder.common import RIGHT, cell, double, scale_exercise

EVIL = "<script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp;`<b>`"


class Page(HTMLParser):
    """The tags and texts of a card; fails on tags that are not closed in order."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.tags, self.texts, self.depth = [], [], [], {}
        self.feed(html)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("br", "img", "rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        self.depth[data.strip()] = self.open.count("details")

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


def page(result: Result) -> Page:
    return Page(report.as_html(result))


def failed(words: str, picture=None, exercise: Exercise | None = None) -> Result:
    exercise = exercise or scale_exercise()
    return Result(exercise, 1.5, [Verdict("one", True), Verdict("two", False, words, picture)])


# words are text


@pytest.mark.parametrize("where", ["words", "title", "mistake", "note", "hint", "id", "kind"])
def test_no_word_becomes_a_tag(where):
    exercise = scale_exercise(hints=(EVIL,)) if where == "hint" else scale_exercise()
    if where == "id":
        exercise.id = EVIL
    verdict = Verdict(
        EVIL if where == "title" else "title",
        False,
        EVIL if where in ("words", "kind") else "words",
        None,
        "ValueError",
    )
    mistake = exercise.mistakes[0]
    if where == "mistake":
        mistake = type(mistake)(EVIL, EVIL, {})
    result = Result(exercise, 0, [verdict, Verdict("other", True)], mistake, notes=[EVIL] if where == "note" else [])
    shown = page(result)
    assert not shown.names() & {"script", "img"}
    assert "<script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp;" in shown.text
    assert not any(name.startswith("on") for _, attributes in shown.tags for name in attributes)


def test_what_a_student_raises_stays_text():
    source = f"def scale(x, factor):\n    raise ValueError({EVIL!r})"
    shown = page(grade_locally(scale_exercise(), cell(source)))
    assert "<script>alert(1)</script>" in shown.text and "script" not in shown.names()
    source = f"def scale(x, factor):\n    print({EVIL!r})\n    return x, 0.0"
    shown = page(grade_locally(scale_exercise(), cell(source)))
    assert "<script>alert(1)</script>" in shown.text and "script" not in shown.names()


def test_the_type_of_what_came_back_stays_text():
    source = "Odd = type('<script>', (), {})\n\ndef scale(x, factor):\n    return Odd(), Odd()"
    shown = page(grade_locally(scale_exercise(), cell(source)))
    assert "an object of type <script>" in shown.text and "script" not in shown.names()


def test_backticks_set_code():
    assert report.in_code("a `b < c` d") == "a <code>b &lt; c</code> d"
    assert report.in_code("*before* it, *all of it*.") == "<em>before</em> it, <em>all of it</em>."
    for plain in (
        "a * b * c",
        "2*x*y",
        "x**2 + y**2",
        "`*a*`",
        "* a *",
        "2*x* y",
        "x *y*2",
        "a **b* c",
        "a *b** c",
        "*a\nb*",
    ):
        assert "<em>" not in report.in_code(plain)
    Page(report.in_code("an odd ` one"))
    assert "odd" in report.in_code("an odd ` one")


def test_a_card_has_no_script_and_loads_nothing():
    for html in (report.as_html(failed("words", np.eye(3) > 0)), report.card(report.way_on(scale_exercise()))):
        shown = Page(html)
        assert not shown.names() & {"script", "link", "style", "iframe", "img", "object"}
        assert not {"src", "href"} & {name for _, attributes in shown.tags for name in attributes}
        assert "url(" not in html and "http" not in html


# what it says


def test_a_card_says_points_checks_and_verdicts_in_words():
    shown = page(failed("y: expected 1, got 2."))
    assert "scale" in shown.text and "1.5 of 3 points" in shown.text
    assert "passed" in shown.text and "failed" in shown.text, "colour alone says nothing"
    assert "one" in shown.text and "two" in shown.text and "y: expected 1, got 2." in shown.text


def test_a_right_answer_shows_no_hints_and_no_solution():
    shown = page(grade_locally(scale_exercise(), cell(RIGHT)))
    assert "3 of 3 points" in shown.text and "failed" not in shown.text
    assert "details" not in shown.names() and "solution" not in shown.text


def test_a_mistake_is_named_with_its_words():
    shown = page(
        grade_locally(scale_exercise(), cell("def scale(x, factor):\n    return x + factor, (x + factor).sum()"))
    )
    assert "This looks like: the factor is added." in shown.text and "Multiply, do not add." in shown.text


def test_words_that_all_checks_share_are_said():
    shown = page(grade_locally(scale_exercise(), {}))
    assert "There is no function scale yet: run the cell that defines it." in shown.text
    assert shown.text.count("There is no function scale yet") == 1
    assert "0 of 3 points" in shown.text and "failed" not in shown.text


def test_hints_open_one_from_the_other_and_the_solution_comes_last():
    shown = page(failed("y: expected 1, got 2."))
    order = ["Hint 1 of 2", "first hint", "Hint 2 of 2", "Shapes agree, values do not: a ladder", 'solution("scale")']
    assert sorted(order, key=shown.text.index) == order
    depths = [shown.depth[text] for text in ("Hint 1 of 2", "Hint 2 of 2", order[3], 'solution("scale")')]
    assert depths == [1, 2, 3, 3]
    assert not any("open" in attributes for tag, attributes in shown.tags if tag == "details")


def test_the_ladder_is_for_shapes_that_agree():
    """A check that passed says nothing of the shapes of the one that failed."""
    assert "a ladder" not in page(failed("y: expected shape (2, 3), got (2,).")).text
    assert 'solution("scale")' in page(failed("y: expected shape (2, 3), got (2,).")).text
    assert "a ladder" in page(failed("y: expected 1, got 2.")).text


# the picture


def test_a_picture_comes_only_when_it_says_more():
    some = np.zeros((2, 3), bool)
    some[1, 2] = True
    for useless in (
        np.ones((2, 3), bool),  # all wrong
        np.array([True, False, False, False]),  # one axis: the words say where
        np.zeros((2, 2, 2, 2), bool) | (np.arange(2) > 0),  # four axes
        np.zeros((40, 40), bool) | (np.arange(40) > 0),  # too many to see
        np.array([[True, False]]),
    ):
        assert report.picture(useless) == ""
        assert "svg" not in page(failed("words", useless)).names()
    assert "svg" in page(failed("words", some)).names()
    assert "svg" not in page(failed("words", None)).names()


def test_a_picture_has_a_text_alternative_and_a_square_for_each_entry():
    wrong = np.zeros((2, 3), bool)
    wrong[1, 1:] = True
    shown = Page(report.picture(wrong))
    svg = next(attributes for tag, attributes in shown.tags if tag == "svg")
    assert svg["role"] == "img" and svg["aria-label"] == "2 of 6 squares are wrong; rows: row, columns: column"
    assert svg["aria-label"] in shown.text
    squares = [attributes["fill"] for tag, attributes in shown.tags if tag == "rect"]
    assert len(squares) == 6
    assert [fill != "none" for fill in squares] == wrong.ravel().tolist()


def test_three_axes_fold_to_sequences_and_steps():
    wrong = np.zeros((2, 3, 5), bool)
    wrong[0, 2, 4] = True
    shown = Page(report.picture(wrong))
    assert "1 of 6 squares are wrong; rows: sequence, columns: step" in shown.text


def test_an_error_just_beyond_the_tolerance_is_drawn():
    source = "def scale(x, factor):\n    y = factor * x\n    y[0, 1] *= 1 + 1e-6\n    return y, y.sum()"
    result = grade_locally(scale_exercise(), cell(source))
    assert not result.passed
    assert "1 of 6 squares are wrong" in page(result).text


# as text


def test_text_form_is_a_float():
    for points in (0, 1, 1.33, 3):
        text = repr(Report(Result(scale_exercise(), points, [Verdict("one", False, "words")])))
        assert float(text) == points and text == str(float(points))


def test_text_for_a_terminal():
    result = grade_locally(
        scale_exercise(), cell("def scale(x, factor):\n    x[:] = x * factor\n    return x, x.sum()")
    )
    lines = report.as_text(result).splitlines()
    assert lines[0] == "scale: 2 of 3 points"
    assert lines[1:3] == ["  pass  values agree", "  pass  the total agrees"]
    assert lines[3] == "  FAIL  the caller's array is left alone"
    assert lines[4].startswith("        x after the call: expected ")
    assert lines[5:] == [
        "  This looks like: x is changed in place.",
        "        `x *= factor` writes into the caller's array.",
    ]


def test_points_read_plainly():
    assert [report.points(value) for value in (3, 3.0, 1.33, 0.5)] == ["3", "3", "1.33", "0.5"]


def test_an_exercise_without_hints():
    exercise = Exercise("bare", functions={"double": double})
    shown = page(failed("y: expected 1, got 2.", exercise=exercise))
    assert "Hint" not in shown.text and "a ladder" in shown.text
