"""A demo class: thirty invented students hand in every lesson, right, wrong, broken or in bad faith, and are graded.

A seed decides all: two classes hold the same files.
"""

import datetime
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import nbformat
from tqdm import tqdm

from autograder.demo.attacks import HOSTILE
from autograder.demo.students import STUDENTS, Student
from autograder.demo.work import HONEST, Work
from autograder.grading import whole_class as grading
from autograder.grading.keep import NAME
from autograder.grading.teach import COURSE_ID, is_course, make_course, open_formgrader

KINDS = {**HONEST, **HOSTILE}
MARK = "demo_class"  # a file beside the seed: what says that no real student is in a course
DUE = datetime.datetime(2026, 10, 5, 12)  # of the first lesson; the others follow week by week


def start(folder: Path | None = None, browser: bool = True, port: int | None = None) -> int:
    """Make the class if there is none, grade it, and open the formgrader. Returns: the exit status of JupyterLab."""
    folder = (folder or Path(tempfile.mkdtemp(prefix="rnn-course-demo-"))).expanduser().resolve()
    make_class(folder)
    grade_class(folder)
    return open_formgrader(folder, browser, port)


def make_class(folder: Path, students: tuple[Student, ...] = STUDENTS, seed: int = 1) -> None:
    """Make a course with what its students handed in; a demo class that is there already stays as it is.

    Raises: ValueError where there is a course of real students, or anything else.
    """
    if is_course(folder):
        if not (folder / NAME / MARK).exists():
            raise ValueError(f"{folder} is a course, and no demo class; expected a new folder, or none")
        print(f"{folder} holds a demo class already; nothing in it is changed.")
        return
    print(f"Making a class of {len(students)} invented students in {folder}", flush=True)
    make_course(folder, lambda course: _fill(course, students, seed))


def grade_class(folder: Path) -> None:
    """Grade what was handed in, and print what came of it."""
    begun, mistakes, reports = time.monotonic(), Counter(), 0
    for report in grading.grade_path(folder / "submitted"):
        tqdm.write(grading.as_text(report))
        mistakes.update((row["id"], row["mistake"]) for row in report["exercises"] if row["mistake"])
        reports += 1
    print(grading.commonest(mistakes))
    print(f"{reports} submissions in {time.monotonic() - begun:.0f} s", flush=True)


def _fill(course: Path, students: tuple[Student, ...], seed: int) -> None:
    from nbgrader.api import Gradebook

    (course / NAME / MARK).touch()
    lessons = sorted(folder.name for folder in (course / "source").iterdir())
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", COURSE_ID) as gradebook:
        for week, lesson in enumerate(lessons):
            gradebook.update_or_create_assignment(lesson, duedate=DUE + datetime.timedelta(weeks=week))
        for student in students:
            gradebook.update_or_create_student(student.id, first_name=student.first, last_name=student.last)
    for week, lesson in enumerate(lessons):
        released, solved = (_notebooks(course / step / lesson) for step in ("release", "source"))
        for student in students:
            rng = random.Random(f"{seed} {lesson} {student.id}")
            files = KINDS[student.kind](Work(student, lesson, released, solved, rng))
            folder = course / "submitted" / student.id / lesson
            folder.mkdir(parents=True)
            for name, content in files.items():
                whole = content if isinstance(content, bytes) else nbformat.writes(content).encode()
                (folder / name).write_bytes(whole)
            hours = rng.triangular(-160, 30, -4)  # before the lesson was due, or after
            handed_in = DUE + datetime.timedelta(weeks=week, hours=hours)
            (folder / "timestamp.txt").write_text(f"{handed_in:%Y-%m-%d %H:%M:%S} UTC", encoding="ascii")


def _notebooks(folder: Path) -> dict[str, nbformat.NotebookNode]:
    return {path.stem: nbformat.read(path, 4) for path in sorted(folder.glob("*.ipynb"))}
