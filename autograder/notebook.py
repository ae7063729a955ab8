"""What a lesson calls: `check`, `hint`, `solution`, `model_answer`, `predict`, `outcome`, `recall`, `progress_map`."""

import inspect
import json
import os
import sqlite3
import sys
import textwrap
from pathlib import Path
from typing import Any

from autograder import report
from autograder.cards import PredictionCard
from autograder.checks import registry
from autograder.compare import brief
from autograder.local import grade_locally
from autograder.progress import Progress, progress_file
from autograder.questions import load_questions
from autograder.report import Shown
from autograder.spec import Exercise, Written
from autograder.verdict import Result


class Report(Shown):
    """The outcome of a check. Its text form is the points as a float, which nbgrader reads as partial credit."""

    def __init__(self, result: Result):
        super().__init__(str(float(result.points)), report.as_html(result))
        self.result = result


def check(id: str) -> Report:
    """Check an exercise with the functions and variables of the notebook that calls.

    Raises: KeyError when there is no such exercise.
    """
    exercise = _exercise(id)
    namespace = sys._getframe(1).f_globals
    result = grade_locally(exercise, namespace)
    note = _keep(lambda progress: progress.add_result(result))
    if result.points and exercise.values and not exercise.functions:
        chosen = {name: _plain(namespace.get(name)) for name in exercise.values}
        note = note or _keep(lambda progress: progress.add("value", id, **chosen))
    if note:
        result.notes.append(note)
    if not _in_notebook():
        print(report.as_text(result))
    return Report(result)


def hint(id: str) -> Shown:
    """The hints of an exercise, each opened from the one before it."""
    exercise = _exercise(id)
    _keep(lambda progress: progress.add("hint", id))
    html = report.title(f"Hints for {id}") + report.section(report.way_on(exercise))
    return Shown("\n".join(exercise.hints), report.card(html))


def solution(id: str) -> Shown:
    """The reference for an exercise, with its explanation; kept as seen."""
    exercise = _exercise(id)
    _keep(lambda progress: progress.add("solution", id))
    source = "\n\n".join(textwrap.dedent(inspect.getsource(function)) for function in exercise.functions.values())
    source += "\n".join(f"{name} = {value!r}" for name, value in exercise.values.items())
    inside = report.title(f"A solution of {id}")
    inside += report.section(f'<pre style="{report.PRE}">{report.escape(source.strip())}</pre>')
    inside += report.section(report.in_code(exercise.explain)) if exercise.explain else ""
    return Shown(f"{source}\n{exercise.explain}", report.card(inside))


def model_answer(id: str) -> Shown:
    """A model answer and a rubric to mark oneself by, once an answer has been written and saved."""
    written = registry()[id]
    if not isinstance(written, Written):
        raise TypeError(f"{id} is not answered in words; use check({id!r})")
    if _unanswered(id):
        words = "Write your answer in the cell above and save the notebook; then run this cell again."
        return Shown(words, report.card(report.title(f"Model answer to {id}") + report.section(words)))
    _keep(lambda progress: progress.add("model answer", id))
    lines = "".join(f"<li>{report.in_code(line)}</li>" for line in written.rubric)
    each, total = report.points(written.points / len(written.rubric)), report.points(written.points)
    opened = (
        f'<div style="margin:4px 0 10px">{report.in_code(written.model)}</div>'
        f"<div>Mark your own answer; each of these is worth {each} of {total} points:</div>"
        f'<ul style="margin:4px 0">{lines}</ul>'
    )
    closed = report.details("My answer is written: show a model answer and the rubric", opened)
    html = report.card(report.title(f"Model answer to {id}") + report.section(closed))
    return Shown("\n".join((written.model, *written.rubric)), html)


def outcome(id: str, *, believed: str, measured: str, holds_when: str) -> PredictionCard:
    """A card that sets a prediction beside what was measured; the first prediction that was checked counts."""
    exercise = _exercise(id)
    sealed: list = []
    _keep(lambda progress: sealed.extend(progress.events("value", id)))
    namespace = sys._getframe(1).f_globals
    chosen = sealed[0][2] if sealed else {name: namespace.get(name, "nothing") for name in exercise.values}
    predicted = ", ".join(str(value) for value in chosen.values())
    return PredictionCard(
        {"believed": believed, "predicted": predicted, "measured": measured, "holds when": holds_when}
    )


def predict(question: str, choices: Any, *, id: str, unit: str = "") -> Any:
    """A question to answer before something is shown; the first answer is kept under `id`.

    choices: a list of texts, or (lowest, highest) for a number. Returns: `autograder.widgets.Predict`.
    """
    from autograder.widgets import Predict  # widgets are loaded by lessons that have one

    return Predict(question, choices, id=id, unit=unit)


def progress_map() -> Any:
    """The map of all lessons: what is mastered, next and due. Returns: `autograder.widgets.ProgressMap`."""
    from autograder.widgets import ProgressMap

    return ProgressMap()


def recall(answers: dict[str, str]) -> Shown:
    """Say for each recall question that has a letter whether it is right, and why; the rest stay closed."""
    questions, lines, html = load_questions(), [], []
    for number, (id, letter) in enumerate(answers.items(), 1):
        mark, words = questions[id].verdict(str(letter).strip().lower())
        if mark != "open":
            _keep(lambda progress, id=id, right=mark == "right": progress.add("recall", id, right=right))
        lines.append(f"{number}. {words}")
        html.append(report.marked(mark, f"{number}. {report.in_code(words.removeprefix('right. '))}"))
    inside = report.title("Recall") + report.section(report.marked_list(html))
    return Shown("\n".join(lines), report.card(inside))


def _exercise(id: str) -> Exercise:
    exercise = registry()[id]
    if not isinstance(exercise, Exercise):
        raise TypeError(f"{id} is answered in words; use model_answer({id!r})")
    return exercise


def _keep(write: Any) -> str:
    """Write to the learner's progress; what goes wrong there never stops a check, but is said."""
    try:
        write(Progress(progress_file()))
    except (sqlite3.Error, OSError) as error:
        return f"Your progress could not be kept: {error}."
    return ""


def _plain(value: Any) -> Any:
    """A value as JSON keeps it; what JSON does not know, in words."""
    try:
        return json.loads(json.dumps(value, default=brief))
    except (TypeError, ValueError, RecursionError):
        return brief(value)


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(shell) and hasattr(shell, "kernel")


def _unanswered(id: str) -> bool:
    """Whether the saved notebook still holds the empty answer; False where the notebook cannot be found."""
    path = Path(os.environ.get("JPY_SESSION_NAME", ""))
    if path.suffix != ".ipynb" or not path.is_file():
        return False
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in cells}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no notebook that can be read
        return False
    return sources.get(id, "an answer").strip() in ("", "YOUR ANSWER HERE")
