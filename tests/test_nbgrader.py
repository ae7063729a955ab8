"""Stock nbgrader on the lessons: it releases them, grades them, and gives the points that the checks give."""

import inspect
import shutil
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.utils import determine_grade
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.build import release, write_sources
from autograder.checks import registry
from tests.answers import Answer, corpus

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("default")]  # nbgrader's own warnings are its own


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course folder with every lesson released, and submitted by three students, whose show cells are left out."""
    course = tmp_path_factory.mktemp("course")
    for source in write_sources(course / "source"):
        lesson, name = source.parent.name, source.name
        for student in ("solved", "half", "untouched"):
            (course / "submitted" / student / lesson).mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(source, 4)
        notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("rnn_course", {}).get("kind") != "show"]
        nbformat.write(notebook, course / "submitted" / "solved" / lesson / name)
        nbformat.write(half_wrong(notebook), course / "submitted" / "half" / lesson / name)
    release(course)
    for released in (course / "release").glob("*/*.ipynb"):
        shutil.copy(released, course / "submitted" / "untouched" / released.parent.name / released.name)
    return course


def half_wrong(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Every second exercise of a solved notebook answered with a wrong answer of the corpus."""
    wrong = {answer.exercise: answer for answer in corpus()[1] if stands_alone(answer)}
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith("-code")]
    for cell in cells[::2]:
        answer = wrong.get(cell.metadata.nbgrader.grade_id.removesuffix("-code"))
        if answer:
            (function,) = answer.namespace.values()
            lines = inspect.getsource(function).splitlines()
            first = next(number for number, line in enumerate(lines) if line.startswith("def "))
            cell.source = "\n".join(lines[first:])
    return notebook


def stands_alone(answer: Answer) -> bool:
    """Whether an answer is one function that needs nothing but numpy."""
    (name, function), *more = answer.namespace.items()
    if more or not isinstance(function, types.FunctionType) or function.__closure__:
        return False
    known = {"np", *registry()[answer.exercise].functions}
    written_out = f"\ndef {name}(" in inspect.getsource(function)
    return written_out and {used for used in function.__code__.co_names if used in function.__globals__} <= known


def points_of_checks(path: Path) -> dict[str, float]:
    """Run a submitted notebook as a learner would, and read the points that its checks show."""
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": path.parent}}).execute()
    return {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)[0]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }


@pytest.fixture(scope="module")
def scores(course) -> dict[tuple[str, str], dict[str, float]]:
    """What stock `nbgrader autograde` gave: (student, lesson) -> exercise -> points."""
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    config.Execute.timeout = 120
    api = NbGraderAPI(config=config)
    found = {}
    for student in ("solved", "half", "untouched"):
        for folder in sorted((course / "submitted" / student).iterdir()):
            outcome = api.autograde(folder.name, student)
            assert outcome["success"], outcome.get("error") or outcome.get("log")
            with Gradebook(config.CourseDirectory.db_url) as gradebook:
                submission = gradebook.find_submission(folder.name, student)
                found[student, folder.name] = {
                    grade.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                    if grade.auto_score is not None
                }
    return found


def test_stock_nbgrader_gives_a_solved_lesson_all_points(scores):
    for (student, _), points in scores.items():
        for id, score in points.items():
            if student == "solved" and hasattr(registry()[id], "checks"):
                assert score == registry()[id].points, id


def test_stock_nbgrader_gives_an_untouched_lesson_nothing(scores):
    for (student, lesson), points in scores.items():
        assert points, lesson
        if student == "untouched":
            assert not any(points.values()), points


def test_stock_nbgrader_gives_a_half_wrong_lesson_the_points_of_its_checks(course, scores):
    wrong = 0
    for folder in sorted((course / "submitted" / "half").iterdir()):
        shown = {}
        for path in folder.glob("*.ipynb"):
            shown |= points_of_checks(path)
        given = {id: score for id, score in scores["half", folder.name].items() if id in shown}
        assert given == pytest.approx(shown)
        wrong += sum(score < registry()[id].points for id, score in shown.items())
    assert wrong >= 8


def test_stock_validate_agrees(course):
    lesson = "02_recurrent_cell"
    names = {student: next((course / "submitted" / student / lesson).glob("*.ipynb")) for student in ("solved", "half")}
    assert "failed" not in Validator().validate(str(names["solved"]))
    failed = {cell["source"] for cell in Validator().validate(str(names["half"]))["failed"]}
    shown = points_of_checks(names["half"])
    assert failed == {f'check("{id}")' for id, points in shown.items() if points < registry()[id].points}
