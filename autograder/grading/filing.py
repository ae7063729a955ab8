"""File results in an nbgrader course: points in its gradebook, and the notebooks that the formgrader shows.

What `nbgrader autograde` does for one submission in two passes through its converter, opening the gradebook anew at
each step, is done here with one open gradebook for all submissions.
"""

import contextlib
import warnings
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment, Gradebook, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, parse_utc
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session
from traitlets.config import Config, PyFileConfigLoader

from autograder.grading.gradebook import checked_in, grade_id, save_points, say_unsafe
from autograder.grading.handed_in import LIMIT, BadNotebook, Source, shown
from autograder.grading.keep import own_course
from autograder.grading.matching import Submission, lessons
from autograder.grading.one_notebook import Graded
from autograder.grading.outputs import put_results
from autograder.grading.reading import read_notebook
from autograder.grading.showing import (
    LATER,
    MISSING,
    UNREAD,
    Released,
    as_json,
    copy_pictures,
    sanitize,
    stand_in,
    write,
)

CONFIG = "nbgrader_config.py"
FAILED = "The grader failed on it. `rnn-course grade` says why; run again, it tries again."
MARK = ".rnn-course-filed"  # in autograded/STUDENT/LESSON, written last: which results were filed


def course_at(path: Path) -> Path | None:
    """The instructor's nbgrader course in which these submissions lie; None where they do not lie in one."""
    folder, path = own_course(path), path.resolve()
    if not folder or not (folder / CONFIG).is_file() or not (folder / "submitted").is_dir():
        return None
    collected = path == folder or path.is_relative_to(folder / "submitted")
    return folder if collected and (path.is_dir() or path.suffix == ".ipynb") else None


