"""Grade submissions: what the kept results lack is graded and kept, and each submission gets its report."""

import contextlib
import functools
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.grading.keep import Keep, keep_for
from autograder.grading.loading import uncollected
from autograder.grading.one_notebook import UNSAFE, Graded, exercises_of
from autograder.grading.results import Known
from autograder.grading.submissions import Submission, find
from autograder.report import score
from autograder.sandbox.probing import best_rung
from autograder.source import in_order, scripts


def grade_path(
    path: Path, keep: Keep | None = None, workers: int | None = None, unsafe: bool = False
) -> Iterator[dict[str, Any]]:
    """Grade what lies at a path, with a progress bar; what lies in an nbgrader course is filed there, too.

    Returns: the report of each submission as soon as it is known, in the order of lessons and students.

    A report: {student, lesson, status, points, max, notes, exercises}. Status is "graded", "incomplete" where a
    notebook is missing or cannot be read, or "not graded".
    Raises: FileNotFoundError, ValueError when there are no submissions; NoSandbox when nothing keeps code apart.
    """
    submissions, keep = sorted(find(path), key=lambda found: found.lesson), keep or keep_for(path)
    unsafe = unsafe and best_rung() == "E"
    known = Known(keep, unsafe)
    with contextlib.ExitStack() as stack:
        filing = None
        for number, submission in enumerate(known.complete(submissions, workers or os.cpu_count() or 1)):
            if number == 0:  # nbgrader takes a second to load; the first notebooks are graded meanwhile
                filing = stack.enter_context(filing_for(path))
            results = known.results_of(submission)
            report = report_of(submission, results, known)
            trouble = filing.file(submission, results, known.keys) if filing else ""
            yield report | {"notes": [*report["notes"], trouble]} if trouble else report


def filing_for(path: Path) -> contextlib.AbstractContextManager:
    """The nbgrader course in which submissions lie, open for results; None where they do not lie in one."""
    with uncollected():
        from autograder.grading.filing import Filing, course_at  # nbgrader is loaded only where there is a course

    course = course_at(path)
    return Filing(course) if course else contextlib.nullcontext()


@functools.cache
def notebooks_of(lesson: str) -> list[str]:
    """The notebooks of a lesson in reading order; none of a lesson that is not of this course."""
    return [path.stem for path in in_order(lesson, scripts().get(lesson, []))]


def report_of(submission: Submission, results: dict[str, Graded | str], known: Known) -> dict[str, Any]:
    """What became of a submission."""
    notes, exercises, graded = list(submission.notes), [], 0
    names = notebooks_of(submission.lesson)
    for name in names:
        source, result = submission.notebooks.get(name), results.get(name)
        if isinstance(result, Graded):
            graded += 1
            exercises += result.exercises
            notes += [f"{name}: {note}" for note in result.notes]
        else:
            why = result or known.why_not(source)
            notes += [f"{name}: {why}"] if why else []
            exercises += [
                {"id": item.id, "points": 0.0, "max": item.points, "mistake": None, "checks": []}
                for item in exercises_of(submission.lesson, name)
            ]
    if any(isinstance(result, Graded) and result.rung == "E" for result in results.values()):
        notes.append(UNSAFE)
    status = "graded" if names and graded == len(names) else "incomplete" if graded else "not graded"
    total, most = (round(sum(row[key] for row in exercises), 2) for key in ("points", "max"))
    return {
        **{"student": submission.student, "lesson": submission.lesson, "status": status},
        **{"points": total, "max": most, "notes": notes, "exercises": exercises},
    }


def as_text(report: dict[str, Any]) -> str:
    """A report for a terminal: a line, and one for each note."""
    head = f"{report['student']}  {report['lesson']}  {score(report['points'], report['max'])}"
    return "\n".join(
        [
            head if report["status"] == "graded" else f"{head}  ({report['status']})",
            *(f"    {note}" for note in report["notes"]),
        ]
    )


def written(reports: Iterable[dict[str, Any]], path: Path) -> Iterator[dict[str, Any]]:
    """The same reports, written to a file as they pass; the file is there when the last one has."""
    draft = path.with_name(f"{path.name}.draft")
    with open(draft, "w", encoding="utf-8") as file:
        file.write('{"submissions": [')
        for number, report in enumerate(reports):
            file.write((",\n" if number else "\n") + json.dumps(report))
            yield report
        file.write("\n]}\n")
    os.replace(draft, path)


def commonest(mistakes: Counter, most: int = 10) -> str:
    """What a class got wrong, for a terminal: the named mistakes that occurred most often."""
    rows = [f"  {count:>4} x {exercise}: {name}" for (exercise, name), count in mistakes.most_common(most)]
    return "\n".join(["The commonest mistakes:", *rows]) if rows else ""
