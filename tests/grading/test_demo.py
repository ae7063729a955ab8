"""The demo class: the same at every time, and each of its students gets what is due, whatever was handed in."""

import ast
import random
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, SubmittedAssignment

from autograder.checks import registry
from autograder.cli import main
from autograder.demo import demo_class as demo
from autograder.demo.demo_class import KINDS
from autograder.demo.mistakes import imported, slipped
from autograder.demo.students import STUDENTS
from autograder.grading import teach
from autograder.grading import whole_class as grading
from autograder.grading.keep import NAME
from autograder.spec import Exercise
from tests.autograder.common import scale_exercise
from tests.grading.test_teach import LESSONS, files

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own
UNREADABLE = {"truncated", "empty file", "other format"}
PARTLY = {"wrong", "half done", "syntax error", "endless loop", "missing notebook"}
ALL = {"right", "no checks", "doubled checks", "eats memory"}


def test_the_students_are_many_kinds_of_people():
    assert len(STUDENTS) == len({student.id for student in STUDENTS}) == 30
    assert {student.kind for student in STUDENTS} == set(KINDS)
    assert all(re.fullmatch(r"[a-z][a-z.-]+", student.id) for student in STUDENTS)
    letters = {unicodedata.name(letter).split()[0] for student in STUDENTS for letter in student.first}
    assert len(letters) >= 10, "several scripts"


# mistakes, written out


CELL = '''import numpy as np


def scale(x, factor):
    """Scale."""
    y = x * factor
    return y, y.sum()


other = 1'''


def test_a_mistake_takes_the_place_of_the_solution():
    exercise = scale_exercise()
    source = slipped(CELL, exercise, {"np"}, random.Random(0))
    assert source.startswith("import numpy as np\n\n\ndef scale(x, factor):\n") and source.endswith("\n\n\nother = 1")
    assert source != CELL and '"""Scale."""' not in source


def test_a_mistake_that_needs_what_a_notebook_lacks_is_left_out():
    exercise = Exercise("scale", functions={"scale": abs})
    helper = sys.maxsize
    exercise.mistake("it needs a helper", "", scale=lambda x: x)

    @exercise.mistake("it needs a variable", "")
    def scale(x):
        return helper * x

    @exercise.mistake("it needs a module", "")
    def other_scale(x):
        return re.sub("a", "b", x)

    assert slipped(CELL, exercise, {"np"}, random.Random(0)) == CELL
    assert "def scale(x):\n    return re.sub" in slipped(CELL, exercise, {"np", "re"}, random.Random(0))


def test_the_names_that_imports_bind():
    assert imported("import numpy as np, os.path\nfrom a.b import c as d, e\nx = 1") == {"np", "os", "d", "e"}


# a class


def test_a_course_of_real_students_gets_no_others(tmp_path, capsys):
    (tmp_path / NAME).mkdir()
    (tmp_path / teach.CONFIG).touch()
    assert main(["demo-class", str(tmp_path)]) == 2
    assert "is a course, and no demo class; expected a new folder, or none" in capsys.readouterr().err
    assert files(tmp_path) == {teach.CONFIG: b""}


def test_a_class_that_is_there_stays(tmp_path, capsys):
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / demo.MARK).touch()
    (tmp_path / teach.CONFIG).touch()
    before = files(tmp_path)
    demo.make_class(tmp_path)
    assert files(tmp_path) == before and "holds a demo class already" in capsys.readouterr().out


def test_without_a_folder_a_new_one_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    done = []
    monkeypatch.setattr(demo, "make_course", lambda folder, fill: done.append(folder))
    monkeypatch.setattr(demo, "grade_class", done.append)
    monkeypatch.setattr(
        demo, "open_formgrader", lambda folder, browser, port: done.append((folder, browser, port)) or 0
    )
    assert main(["demo-class", "--no-browser", "--port", "8899"]) == 0
    folder = tmp_path.resolve() / "rnn-course-demo-"
    assert done == [folder, folder, (folder, False, 8899)] and str(folder) in capsys.readouterr().out


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[Path, dict[str, list[dict]]]:
    """The class and its reports, by the kind of the student."""
    folder = tmp_path_factory.mktemp("demo") / "class"
    demo.make_class(folder)
    kinds = {student.id: student.kind for student in STUDENTS}
    reports = {}
    for report in grading.grade_path(folder / "submitted"):
        reports.setdefault(kinds[report["student"]], []).append(report)
    return folder, reports


