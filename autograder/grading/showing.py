"""The notebook that the formgrader and the feedback show: what was handed in, or, where that is no use, why."""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import strip_transient
from nbgrader.api import MissingEntry, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import OverwriteCells

from autograder.grading.gradebook import add_missing, restore
from autograder.grading.handed_in import BadNotebook, Source, shown
from autograder.grading.outputs import note

UNREAD, MISSING, LATER = (
    "This notebook could not be read",
    "This notebook was not handed in",
    "This notebook is not graded yet",
)
PICTURES, MOST, LARGEST = (".gif", ".jpeg", ".jpg", ".png"), 20, 10**7  # endings; files; bytes of a file
RELEASED = "What follows is the notebook as it was released. It has no points."


class Released:
    """What the gradebook knows of a released notebook, asked once for all submissions; as OverwriteCells asks it."""

    def __init__(self, notebook: Notebook):
        self.notebook = notebook
        self.sources = {cell.name: cell for cell in notebook.source_cells}
        self.graded = {cell.name: cell for cell in (*notebook.grade_cells, *notebook.task_cells)}

    def find_source_cell(self, name: str, *_: str):
        return _found(self.sources, name)

    def find_graded_cell(self, name: str, *_: str):
        return _found(self.graded, name)


def _found(cells: dict, name: str):
    if name not in cells:
        raise MissingEntry(f"no cell {name}")
    return cells[name]


def sanitize(notebook: NotebookNode, released: Released) -> None:
    """Give the cells their metadata again, and those that are locked their text, as nbgrader's first pass does."""
    restore(notebook.cells, released.notebook)
    overwrite = OverwriteCells()
    overwrite.gradebook, overwrite.notebook_id, overwrite.assignment_id = released, released.notebook.name, ""
    for number, cell in enumerate(notebook.cells):
        overwrite.preprocess_cell(cell, {}, number)
    add_missing(notebook.cells, released.notebook, overwrite.missing_cell_transform)


def stand_in(
    course: CourseDirectory, lesson: str, name: str, heading: str, why: Iterable[str], source: Source | None = None
) -> NotebookNode:
    """The notebook as it was released, below a card that says what became of the one that was handed in.

    source: where that one lies. Should the instructor have removed the released one, the card stands alone.
    """
    path = Path(course.format_path(course.release_directory, ".", lesson)) / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4) if path.is_file() else nbformat.v4.new_notebook()
    lies = [f"As it was handed in, it lies in {_way(source, Path(course.root))}."] if source else []
    text = note(heading, [*why, *lies, RELEASED])
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="stand-in"))
    notebook.metadata["rnn_course_graded"] = {"verified": True, "rung": ""}
    return notebook


def _way(source: Source, course: Path) -> str:
    path = source.root.joinpath(*source.parts)
    path = path.relative_to(course) if path.is_relative_to(course) else path
    return shown(" in ".join((path.as_posix(), *source.members)[::-1]), 300)


def copy_pictures(folder: Source, target: Path) -> None:
    """Copy the pictures beside the notebooks, to which a text may lead; no other file, as the formgrader serves all.

    folder: of the submission.
    """
    there = folder.root.joinpath(*folder.parts)
    names = sorted(name for name in os.listdir(there) if name.lower().endswith(PICTURES))
    for name in names[:MOST]:
        with contextlib.suppress(BadNotebook, OSError):  # such as a name that is too long
            write(Source(folder.root, (*folder.parts, name)).read(LARGEST), target / name)


def as_json(notebook: NotebookNode) -> bytes:
    """A notebook as nbformat reads it. Its own writer copies and checks it first, and says in a log what it found."""
    return json.dumps(strip_transient(notebook), ensure_ascii=False, sort_keys=True).encode()


def write(data: bytes, path: Path) -> None:
    """Write a file whole, or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    os.replace(draft, path)
