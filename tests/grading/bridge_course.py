"""A course folder for the tests of the bridge: a lesson of ours, an assignment that is not, graded as nbgrader does."""

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from autograder.build import release
from autograder.grading.keep import trust
from autograder.questions import ROOT
from autograder.source import source_notebook

LESSON, NAME = "01_feedback_loop", "feedback_loop"
FOREIGN = "other", "sums"


def nbgrader_config() -> Config:
    """What nbgrader_config.py says."""
    return runpy.run_path(str(ROOT / "nbgrader_config.py"), {"get_config": Config})["c"]


def graded(source: str, id: str, *, points: float | None = None, solution: bool = False) -> NotebookNode:
    """A cell with nbgrader's metadata."""
    cell = new_code_cell(source, id=id)
    data = {"grade": points is not None, "grade_id": id, "locked": not solution, "solution": solution, "task": False}
    cell.metadata["nbgrader"] = data | {"schema_version": 3, "cell_type": "code"}
    if points is not None:
        cell.metadata["nbgrader"]["points"] = points
    return cell


def foreign_notebook() -> NotebookNode:
    """A notebook with test cells of its own: one point for a right sum, and whatever its second cell answers."""
    cells = [
        new_markdown_cell("# Sums", id="title"),
        graded("### BEGIN SOLUTION\ntotal = 6\n### END SOLUTION", "answer", solution=True),
        graded("assert total == 6", "test", points=1),
        graded("total / 2", "partial", points=4),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


class Course:
    """The course folder, with what a test does to it and asks of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        sources = {
            (LESSON, NAME): source_notebook(ROOT / "solutions" / LESSON / f"{NAME}.py"),
            FOREIGN: foreign_notebook(),
        }
        for (assignment, name), notebook in sources.items():
            (folder / "source" / assignment).mkdir(parents=True)
            nbformat.write(notebook, folder / "source" / assignment / f"{name}.ipynb")
        (folder / "source" / FOREIGN[0] / "given.csv").write_text("1,2,3")
        trust(folder)
        release(folder)

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder / 'gradebook.db'}"

    def submit(self, student: str, change: Callable, which: tuple[str, str] = (LESSON, NAME)) -> Path:
        """Submit what was released, changed. Returns: the folder of the submission."""
        notebook = nbformat.read(self.folder / "release" / which[0] / f"{which[1]}.ipynb", 4)
        change(notebook)
        folder = self.folder / "submitted" / student / which[0]
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / f"{which[1]}.ipynb")
        return folder

    def autograde(self, student: str, which: tuple[str, str] = (LESSON, NAME), **options) -> str:
        """Autograde as the formgrader's button does. Returns: the log; "" where it failed: see `why`."""
        config = nbgrader_config()
        config.CourseDirectory.root, config.CourseDirectory.db_url = str(self.folder), self.db
        config.FastExecute.update(options)
        config.LateSubmissionPlugin.penalty_method = "zero"
        outcome = NbGraderAPI(config=config).autograde(which[0], student)
        self.why = "" if outcome["success"] else outcome.get("log", "")
        return outcome.get("log", "") if outcome["success"] else ""

    def feedback(self, student: str, which: tuple[str, str] = (LESSON, NAME)) -> str:
        """The feedback page."""
        config = nbgrader_config()
        config.CourseDirectory.root, config.CourseDirectory.db_url = str(self.folder), self.db
        outcome = NbGraderAPI(config=config).generate_feedback(which[0], student)
        assert outcome["success"], outcome
        return (self.folder / "feedback" / student / which[0] / f"{which[1]}.html").read_text(encoding="utf-8")

    def autograded(self, student: str, which: tuple[str, str] = (LESSON, NAME)) -> NotebookNode:
        return nbformat.read(self.folder / "autograded" / student / which[0] / f"{which[1]}.ipynb", 4)

    def grades(self, student: str, which: tuple[str, str] = (LESSON, NAME)) -> dict[str, tuple[float | None, bool]]:
        """Of each grade cell what the grader gave, and whether a person has to look at it."""
        with Gradebook(self.db) as gradebook:
            found = gradebook.find_submission_notebook(which[1], which[0], student)
            return {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in found.grades}

    def comments(self, student: str, which: tuple[str, str] = (LESSON, NAME)) -> list[str]:
        with Gradebook(self.db) as gradebook:
            found = gradebook.find_submission_notebook(which[1], which[0], student)
            return [comment.auto_comment for comment in found.comments if comment.auto_comment]

    def forget(self, student: str) -> None:
        """Remove what was autograded."""
        shutil.rmtree(self.folder / "autograded" / student)


def cell_of(notebook: NotebookNode, id: str) -> NotebookNode:
    """The cell that the gradebook knows by this name."""
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == id)
