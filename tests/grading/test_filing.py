"""What `grade` files in an nbgrader course is what `nbgrader autograde` puts there, submission by submission."""

import copy
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from autograder.grading.filing import MARK, course_at, uncommitted
from autograder.grading.teach import make_course
from autograder.grading.whole_class import grade_path

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("default")]  # nbgrader's own warnings are its own
LESSON = "03_bptt"
NAMES = ("gradient_by_hand", "character_model")


def variants(solved: dict, released: dict) -> dict[str, dict]:
    """What each student hands in: notebooks by name."""
    made = {
        name: copy.deepcopy(solved)
        for name in ("solved", "late", "no-checks", "twice", "changed", "moved", "extra", "forged")
    }
    made["untouched"] = copy.deepcopy(released)
    made["half"] = {NAMES[0]: copy.deepcopy(solved[NAMES[0]]), NAMES[1]: copy.deepcopy(released[NAMES[1]])}
    made["one-missing"] = {NAMES[0]: copy.deepcopy(solved[NAMES[0]])}
    for name in NAMES:
        checks = [cell for cell in made["no-checks"][name].cells if is_check(cell)]
        made["no-checks"][name].cells = [cell for cell in made["no-checks"][name].cells if cell not in checks]
        twice = made["twice"][name]
        for cell in list(filter(is_check, twice.cells)):
            again = copy.deepcopy(cell)
            again.id += "-again"
            twice.cells.append(again)
        for cell in filter(is_check, made["changed"][name].cells):
            cell.source = "print(3.0)"
        made["moved"][name].cells.sort(key=is_check)
        for cell in filter(is_check, made["forged"][name].cells):
            cell.metadata.nbgrader |= {"solution": True, "locked": False, "points": 1000, "checksum": "0"}
        made["extra"][name].cells.insert(3, nbformat.v4.new_code_cell("print('mine')\n1 + 1"))
    return made


def is_check(cell) -> bool:
    data = cell.metadata.get("nbgrader", {})
    return bool(data.get("grade") and not data.get("solution"))


@pytest.fixture(scope="module")
def courses(tmp_path_factory) -> tuple[Path, Path]:
    """The same course twice: filed by ours, and autograded by nbgrader with ours configured in."""
    folder = tmp_path_factory.mktemp("courses")
    ours, theirs = folder / "ours", folder / "theirs"
    make_course(ours)
    with Gradebook(f"sqlite:///{ours / 'gradebook.db'}", "rnn-course") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-01-02 12:00:00 UTC")
    with open(ours / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    solved, released = (
        {name: nbformat.read(ours / folder / LESSON / f"{name}.ipynb", 4) for name in NAMES}
        for folder in ("source", "release")
    )
    for student, notebooks in variants(solved, released).items():
        folder = ours / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        for name, notebook in notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")
        when = "2026-01-03 12:00:00 UTC" if student == "late" else "2026-01-01 12:00:00 UTC"
        (folder / "timestamp.txt").write_text(when)
    shutil.copytree(ours, theirs)
    reports = {report["student"]: report for report in grade_path(ours / "submitted")}
    assert reports["solved"]["points"] == reports["solved"]["max"]
    config = PyFileConfigLoader("nbgrader_config.py", path=str(theirs)).load_config()
    config.CourseDirectory.root = str(theirs)
    api = NbGraderAPI(config=config)
    for student in sorted(reports):
        outcome = api.autograde(LESSON, student)
        assert outcome["success"], outcome.get("error") or outcome.get("log")
    return ours, theirs


def rows(course: Path) -> dict:
    """All that the gradebook says of the submissions."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "rnn-course") as gradebook:
        return {
            submission.student.id: (
                str(submission.timestamp),
                submission.score,
                submission.needs_manual_grade,
                sorted(
                    (
                        notebook.name,
                        notebook.late_submission_penalty,
                        sorted(
                            (g.name, g.auto_score, g.manual_score, bool(g.needs_manual_grade)) for g in notebook.grades
                        ),
                        sorted((c.name, c.auto_comment) for c in notebook.comments),
                    )
                    for notebook in submission.notebooks
                ),
            )
            for submission in gradebook.assignment_submissions(LESSON)
        }


def test_the_gradebooks_say_the_same(courses):
    ours, theirs = map(rows, courses)
    assert set(ours) == set(theirs) and len(ours) == 11
    for student in ours:
        assert ours[student] == theirs[student], student
    penalties = {student: [penalty for _, penalty, *_ in ours[student][3]] for student in ours}
    assert sum(penalties["late"]) == ours["late"][1] and penalties["solved"] == [None, None]
    assert 0 < ours["solved"][1] == ours["no-checks"][1] == ours["changed"][1] == ours["twice"][1]
    assert ours["untouched"][1] == 0 < ours["half"][1] < ours["solved"][1]


def test_the_formgrader_shows_the_same_notebooks(courses):
    for path in sorted((courses[0] / "autograded").rglob("*.ipynb")):
        other = courses[1] / path.relative_to(courses[0])
        if path.parts[-3:] == ("one-missing", LESSON, f"{NAMES[1]}.ipynb"):
            assert not other.exists() and "was not handed in" in nbformat.read(path, 4).cells[0].source
            continue  # nbgrader has no page for it
        ours, theirs = nbformat.read(path, 4), nbformat.read(other, 4)
        nbformat.validate(ours)
        shown = [
            [(c.cell_type, c.source, c.metadata.get("nbgrader") or {}, c.get("outputs")) for c in nb.cells]
            for nb in (ours, theirs)
        ]
        assert len(shown[0]) == len(shown[1]), path
        for one, other_one in zip(*shown, strict=True):
            assert one == other_one, path


def test_a_second_run_files_nothing_and_what_a_person_gave_stays(courses):
    course = courses[0]
    assert course_at(course / "submitted" / "solved") == course and course_at(Path("/")) is None
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "rnn-course") as gradebook:
        submission = gradebook.find_submission(LESSON, "solved")
        written = [g for notebook in submission.notebooks for g in notebook.grades if g.auto_score is None]
        written[0].manual_score, written[0].needs_manual_grade = 1.5, False
        name = written[0].name
        gradebook.db.commit()
    marks = sorted(course.rglob(MARK))
    before = {path: path.stat().st_mtime_ns for path in course.glob("autograded/*/*/*")}
    list(grade_path(course / "submitted"))
    assert before == {path: path.stat().st_mtime_ns for path in before} and len(marks) == 11
    for mark in marks:
        mark.unlink()
    list(grade_path(course / "submitted"))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "rnn-course") as gradebook:
        submission = gradebook.find_submission(LESSON, "solved")
        (grade,) = [g for notebook in submission.notebooks for g in notebook.grades if g.name == name]
        assert grade.manual_score == 1.5


def test_what_fails_half_way_leaves_nothing_in_the_gradebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))  # to alembic
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        with uncommitted(gradebook.db()):
            gradebook.update_or_create_student("ann")
        gradebook.db.rollback()
        gradebook.update_or_create_student("ben")
    with Gradebook(url) as gradebook:
        assert [student.id for student in gradebook.students] == ["ben"]
