"""What honest students of the demo class hand in: each kind of student is a function from a lesson to files."""

import copy
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.checks import registry
from autograder.demo.mistakes import imported, slipped
from autograder.demo.students import Student
from autograder.grading.gradebook import grade_id

Files = dict[str, NotebookNode | bytes]  # name -> what it holds
MARKERS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


@dataclass
class Work:
    """A student before a lesson: its notebooks as they were released, and as they are solved; by their names."""

    student: Student
    lesson: str
    released: dict[str, NotebookNode]
    solved: dict[str, NotebookNode]
    rng: random.Random

    def untouched(self) -> dict[str, NotebookNode]:
        """The notebooks as released, but for a note of the student's own: no two students hand in the same bytes."""
        made = {f"{name}.ipynb": copy.deepcopy(notebook) for name, notebook in self.released.items()}
        for notebook in made.values():
            notebook.cells.append(new_markdown_cell(f"Notes by {self.student.first} {self.student.last}", id="notes"))
        return made

    def answered(self, share: float = 1.0) -> dict[str, NotebookNode]:
        """The notebooks with this share of their answers, from the first one on."""
        made = self.untouched()
        for name, notebook in made.items():
            answers = {grade_id(cell): cell.source for cell in self.solved[name.removesuffix(".ipynb")].cells}
            cells = solutions(notebook)
            for cell in cells[: round(share * len(cells))]:
                cell.source = MARKERS.sub("", answers[grade_id(cell)])
        return made


def solutions(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def is_check(cell: NotebookNode) -> bool:
    data = cell.metadata.get("nbgrader", {})
    return bool(data.get("grade") and not data.get("solution"))


def wrong(work: Work) -> Files:
    """About every second exercise with one of its named mistakes."""
    made = work.answered()
    for notebook in made.values():
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        known = set().union(*(imported(cell.source) for cell in code if not grade_id(cell)))
        for cell in solutions(notebook):
            if cell.cell_type == "code" and work.rng.random() < 0.5:
                exercise = registry()[grade_id(cell).removesuffix("-code")]
                cell.source = slipped(cell.source, exercise, known, work.rng)
    return made


def truncated(work: Work) -> Files:
    """Uploads that broke off."""
    files = {name: nbformat.writes(notebook).encode() for name, notebook in work.answered().items()}
    return {name: content[: len(content) * 2 // 3] for name, content in files.items()}


def missing_notebook(work: Work) -> Files:
    """One notebook too few; of a lesson that has but one, a text in its place."""
    (first, notebook), *others = work.answered().items()
    return {first: notebook} if others else {"where_is_it.txt": b"I sent it by e-mail."}


def without_checks(work: Work) -> Files:
    made = work.answered()
    for notebook in made.values():
        notebook.cells = [cell for cell in notebook.cells if not is_check(cell)]
    return made


def doubled_checks(work: Work) -> Files:
    """Each check twice, with the same ids, as copying cells leaves them."""
    made = work.answered()
    for notebook in made.values():
        for cell in filter(is_check, list(notebook.cells)):
            again = copy.deepcopy(cell)
            again.id = f"{cell.id}-again"  # JupyterLab gives a copy another id, and leaves nbgrader's as it is
            notebook.cells.insert(notebook.cells.index(cell) + 1, again)
    return made


def syntax_error(work: Work) -> Files:
    """A bracket too many in one exercise of each notebook; the others are right."""
    made = work.answered()
    for notebook in made.values():
        work.rng.choice([cell for cell in solutions(notebook) if cell.cell_type == "code"]).source += "\n)"
    return made


HONEST: dict[str, Callable[[Work], Files]] = {
    "right": Work.answered,
    "wrong": wrong,
    "half done": partial(Work.answered, share=0.5),
    "untouched": Work.untouched,
    "truncated": truncated,
    "empty file": lambda work: dict.fromkeys(work.untouched(), b""),
    "other format": lambda work: dict.fromkeys(work.untouched(), b"import numpy as np\n\nprint('as a script')\n"),
    "missing notebook": missing_notebook,
    "no checks": without_checks,
    "doubled checks": doubled_checks,
    "syntax error": syntax_error,
}