@pytest.mark.full
def test_every_lesson_of_every_student_has_a_report(graded):
    _, reports = graded
    assert sum(map(len, reports.values())) == len(STUDENTS) * len(LESSONS)
    for kind, found in reports.items():
        unread = {"not graded"} if kind in UNREADABLE else {"graded"}
        wanted = {"incomplete", "not graded"} if kind == "missing notebook" else unread
        assert {report["status"] for report in found} == wanted, kind


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_each_gets_what_is_due(graded, kind):
    found = graded[1][kind]
    points, most = (sum(report[key] for report in found) for key in ("points", "max"))
    if kind in PARTLY:
        assert 0 < points < most
    else:
        assert points == (most if kind in ALL else 0)


@pytest.mark.full
def test_the_mistakes_are_called_by_name(graded):
    rows = [row for report in graded[1]["wrong"] for row in report["exercises"]]
    wrong = [row for row in rows if row["points"] < row["max"]]
    assert len(wrong) > 20 and sum(bool(row["mistake"]) for row in wrong) > 0.8 * len(wrong)


@pytest.mark.full
def test_a_loop_costs_the_exercise_in_which_it_stands(graded):
    rows = [row for report in graded[1]["endless loop"] for row in report["exercises"]]
    (row,) = [row for row in rows if row["points"] < row["max"]]
    assert any("longer than" in check["words"] for check in row["checks"])


@pytest.mark.full
def test_what_attacks_wrote_is_nowhere(graded):
    folder, _ = graded
    assert not [*folder.rglob("was_here"), *folder.parent.glob("was_here")]
    assert not (Path.home() / "was_here").exists()


@pytest.mark.full
def test_the_gradebook_says_the_same(graded):
    folder, reports = graded
    told = {(report["student"], report["lesson"]): report for found in reports.values() for report in found}
    names = {student.id: (student.first, student.last) for student in STUDENTS}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", teach.COURSE_ID) as gradebook:
        filed = {(row.student.id, row.assignment.name): row.score for row in gradebook.db.query(SubmittedAssignment)}
        assert {row.id: (row.first_name, row.last_name) for row in gradebook.students} == names
    for where, score in filed.items():
        assert score == pytest.approx(told[where]["points"], abs=0.02), where
    assert set(filed) >= {where for where, report in told.items() if report["status"] == "graded"}


@pytest.mark.full
def test_two_classes_are_the_same(graded, tmp_path):
    few = tuple(student for student in STUDENTS if student.kind in ("wrong", "syntax error", "doubled checks"))
    demo.make_class(tmp_path / "class", few)
    again = files(tmp_path / "class" / "submitted")
    first = files(graded[0] / "submitted")
    assert again == {name: first[name] for name in again} and len(again) > 50


@pytest.mark.full
def test_wrong_answers_are_answers(graded):
    """Each cell of a wrong notebook can be compiled, and many differ from the solved one."""
    folder, _ = graded
    differing = 0
    for student in (student.id for student in STUDENTS if student.kind == "wrong"):
        for path in (folder / "submitted" / student).rglob("*.ipynb"):
            right = demo._notebooks(folder / "submitted" / "adiallo" / path.parent.name)[path.stem]
            for ours, theirs in zip(demo._notebooks(path.parent)[path.stem].cells, right.cells, strict=True):
                if ours.id.removesuffix("-code") in registry().items and ours.cell_type == "code":
                    ast.parse(ours.source)
                    differing += ours.source != theirs.source
    assert differing > 20
