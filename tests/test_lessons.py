"""From source to learner: lessons are up to date, hold no solution, run when solved, and earn nothing untouched."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.build import LESSONS, stale
from autograder.checks import registry
from autograder.local import grade_locally
from autograder.questions import ROOT, load_questions
from autograder.source import source_notebook, sources
from autograder.spec import Exercise, Written

RELEASED = sorted(LESSONS.glob("*/*.ipynb"))


def graded_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The check cells."""
    return [
        cell for cell in notebook.cells if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    ]


def test_there_are_lessons_and_exercises():
    assert {(path.parent.name, path.stem) for path in RELEASED} == {(path.parent.name, path.stem) for path in sources()}
    assert len(list(registry())) >= 24


def test_lessons_are_what_a_build_writes():
    assert stale() == []


def test_a_solved_lesson_earns_all_points(solved):
    for cell in graded_cells(solved):
        points, most = determine_grade(cell)
        assert points == most, cell.source


def test_a_solved_lesson_writes_no_errors_and_no_warnings(solved):
    for cell in solved.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            assert not (output.output_type == "stream" and output.name == "stderr"), output.text


def test_every_picture_has_a_text_alternative(solved):
    for cell in solved.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            assert "image/png" not in data or "<img" in data["text/html"], f"a bare picture, from:\n{cell.source}"
            for tag in re.findall(r"<img\b[^>]*>", str(data.get("text/html", ""))):
                assert re.search(r'alt="[^"]{20,}"', tag), tag[:200]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_released_lesson_holds_no_solution(path: Path):
    released = path.read_text(encoding="utf-8")
    script = (ROOT / "solutions" / path.parent.name / f"{path.stem}.py").read_text(encoding="utf-8")
    assert "SOLUTION" not in released and "HIDDEN" not in released
    given = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", script, flags=re.DOTALL)
    for solution in re.findall(r"### BEGIN SOLUTION(.*?)### END SOLUTION", script, re.DOTALL):
        for line in filter(lambda line: len(line) > 12, map(str.strip, solution.splitlines())):
            assert line in given or line.replace('"', '\\"') not in released, line


def earned(notebook: nbformat.NotebookNode) -> dict[str, float]:
    """The points of each exercise by its id, where all cells run but those that only show."""
    space: dict = {"__name__": "__main__"}
    points = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.metadata.get("rnn_course", {}).get("kind") == "show":
            continue
        if cell.metadata.get("nbgrader", {}).get("grade"):
            id = cell.metadata.nbgrader.grade_id
            points[id] = grade_locally(registry()[id], space).points
            continue
        try:
            exec(compile(ast.parse(cell.source), cell.id, "exec"), space)
        except NotImplementedError:
            pass  # an exercise that is not written yet
        except NameError:
            pass  # a given cell that needs one
    return points


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_an_untouched_lesson_earns_nothing(path: Path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    points = earned(nbformat.read(path, as_version=4))
    assert points == dict.fromkeys(points, 0)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_a_solved_lesson_needs_nothing_that_a_show_cell_makes(path: Path, monkeypatch, tmp_path):
    """The grader leaves them out."""
    monkeypatch.chdir(tmp_path)
    points = earned(source_notebook(path))
    assert points and points == {id: registry()[id].points for id in points}


@pytest.mark.parametrize("lesson", sorted({path.parent.name for path in sources()}))
def test_a_lesson_is_complete(lesson: str):
    paths = [path for path in sources() if path.parent.name == lesson]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    items = [item for item in registry() if registry().lesson_of[item.id] == lesson]
    assert 5 <= len(items) / len(paths) <= 10
    assert any(isinstance(item, Written) for item in items)
    assert any(isinstance(item, Exercise) and not item.functions for item in items), "no prediction"
    for item in items:
        assert f"<!-- effort: {item.id} -->" in text, item.id
    recalled = [id for line in re.findall(r'^# %% recall="(.*)"', text, re.MULTILINE) for id in line.split()]
    earlier = [id for id in recalled if load_questions()[id].lesson < lesson]
    assert len(recalled) >= 5
    assert len(earlier) >= 2 or lesson.startswith("00"), earlier
    assert all(load_questions()[id].lesson <= lesson for id in recalled)
    assert len(re.findall("good place to stop", text, re.IGNORECASE)) >= 1


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_a_notebook_names_its_kernel_and_keeps_its_ids(path: Path):
    notebook = source_notebook(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
