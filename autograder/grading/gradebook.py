"""What nbgrader's gradebook says of a notebook that the instructor released, and what is written there about a student.

The gradebook is the instructor's own; a student writes the metadata of a submission.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Notebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Configurable

from autograder.checks import registry
from autograder.grading.one_notebook import UNSAFE


def course_of(configurable: Configurable) -> CourseDirectory:
    """The course folder of the converter above a preprocessor."""
    above = configurable
    while above is not None and getattr(above, "coursedir", None) is None:
        above = above.parent
    return above.coursedir if above is not None else CourseDirectory(parent=configurable)


def submitted_file(course: CourseDirectory, where: Mapping[str, str]) -> Path:
    """The notebook as it was handed in. where: student, assignment and notebook, as nbgrader's resources have them."""
    folder = course.format_path(course.submitted_directory, where["student"], where["assignment"])
    return Path(folder) / f"{where['notebook']}.ipynb"


def lesson_of(notebook: Notebook) -> str | None:
    """The lesson whose checks stand in a released notebook; None when it is not of this course."""
    lessons = registry().lesson_of
    ours = [cell.name for cell in notebook.source_cells if (cell.source or "").strip() == f'check("{cell.name}")']
    return next((lessons[name] for name in sorted(ours) if name in lessons), None)


def checked_in(notebook: Notebook) -> set[str]:
    """The grade cells that no person grades: code that the student does not write."""
    solutions = {cell.name for cell in notebook.solution_cells}
    return {cell.name for cell in notebook.grade_cells if cell.cell_type == "code"} - solutions


def grade_id(cell: NotebookNode) -> str | None:
    """The name by which the gradebook knows a cell."""
    data = cell.metadata.get("nbgrader")
    found = data.get("grade_id") if isinstance(data, Mapping) else None
    return found if isinstance(found, str) else None


def restore(cells: Sequence[NotebookNode], notebook: Notebook) -> None:
    """Give each cell the nbgrader metadata with which it was released; a student can change, copy or invent some.

    Of copies the last counts, as in nbgrader, which would stop there, and with it the grading of the whole class.
    """
    sources = {cell.name: cell for cell in notebook.source_cells}
    points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    graded, solutions, tasks = (
        {cell.name for cell in kind} for kind in (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
    )
    for cell in reversed(cells):
        id = grade_id(cell)
        source = sources.pop(id, None)
        if source is None:
            cell.metadata.pop("nbgrader", None)
            continue
        if cell.cell_type != source.cell_type:
            cell.pop("attachments", None)  # nbgrader changes the type back, and stops at what only text may have
        data = {"grade_id": id, "grade": id in graded, "solution": id in solutions, "task": id in tasks}
        data |= {"locked": source.locked, "cell_type": source.cell_type, "schema_version": 3}
        cell.metadata["nbgrader"] = nbformat.from_dict(data | ({"points": points[id]} if id in points else {}))


def add_missing(cells: list[NotebookNode], notebook: Notebook, transform: Callable) -> None:
    """Put grade cells that the student deleted back after the cell that they followed: there they can be seen.

    transform: makes a cell from what the gradebook keeps (`OverwriteCells.missing_cell_transform`).
    """
    graded = {cell.name: cell for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    ids, after = [grade_id(cell) for cell in cells], len(cells)
    for number, source in enumerate(notebook.source_cells):
        if source.name in ids:
            after = len(ids) - ids[::-1].index(source.name)  # behind the last of them
        elif source.name in graded:
            made = transform(source, graded[source.name].max_score, is_solution=source.name in solutions)
            cells.insert(after, nbformat.from_dict({**made, "id": f"missing-{number}"}))
            ids.insert(after, source.name)
            after += 1


def save_points(grades: Iterable[Grade], checked: set[str], points: Mapping[str, tuple[float, float]]) -> None:
    """Write the points of each checked cell, whether the student left it in the notebook or not.

    points: of each exercise the points and the most that there are. As in nbgrader, a score that a person has given
    stands, and asks to be looked at again.
    """
    for grade in grades:
        if grade.name in checked:
            given, most = points.get(grade.name, (None, 1.0))  # a check that is not ours is left to a person
            grade.auto_score = None if given is None else given * (grade.cell.max_score / most)
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def say_unsafe(comments: Iterable[Comment], unsafe: bool) -> None:
    """Have the gradebook say, in the comment on the first answer, that there was no sandbox; or no longer say it."""
    for comment in sorted(comments, key=lambda comment: comment.name)[:1]:
        rest = (comment.auto_comment or "").replace(UNSAFE, "").strip()
        comment.auto_comment = " ".join(filter(None, (rest, UNSAFE if unsafe else ""))) or None
