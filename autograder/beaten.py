"""I beat the checker: a wrong answer that passes, written out as a report that can be sent in and tried again."""

import platform
import re
from pathlib import Path

import numpy as np

from autograder.checks import registry
from autograder.report import score
from autograder.verdict import Result

FORM = """# I beat the checker: {id}

The answer below is wrong, and all of its {count} checks pass: {score}.

## Why it is wrong

{reason}

## The answer

{fence}python
{answer}
{fence}

## What the checks said

{checks}

## Versions

{versions}

## To see it again

Save the answer as `answer.py` and run `python course.py try {id} answer.py`.
"""


def write_report(result: Result, answer: Path, reason: str, target: Path) -> None:
    """Write a report of an answer that passes although it is wrong; it holds all that is needed to see it again.

    Raises: ValueError when the checks saw that it is wrong, or no reason is given; FileExistsError.
    """
    id = result.exercise.id
    if not result.passed:
        raise ValueError(f"the checks of {id} saw that this answer is wrong: nothing to report")
    if not reason.strip():
        raise ValueError('say why the answer is wrong: --because "…"')
    if target.exists():
        raise FileExistsError(f"{target} is there already; nothing was written")
    source = answer.read_text(encoding="utf-8").strip("\n")
    text = FORM.format(
        id=id,
        count=len(result.verdicts),
        score=score(result.points, result.exercise.points),
        reason="\n".join(f"> {line}" for line in reason.strip().splitlines()),
        fence="`" * max(3, 1 + max((len(run) for run in re.findall("`+", source)), default=0)),
        answer=source,
        checks="\n".join(f"- passed: {verdict.title}" for verdict in result.verdicts)
        + "".join(f"\n- noted: {note}" for note in result.notes),
        versions="\n".join(f"- {name}: {version}" for name, version in versions(id).items()),
    )
    target.write_text(text, encoding="utf-8")


def versions(id: str) -> dict[str, str]:
    """What a verdict follows from: the specification with its checks and reference, and the machine."""
    from autograder.grading.keep import version  # hashes every file that decides

    return {
        "exercise": f"{id} of {registry().lesson_of[id]}, specification {version(registry().lesson_of[id])[:16]}",
        "Python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }
