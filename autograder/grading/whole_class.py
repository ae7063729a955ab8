"""Grade submissions: what the kept results lack is graded and kept, then each submission gets its report."""

import atexit
import contextlib
import functools
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pebble import ProcessPool
from tqdm import tqdm

from autograder.grading.batch import Task, grade_all, pool
from autograder.grading.handed_in import LIMIT, BadNotebook, Source
from autograder.grading.keep import Keep, keep_for
from autograder.grading.one_notebook import Graded, exercises_of
from autograder.grading.submissions import Submission, find
from autograder.report import score
from autograder.sandbox.probing import best_rung
from autograder.source import sources

UNSAFE = "Graded without a sandbox (rung E): its code could reach the grader, so these points prove nothing."


def grade_path(
    path: Path, keep: Keep | None = None, workers: int | None = None, unsafe: bool = False
) -> Iterator[dict[str, Any]]:
    """Grade what lies at a path, with a progress bar; what lies in an nbgrader course is filed there, too.

    Returns: the report of each submission, in their order.

    A report: {student, lesson, status, points, max, notes, exercises}. Status is "graded", "incomplete" where a
    notebook is missing or cannot be read, or "not graded".
    Raises: FileNotFoundError, ValueError when there are no submissions; NoSandbox when nothing keeps code apart.
    """
    submissions, keep = find(path), keep or keep_for(path)
    unsafe = unsafe and best_rung() == "E"
    keys, failed = grade_missing(submissions, keep, unsafe, workers or os.cpu_count() or 1)
    with filing_for(path) as filing:
        for submission in submissions:
            results = results_of(submission, keep, keys)
            report = report_of(submission, results, keys, failed)
            trouble = filing.file(submission, results, keys) if filing else ""
            yield report | {"notes": [*report["notes"], trouble]} if trouble else report


def grade_missing(
    submissions: Sequence[Submission], keep: Keep, unsafe: bool, workers: int
) -> tuple[dict[Source, str], dict[Source | str, str]]:
    """Grade each notebook whose result is not kept yet.

    Returns: the key of each notebook; and for one, or for a key, why there is no result.
    """
    keys: dict[Source, str] = {}
    failed: dict[Source | str, str] = {}
    tasks: dict[str, Task] = {}
    for submission in submissions:
        for notebook, source in submission.notebooks.items():
            try:
                keys[source] = keep.key(source.read(LIMIT), submission.lesson, notebook, unsafe)
            except BadNotebook as error:
                failed[source] = str(error)
            else:
                if not keep.has(keys[source]):
                    tasks[keys[source]] = Task(source, submission.lesson, notebook)
    if not tasks:
        return keys, failed
    order = sorted(tasks.values(), key=lambda task: (task.lesson, task.notebook))  # so that a sandbox serves many
    workers = min(workers, len(order))
    bar = tqdm(total=len(order), unit="notebook", dynamic_ncols=True)
    with bar, pool(keep.seed, unsafe, workers) as processes:
        for task, content, result in grade_all(order, processes, 2 * workers):
            key = keep.key(content, task.lesson, task.notebook, unsafe)
            if isinstance(result, dict):
                keep.put(key, task.lesson, task.notebook, result)
            else:
                failed[key] = failed[task.source] = result
            bar.update()
    return keys, failed


def graded_notebook(path: Path, lesson: str, notebook: str, keep: Keep, unsafe: bool = False) -> Graded:
    """The result of one notebook that was handed in: the kept one, or it is graded now.

    Raises: BadNotebook; NoSandbox; RuntimeError when the grader fails.
    """
    unsafe = unsafe and best_rung() == "E"
    source = Source(path.parent, (path.name,))
    key = keep.key(source.read(LIMIT), lesson, notebook, unsafe)
    result = keep.get(key)
    if result is None:
        ((_, content, result),) = grade_all([Task(source, lesson, notebook)], standing_pool(keep.seed, unsafe), 1)
        if isinstance(result, str):
            raise RuntimeError(f"{path}: {result}")
        keep.put(keep.key(content, lesson, notebook, unsafe), lesson, notebook, result)
    if "unreadable" in result:
        raise BadNotebook(result["unreadable"])
    return Graded(**result)


@functools.cache
def standing_pool(seed: int, unsafe: bool) -> ProcessPool:
    """A process that grades, for as long as this one lives."""
    made = pool(seed, unsafe, 1)
    atexit.register(made.stop)
    return made


def filing_for(path: Path) -> contextlib.AbstractContextManager:
    """The nbgrader course in which submissions lie, open for results; None where they do not lie in one."""
    from autograder.grading.filing import Filing, course_at  # nbgrader is loaded only where there is a course

    course = course_at(path)
    return Filing(course) if course else contextlib.nullcontext()


def results_of(submission: Submission, keep: Keep, keys: dict[Source, str]) -> dict[str, Graded | str]:
    """Of each notebook the kept result, or why it cannot be read."""
    found = {}
    for name, source in submission.notebooks.items():
        kept = keep.get(keys[source]) if source in keys else None
        if kept:
            found[name] = kept["unreadable"] if "unreadable" in kept else Graded(**kept)
    return found


def report_of(
    submission: Submission,
    results: dict[str, Graded | str],
    keys: dict[Source, str],
    failed: dict[Source | str, str],
) -> dict[str, Any]:
    """What became of a submission."""
    notes, exercises, graded = list(submission.notes), [], 0
    names = [path.stem for path in sources() if path.parent.name == submission.lesson]
    for name in names:
        source, result = submission.notebooks.get(name), results.get(name)
        if isinstance(result, Graded):
            graded += 1
            exercises += result.exercises
            notes += [f"{name}: {note}" for note in result.notes]
        else:
            why = result or failed.get(source) or failed.get(keys.get(source, ""), "")
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
