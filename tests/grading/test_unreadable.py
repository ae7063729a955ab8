"""What cannot be read has a page all the same: the released notebook, with no points, below a card that says why."""

import datetime
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.grading import results
from autograder.grading.filing import CONFIG, MARK, course_at
from autograder.grading.whole_class import grade_path
from autograder.questions import ROOT
from tests.grading.bridge_course import FOREIGN, LESSON, NAME, Course

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own
WHY = {  # student -> the words of the card
    "cut": "breaks off after",
    "empty": "feedback_loop.ipynb is empty",
    "script": "is not JSON (line 1, column 1)",
    "huge": "is larger than 50 MB",
    "link": "is a link, and links are not followed",
    "page": "is a web page",
    "version": "is of notebook format 5; expected 4",
    "letter": "mail.txt was ignored",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """A course in which nobody handed in anything that can be read, and the reports of its grading."""
    course = Course(tmp_path_factory.mktemp("course"))
    shutil.copy(ROOT / CONFIG, course.folder)
    whole = (course.folder / "release" / LESSON / f"{NAME}.ipynb").read_bytes()
    made = {"cut": whole[:2000], "empty": b"", "script": b"import numpy as np\n", "page": b"<html><script>alert(1)"}
    made["version"] = whole.replace(b'"nbformat": 4', b'"nbformat": 5')
    for student in WHY:
        path = course.folder / "submitted" / student / LESSON / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        if student in made:
            path.write_bytes(made[student])
    path_of(course, "link").symlink_to(course.folder / "source" / LESSON / f"{NAME}.ipynb")
    with open(path_of(course, "huge"), "wb") as file:
        file.truncate(300 * 10**6)
    path_of(course, "letter").with_name("mail.txt").write_text("I sent it by e-mail.")
    course.reports = {report["student"]: report for report in grade_path(course.folder / "submitted")}
    return course


def path_of(course: Course, student: str) -> Path:
    return course.folder / "submitted" / student / LESSON / f"{NAME}.ipynb"


def is_shown(course: Course, student: str) -> None:
    """The page is there, with the reason, the released cells and no points; the feedback says it, too."""
    first, *others = course.autograded(student).cells
    released = nbformat.read(course.folder / "release" / LESSON / f"{NAME}.ipynb", 4).cells
    assert WHY[student] in first.source and first.cell_type == "markdown"
    assert student in ("letter", "link") or f"submitted/{student}/{LESSON}/{NAME}.ipynb" in first.source
    assert [(cell.cell_type, cell.source) for cell in others] == [(cell.cell_type, cell.source) for cell in released]
    grades = course.grades(student)
    assert len(grades) > 5 and set(grades.values()) == {(0, False)}, "nothing of it waits for a person"
    assert course.comments(student) == []
    page = course.feedback(student)
    assert WHY[student] in page and "<script>alert" not in page


@pytest.mark.parametrize("student", WHY)
def test_it_has_a_page_and_no_points(course, student):
    assert (course.reports[student]["status"], course.reports[student]["points"]) == ("not graded", 0)
    is_shown(course, student)


@pytest.mark.full
@pytest.mark.parametrize("student", [student for student in WHY if student != "letter"])
def test_nbgraders_own_command_comes_to_the_same(course, student):
    course.forget(student)
    assert course.autograde(student), course.why
    is_shown(course, student)
    assert list(grade_path(path_of(course, student))), "and it is filed again by ours"
    is_shown(course, student)


def test_a_notebook_of_another_course_is_read_as_nbgrader_reads_it(course):
    folder = course.submit("else", lambda notebook: None, FOREIGN)
    (folder / f"{FOREIGN[1]}.ipynb").write_text("{")
    assert not course.autograde("else", FOREIGN) and "NotJSONError" in course.why


def test_a_failure_of_the_grader_is_no_zero_and_the_next_run_mends_it(course, monkeypatch):
    course.submit("late", lambda notebook: notebook.cells.append(new_markdown_cell("mine")))
    with monkeypatch.context() as patch:
        fail = lambda tasks, *_: ((task, task.source.read(), "the sandbox failed") for task in tasks)  # noqa: E731
        patch.setattr(results, "grade_all", fail)
        (report,) = grade_path(course.folder / "submitted" / "late")
    assert "the sandbox failed" in str(report["notes"])
    assert "This notebook is not graded yet" in course.autograded("late").cells[0].source
    assert set(course.grades("late").values()) == {(None, True)}
    list(grade_path(course.folder / "submitted" / "late"))
    assert course.autograded("late").cells[-1].source == "mine"
    assert set(course.grades("late").values()) == {(0, False)}


def test_what_is_handed_in_again_takes_its_place_with_its_pictures(course):
    folder = course.submit("cut", lambda notebook: notebook.cells.append(new_markdown_cell("mine")))
    for name in ("plot.png", "evil.html", "evil.svg"):
        (folder / name).write_text(name)
    (folder / "link.png").symlink_to(course.folder / "gradebook.db")
    (folder / "folder.png").mkdir()
    list(grade_path(course.folder / "submitted" / "cut"))
    done = course.autograded("cut")
    assert done.cells[-1].source == "mine" and "could not be read" not in str(done.cells)
    there = {path.name for path in (course.folder / "autograded" / "cut" / LESSON).iterdir()}
    assert there == {f"{NAME}.ipynb", "plot.png", MARK}, "what else the formgrader would serve as a page"


def test_without_the_released_notebook_the_card_stands_alone(course):
    release = course.folder / "release"
    release.rename(course.folder / "elsewhere")
    try:
        course.forget("empty")
        list(grade_path(course.folder / "submitted" / "empty"))
        (only,) = course.autograded("empty").cells
        assert WHY["empty"] in only.source and WHY["empty"] in course.feedback("empty")
    finally:
        (course.folder / "elsewhere").rename(release)


def test_only_what_was_collected_gets_into_the_gradebook(course, tmp_path):
    folder = course.folder
    (folder / "aside" / "cut" / LESSON).mkdir(parents=True)
    (folder / "class.zip").touch()
    for path in (folder, folder / "submitted", folder / "submitted" / "cut", path_of(course, "cut")):
        assert course_at(path) == folder
    for path in (folder / "aside", folder / "class.zip", folder / "release", tmp_path):
        assert course_at(path) is None


def test_a_time_that_is_noted_later_is_seen(course):
    folder = course.submit("tardy", lambda notebook: None)
    list(grade_path(course.folder / "submitted" / "tardy"))
    (folder / "timestamp.txt").write_text("2026-10-09 12:00:00 UTC")
    list(grade_path(course.folder / "submitted" / "tardy"))
    with Gradebook(course.db) as gradebook:
        assert gradebook.find_submission(LESSON, "tardy").timestamp == datetime.datetime(2026, 10, 9, 12)