class Filing:
    """An open course. Close it after the last submission."""

    def __init__(self, course: Path):
        self.course = course
        self.config: Config = PyFileConfigLoader(CONFIG, path=str(course)).load_config()
        self.config.CourseDirectory.root = str(course)
        self.folders = CourseDirectory(config=self.config)
        self.gradebook = Gradebook(self.folders.db_url, self.folders.course_id)
        self.gradebook.db().expire_on_commit = False  # what was released is asked for once
        self.known = set(
            self.gradebook.db.query(Assignment.name, SubmittedAssignment.student_id).join(SubmittedAssignment).all()
        )
        self.released: dict[tuple[str, str], Released] = {}

    def __enter__(self) -> "Filing":
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def student_of(self, submission: Submission) -> str | None:
        """The student's folder below submitted/; None for what was not collected there."""
        submitted = self.course / "submitted"
        for source in submission.notebooks.values():
            path = source.root.joinpath(*source.parts)
            place = path.relative_to(submitted).parts if path.is_relative_to(submitted) else ()
            if not source.members and len(place) == 3 and place[1] == submission.lesson:
                return place[0]
        folder = submitted / submission.student / submission.lesson  # of one that holds no notebook
        if submission.notebooks or submission.lesson not in lessons() or folder.parent.parent != submitted:
            return None
        return submission.student if folder.is_dir() and folder.resolve() == folder else None

    def file(self, submission: Submission, results: dict[str, Graded | str], keys: dict[Source, str]) -> str:
        """File what became of a submission. keys: of the results. Returns: why it could not be done, or nothing."""
        try:
            return self._file(submission, results, keys)
        except Exception as error:  # a defect of ours: it costs this submission its place, and not the batch
            self.gradebook.db.rollback()
            return f"it could not be filed: {type(error).__name__}: {shown(str(error))}"

    def _file(self, submission: Submission, results: dict[str, Graded | str], keys: dict[Source, str]) -> str:
        student, lesson = self.student_of(submission), submission.lesson
        if not student:
            return ""
        target = Path(self.folders.format_path(self.folders.autograded_directory, student, lesson))
        when, found = self._handed_in_at(student, lesson), sorted(submission.notebooks.items())
        known = (f"{name} {keys.get(source, '') if name in results else ''}" for name, source in found)
        mark = "\n".join([str(when), *known])
        if (lesson, student) in self.known and _text(target / MARK) == mark:
            return ""
        try:
            assignment = self.gradebook.find_assignment(lesson)
        except MissingEntry:
            return f"{lesson} is not in the gradebook: release it first (`nbgrader generate_assignment {lesson}`)"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own code fills rows before it adds them
            with uncommitted(self.gradebook.db()):
                self.gradebook.update_or_create_student(student)
                handed_in = {"timestamp": when} if when else {}
                row = self.gradebook.update_or_create_submission(lesson, student, **handed_in)
        target.mkdir(parents=True, exist_ok=True)
        copy_pictures(Source(self.course / "submitted", (student, lesson)), target)
        for notebook in row.notebooks:
            result, cells = results.get(notebook.name), []
            checked, points = checked_in(notebook.notebook), {}
            if isinstance(result, Graded):
                made = self._graded(submission.notebooks[notebook.name], lesson, notebook.name, result)
                points, cells = {item["id"]: (item["points"], item["max"]) for item in result.exercises}, made.cells
            else:
                made, lost = self._stand_in(submission, notebook.name, result)
                checked = {grade.name for grade in notebook.grades}
                points = dict.fromkeys(checked, (0.0, 1.0)) if lost else {}
            write(as_json(made), target / f"{notebook.name}.ipynb")
            save_points(notebook.grades, checked, points)
            _save_answers(notebook, checked, cells)
            say_unsafe(notebook.comments, isinstance(result, Graded) and result.rung == "E")
            notebook.late_submission_penalty = None
        self.gradebook.db.commit()
        if row.total_seconds_late > 0:
            self._penalise(assignment.notebooks, lesson, student)
        (target / MARK).write_text(mark, encoding="utf-8")
        self.known.add((lesson, student))
        return ""

    def _graded(self, source: Source, lesson: str, name: str, result: Graded) -> NotebookNode:
        notebook = read_notebook(source)
        submitted = [NotebookNode(cell, metadata=cell.metadata.copy()) for cell in notebook.cells]
        sanitize(notebook, self._released(lesson, name))
        put_results(notebook, submitted, result)
        return notebook

    def _stand_in(self, submission: Submission, name: str, why: str | None) -> tuple[NotebookNode, bool]:
        """What is shown where there is nothing to show, and whether the student loses the points by it."""
        source = submission.notebooks.get(name)
        if not source:
            return stand_in(self.folders, submission.lesson, name, MISSING, submission.notes), True
        try:
            if not why:
                source.read(LIMIT)
        except BadNotebook as error:
            why = str(error)
        heading, line = (UNREAD, f"{why}.") if why else (LATER, FAILED)
        return stand_in(self.folders, submission.lesson, name, heading, [line], source), bool(why)

    def _released(self, lesson: str, notebook: str) -> Released:
        key = lesson, notebook
        if key not in self.released:
            self.released[key] = Released(self.gradebook.find_notebook(notebook, lesson))
        return self.released[key]

    def _handed_in_at(self, student: str, lesson: str) -> datetime | None:
        """When nbgrader collected it; the file lies in a folder to which a student could write."""
        try:
            text = Source(self.course / "submitted", (student, lesson, "timestamp.txt")).read(1000).decode()
            return parse_utc(text.strip())
        except (BadNotebook, ValueError, ArithmeticError):  # the last for numbers that no date has
            return None

    def _penalise(self, notebooks: Iterable[Notebook], lesson: str, student: str) -> None:
        """By nbgrader's own plugin, as the course has configured it; it opens the gradebook again."""
        for notebook in notebooks:
            where = {"notebook": notebook.name, "assignment": lesson, "student": student, "db_url": self.folders.db_url}
            AssignLatePenalties(config=self.config).preprocess(nbformat.v4.new_notebook(), {"nbgrader": where})


@contextlib.contextmanager
def uncommitted(session: Session):
    """What nbgrader's own functions would commit in here, each for itself, stays part of the transaction."""
    session.commit = session.flush
    try:
        yield
    finally:
        del session.commit


def _save_answers(notebook: SubmittedNotebook, checked: set[str], cells: list) -> None:
    """As nbgrader does, about the cells that a person grades: one that is as it was released gets 0."""
    answers = {grade_id(cell): cell for cell in cells}
    for grade in notebook.grades:
        if grade.name not in checked and grade.name in answers:
            grade.auto_score, _ = determine_grade(answers[grade.name])
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
    for comment in notebook.comments:
        cell = answers.get(comment.name)
        untouched = cell is not None and cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)
        comment.auto_comment = "No response." if untouched else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
