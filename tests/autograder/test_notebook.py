"""What a lesson calls, in an IPython shell: functions are found, progress kept, answers closed until written."""

import atexit
import json
import os
import sqlite3
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import autograder
from autograder import notebook
from autograder.progress import Progress
from autograder.questions import Question
from tests.autograder.common import RIGHT

WRONG = "def scale(x, factor):\n    y = x + factor\n    return y, y.sum()"


@pytest.fixture(scope="module")
def plain_shell(tmp_path_factory):
    """A shell as a kernel has it, without the kernel."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        shell = InteractiveShell(config=config)
    yield shell
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()
    shell.restore_sys_module_state()


@pytest.fixture
def shell(plain_shell, course, monkeypatch):
    """A fresh notebook on the small course; `run(source)` gives the value of the last line."""
    monkeypatch.setattr("IPython.get_ipython", lambda: plain_shell)
    monkeypatch.setattr(plain_shell, "kernel", object(), raising=False)

    def run(source: str):
        outcome = plain_shell.run_cell(source)
        outcome.raise_error()
        return outcome.result

    run("import numpy as np\nfrom autograder import check, hint, model_answer, outcome, recall, solution")
    yield SimpleNamespace(run=run)
    plain_shell.user_ns.clear()
    plain_shell.init_user_ns()


def events(path, kind: str) -> list:
    return [(item, data) for _, item, data in Progress(path).events(kind)]


# check


def test_check_sees_what_the_notebook_holds(shell, progress_path):
    shell.run(RIGHT)
    report = shell.run("check('scale')")
    assert repr(report) == "3.0" and "3 of 3 points" in report._repr_html_()
    shell.run(WRONG)
    report = shell.run("check('scale')")
    assert repr(report) == "0.0" and "the factor is added" in report._repr_html_()
    shell.run("del scale")
    assert "There is no function scale yet" in shell.run("check('scale')")._repr_html_()
    assert [data["points"] for _, data in events(progress_path, "check")] == [3, 0, 0]
    assert events(progress_path, "check")[1] == ("scale", {"points": 0, "max": 3, "mistake": "the factor is added"})


def test_check_within_a_function_sees_the_notebook_too(shell):
    shell.run(RIGHT + "\ndef mine():\n    scale = None\n    return check('scale')")
    assert repr(shell.run("mine()")) == "3.0"


def test_a_traceback_names_the_line_of_the_cell(shell):
    shell.run("def scale(x, factor):\n    y = x @ x\n    return y, 0")
    words = shell.run("check('scale')").result.verdicts[0].words
    assert words.endswith("In your scale, line 2: `y = x @ x`.")


def test_check_prints_nothing_in_a_notebook_and_the_report_elsewhere(shell, capsys, monkeypatch):
    shell.run(RIGHT)
    shell.run("result = check('scale')")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    shell.run("result = check('scale')")
    out, err = capsys.readouterr()
    assert out.startswith("scale: 3 of 3 points\n  pass  values agree\n") and err == ""


def test_check_prints_the_report_in_ipythons_terminal(shell, plain_shell, capsys, monkeypatch):
    monkeypatch.delattr(plain_shell, "kernel")
    shell.run(RIGHT)
    shell.run("result = check('scale')")
    assert capsys.readouterr().out.startswith("scale: 3 of 3 points")


def test_check_works_without_ipython(course, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    space = {"np": np, "check": notebook.check}
    exec(RIGHT + "\nresult = check('scale')", space)
    assert repr(space["result"]) == "3.0"
    assert capsys.readouterr().out.startswith("scale: 3 of 3 points")


def test_an_unknown_id_is_told(shell):
    with pytest.raises(KeyError, match="there is no exercise 'scal'; the nearest are scale"):
        shell.run("check('scal')")
    with pytest.raises(TypeError, match="why is answered in words; use model_answer"):
        shell.run("check('why')")
    with pytest.raises(TypeError, match="scale is not answered in words; use check"):
        shell.run("model_answer('scale')")


def test_the_package_exports_what_a_lesson_calls():
    called = {"check", "hint", "model_answer", "outcome", "predict", "progress_map", "recall", "solution"}
    assert set(autograder.__all__) == called
    for name in autograder.__all__:
        assert getattr(autograder, name) is getattr(notebook, name)
    with pytest.raises(AttributeError, match="module 'autograder' has no attribute 'chek'"):
        autograder.chek  # noqa: B018


# progress


def test_while_grading_no_progress_is_written(shell, progress_path, monkeypatch, tmp_path):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    shell.run(RIGHT + "\nguess = 'fades'")
    assert repr(shell.run("check('scale')")) == "3.0"
    assert repr(shell.run("check('guess')")) == "1.0"
    shell.run("hint('scale'); solution('scale'); model_answer('why')")
    assert not progress_path.exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_broken_progress_file_is_set_aside_and_kept(shell, progress_path):
    progress_path.parent.mkdir()
    progress_path.write_bytes(b"this is no database, it is a poem" * 50)
    shell.run(RIGHT)
    report = shell.run("check('scale')")
    assert repr(report) == "3.0" and report.result.notes == []
    kept = [path for path in progress_path.parent.iterdir() if ".broken-" in path.name]
    assert [path.read_bytes() for path in kept] == [b"this is no database, it is a poem" * 50]
    assert len(events(progress_path, "check")) == 1


@pytest.mark.parametrize("how", ["a folder stands in its place", "its folder cannot be made", "locked"])
def test_progress_that_cannot_be_kept_is_a_note_and_no_error(shell, progress_path, how, monkeypatch):
    if how == "a folder stands in its place":
        progress_path.mkdir(parents=True)
    elif how == "its folder cannot be made":
        progress_path.parent.write_text("a file, where a folder should be")
    else:

        def locked(*args, **kwargs):
            raise sqlite3.OperationalError("database is locked")

        monkeypatch.setattr(sqlite3, "connect", locked)
    shell.run(RIGHT + "\nguess = 'fades'")
    for id in ("scale", "guess"):
        report = shell.run(f"check({id!r})")
        assert report.result.passed
        (note,) = report.result.notes
        assert note.startswith("Your progress could not be kept: ") and note in report.result.notes
        assert "Your progress could not be kept" in report._repr_html_()
    for source in ("hint('scale')", "solution('scale')", "model_answer('why')"):
        assert shell.run(source)._repr_html_()
    shown = shell.run("outcome('guess', believed='b', measured='m', holds_when='h')")
    assert "predicted: fades" in repr(shown)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_a_note_and_no_error(shell, progress_path):
    progress_path.parent.mkdir()
    progress_path.parent.chmod(0o500)
    shell.run(RIGHT)
    try:
        report = shell.run("check('scale')")
    finally:
        progress_path.parent.chmod(0o700)
    assert report.result.passed and "could not be kept" in report.result.notes[0]


# hints and solutions


def test_hints_are_shown_and_noted(shell, progress_path):
    shown = shell.run("hint('scale')")
    assert repr(shown) == "first hint\nsecond `hint`" and "<code>hint</code>" in shown._repr_html_()
    assert events(progress_path, "hint") == [("scale", {})]


def test_a_solution_is_shown_and_noted(shell, progress_path):
    shown = shell.run("solution('scale')")
    assert "def scale(x, factor):\n    y = factor * x\n    return y, y.sum()" in repr(shown)
    assert repr(shown).endswith("Each entry.") and "y = factor * x" in shown._repr_html_()
    assert "guess = 'fades'" in repr(shell.run("solution('guess')"))
    assert [item for item, _ in events(progress_path, "solution")] == ["scale", "guess"]


# predictions


def test_the_first_prediction_that_was_checked_counts(shell, progress_path):
    card = "outcome('guess', believed='it stays', measured='it `fades`', holds_when='|w| < 1')"
    assert "predicted: nothing" in repr(shell.run(card))
    shell.run("guess = 'explodes'")
    assert repr(shell.run("check('guess')")) == "0.0"
    assert events(progress_path, "value") == [], "only an allowed choice is sealed"
    for choice in ("stays", "fades"):
        shell.run(f"guess = {choice!r}")
        assert repr(shell.run("check('guess')")) == "1.0"
    shown = shell.run(card)
    assert repr(shown) == "believed: it stays\npredicted: stays\nmeasured: it `fades`\nholds when: |w| < 1"
    assert "<code>fades</code>" in shown._repr_html_() and "&lt; 1" in shown._repr_html_()


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("np.float64(0.5)", 0.5),
        ("np.int64(3)", "3"),
        ("np.zeros((2, 3))", "an array of shape (2, 3)"),
        ("[1, (2, 'b')]", [1, [2, "b"]]),
        ("{(1, 2): 3}", "{(1, 2): 3}"),
        ("object", "<class 'object'>"),
    ],
)
def test_any_prediction_can_be_kept(shell, course, progress_path, source, kept):
    exercise = course["guess"]
    exercise.values = {"item": 1, "kind": 2, "self": 3}  # names that the store uses itself
    exercise.checks.clear()
    exercise.check("anything")(lambda student, rng: None)
    shell.run(f"item = {source}; kind = self = 1")
    report = shell.run("check('guess')")
    assert report.result.points == 1 and report.result.notes == []
    assert events(progress_path, "value") == [("guess", {"item": kept, "kind": 1, "self": 1})]


def test_a_prediction_that_holds_itself_can_be_kept(shell, course, progress_path):
    course["guess"].checks.clear()
    course["guess"].check("anything")(lambda student, rng: None)
    shell.run("guess = []; guess.append(guess)")
    assert shell.run("check('guess')").result.notes == []
    assert events(progress_path, "value") == [("guess", {"guess": "[[...]]"})]


# recall


@pytest.fixture
def questions(monkeypatch):
    made = {
        "fading": Question("fading", "01_small", "What fades?", ["the `state`", "the <b>paint</b>"], "a", "A product."),
        "units": Question("units", "01_small", "How many?", ["1", "2", "3"], "c", "Count <them>."),
    }
    monkeypatch.setattr(notebook, "load_questions", lambda: made)
    return made


def test_recall_says_right_or_wrong_only_of_what_was_answered(shell, questions, progress_path):
    shown = shell.run("recall({'fading': ' A ', 'units': ''})")
    assert repr(shown) == "1. right. A product.\n2. not answered yet"
    assert "Count" not in shown._repr_html_()
    shown = shell.run("recall({'fading': 'b', 'units': 'x<b>'})")
    assert repr(shown) == "1. no, it is a. A product.\n2. expected one of a, b, c, got x<b>"
    assert "x&lt;b&gt;" in shown._repr_html_() and "x<b>" not in shown._repr_html_()
    assert events(progress_path, "recall") == [("fading", {"right": True}), ("fading", {"right": False})]


def test_recall_of_an_unknown_question(shell, questions):
    with pytest.raises(KeyError, match="fadng"):
        shell.run("recall({'fadng': 'a'})")


# written answers


def write_notebook(path, source, id="why"):
    metadata = {"nbgrader": {"grade_id": id, "grade": True, "solution": True}}
    cells = [
        {"cell_type": "code", "metadata": {}, "source": ["1 + 1"], "outputs": []},
        {"cell_type": "markdown", "metadata": metadata, "source": source},
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture
def saved(tmp_path, monkeypatch):
    path = tmp_path / "lesson.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


@pytest.mark.parametrize(
    "empty", ["YOUR ANSWER HERE", ["YOUR ANSWER HERE"], "", [], "  \n", ["YOUR ANSWER ", "HERE\n"]]
)
def test_the_model_answer_is_closed_until_an_answer_is_saved(shell, saved, progress_path, empty):
    write_notebook(saved, empty)
    shown = shell.run("model_answer('why')")
    for text in (repr(shown), shown._repr_html_()):
        assert "Write your answer in the cell above" in text
        assert "Because" not in text and "names the product" not in text
    assert events(progress_path, "model answer") == []
    write_notebook(saved, ["It fades because\n", "a product shrinks."])
    shown = shell.run("model_answer('why')")
    assert repr(shown) == "Because it *fades*.\nnames the product\nsays `fades`"
    html = shown._repr_html_()
    assert "Because it <em>fades</em>." in html and "<code>fades</code>" in html and "1 of 2 points" in html
    assert "<details" in html and "<details open" not in html
    assert events(progress_path, "model answer") == [("why", {})]


def test_another_cells_answer_does_not_open_it(shell, saved):
    write_notebook(saved, "YOUR ANSWER HERE", id="why")
    cells = json.loads(saved.read_text())
    other = json.loads(json.dumps(cells["cells"][1]))
    other["metadata"]["nbgrader"]["grade_id"], other["source"] = "other", "written"
    cells["cells"].append(other)
    saved.write_text(json.dumps(cells))
    assert "Because" not in repr(shell.run("model_answer('why')"))


@pytest.mark.parametrize(
    "content", [None, "", "no JSON", "[]", "{}", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{}]}', '{"cells": null}']
)
def test_where_no_notebook_can_be_read_the_model_answer_opens(shell, saved, content):
    if content is not None:
        saved.write_text(content)
    assert "Because" in repr(shell.run("model_answer('why')"))


def test_a_session_that_is_no_notebook_opens_it(shell, monkeypatch, tmp_path):
    for name in ("", "console-1", str(tmp_path)):
        monkeypatch.setenv("JPY_SESSION_NAME", name)
        assert "Because" in repr(shell.run("model_answer('why')"))
