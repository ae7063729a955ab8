"""Grade one notebook: its cells run once, apart from everything; then the checks call what they left, from here.

The points come from the secret seed. Every word that a student reads comes from a second process, in which the cells
have run again and which has never met a hidden case, with the public seed.
"""

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from autograder import report
from autograder.checks import registry
from autograder.grading.ahead import passed_ahead
from autograder.sandbox.lockdown import MEGABYTE, USUAL, Budget
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.source import scripts
from autograder.spec import Exercise
from autograder.verdict import PUBLIC_SEED, Result, Verdict, grade_fairly

ELSEWHERE = "It holds on the inputs that you can see, and fails on other inputs."
UNSAFE = (
    "Graded without a sandbox (rung E, unsafe_no_sandbox): this student's code could reach whatever the grader can."
)
CELL_SECONDS = 60.0
SHOWN = 8 * MEGABYTE  # characters that are kept of what all cells of a notebook show
PICTURES = ("text/plain", "image/png", "image/jpeg")  # what is kept of a display: no markup, which a page would run


@dataclass
class Graded:
    """What became of one notebook.

    exercises: of each {id, points, max, mistake, checks}. cards: of each what the student sees of it, as HTML.
    outputs: of each cell of the notebook; None where it was not run. rung: what kept the student's code apart.
    """

    exercises: list[dict[str, Any]]
    cards: dict[str, str]
    outputs: list[list[dict] | None]
    notes: list[str] = field(default_factory=list)
    rung: str = ""


@functools.cache
def exercises_of(lesson: str, notebook: str) -> tuple[Exercise, ...]:
    """The exercises whose checks stand in a notebook of a lesson. Raises: ValueError when there is no such notebook."""
    for path in scripts().get(lesson, ()):
        if path.stem == notebook:
            ids = re.findall(r'^# %% check="([\w-]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
            return tuple(registry()[id] for id in ids)
    raise ValueError(f"there is no notebook {notebook!r} in a lesson {lesson!r}")


def budget_of(exercises: Iterable[Exercise]) -> Budget:
    """What the process of a notebook may use: of each thing the most that one of its exercises asks for."""
    budget = USUAL
    for exercise in exercises:
        budget = replace(
            budget, **{name: max(amount, getattr(budget, name)) for name, amount in exercise.budget.items()}
        )
    return budget


def grade_notebook(notebook: NotebookNode, exercises: Sequence[Exercise], sandbox: Any, seed: int) -> Graded:
    """Run a notebook's cells in a sandbox and grade these exercises. Raises: SandboxError."""
    with Session(sandbox) as session:
        outputs, notes = run_cells(notebook, session)
        seeds = {item: seed_of(item, seed) for item in exercises}
        passed = passed_ahead(session, seeds)
        hidden = {item.id: _graded(item, session, seeds[item], hidden=True, passed=passed[item]) for item in exercises}
        results = []
        with session.again() as fresh:
            for exercise in exercises:
                result = hidden[exercise.id]
                results.append(result if result.passed else in_public(result, _graded(exercise, fresh, PUBLIC_SEED)))
    cards = {result.exercise.id: report.as_html(result) for result in results}
    return Graded([_as_row(result) for result in results], cards, outputs, notes, sandbox.rung)


def seed_of(exercise: Exercise, seed: int) -> int:
    """The seed of an exercise's hidden cases: from a generator that a check hands over its seed can be computed."""
    return int.from_bytes(hashlib.sha256(f"{seed:032x} {exercise.id}".encode()).digest()[:16], "big")


def run_cells(notebook: NotebookNode, session: Session) -> tuple[list[list[dict] | None], list[str]]:
    """Run all cells but those that only show or check. Returns: the outputs of each, and a line on each that failed."""
    run = {number: cell.source for number, cell in enumerate(notebook.cells, 1) if _runs(cell)}
    outputs, notes, room = [None] * len(notebook.cells), [], SHOWN
    for number, (came, error) in zip(run, session.cells(list(run.values()), CELL_SECONDS), strict=True):
        shown = [output for output in map(plain, came) if output]
        size = len(json.dumps(shown))
        outputs[number - 1] = shown if size <= room else []
        if size > room >= 0:
            notes.append(f"cell {number} shows too much: of all cells together {SHOWN // MEGABYTE} MB are kept")
        room = room - size if size <= room else -1
        if error and len(notes) < 10 and error.kind != "NotImplementedError":  # that is an exercise left as released
            kind = "" if error.kind in ("time", "ended") else f"{error.kind}: "
            notes.append(f"cell {number} ended early: {' '.join(f'{kind}{error.message}'.split())[:280]}")
    return outputs, notes


def plain(output: Mapping) -> dict | None:
    """An output as a notebook may hold it, made anew from what a student's process sent; None for what is no output."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": text}
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": [*lines]}:
            lines = [line for line in lines if isinstance(line, str)]
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            kept = {name: data[name] for name in PICTURES if isinstance(data.get(name), str)}
            shown = {"output_type": kind, "data": kept, "metadata": {}}
            return shown | {"execution_count": None} if kind == "execute_result" else shown
    return None


def in_public(hidden: Result, public: Result) -> Result:
    """The points of the secret seed with the words of the public one."""
    verdicts = [
        Verdict(secret.title, True) if secret.passed else replace(seen, passed=False, words=seen.words or ELSEWHERE)
        for secret, seen in zip(hidden.verdicts, public.verdicts, strict=True)
    ]
    return Result(hidden.exercise, hidden.points, verdicts, public.mistake, public.notes)


def _graded(exercise: Exercise, session: Session, seed: int, **options: Any) -> Result:
    return grade_fairly(exercise, lambda lends: RemoteBackend(session, exercise.seconds, lends), seed, **options)


def _as_row(result: Result) -> dict[str, Any]:
    row = result.as_dict()
    return {"id": row.pop("exercise"), **row}


def _runs(cell: NotebookNode) -> bool:
    ours, theirs = cell.metadata.get("rnn_course"), cell.metadata.get("nbgrader")
    shows = isinstance(ours, dict) and ours.get("kind") == "show"
    checks = isinstance(theirs, dict) and bool(theirs.get("grade")) and not theirs.get("solution")
    return cell.cell_type == "code" and bool(cell.source.strip()) and not shows and not checks
