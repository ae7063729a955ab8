"""Run the checks of an exercise against a student's answer, and name the mistake when it is a known one."""

import functools
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.calling import Backend, ReferenceBackend, Student
from autograder.compare import ArgumentChanged, CheckFailed
from autograder.naming import Replay, Replayed, Watch, known_mistake
from autograder.spec import Check, Exercise, Mistake
from autograder.wire import StudentError, clean

PUBLIC_SEED = 20_001
LONGEST = 500  # characters of an exception's message that a student reads
UNJUDGED = "This could not be judged, because the result differs already. "
MOST_WORDS = 5000  # characters of a verdict: it may repeat a text that a student chose


@dataclass(frozen=True)
class Verdict:
    """What became of one check. kind: that of the `StudentError` that ended it."""

    title: str
    passed: bool
    words: str = ""
    picture: np.ndarray | None = None
    kind: str = ""


@dataclass(frozen=True)
class Result:
    """What became of an exercise: points, a verdict for each check, and the known mistake if it is one."""

    exercise: Exercise
    points: float
    verdicts: list[Verdict]
    mistake: Mistake | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON knows it."""
        checks = [{"title": v.title, "passed": v.passed, "words": v.words} for v in self.verdicts]
        name = self.mistake.name if self.mistake else None
        return {
            "exercise": self.exercise.id,
            "points": self.points,
            "max": self.exercise.points,
            "checks": checks,
            "mistake": name,
        }


def grade(
    exercise: Exercise,
    backend: Backend,
    seed: int = PUBLIC_SEED,
    name_mistake: bool = True,
    passed: Collection[int] = (),
) -> Result:
    """Run all checks of an exercise; a check that fails does not hide the rest.

    Each check is worth its share of the points. Every random draw follows from `seed`. passed: the numbers of checks
    that are known to pass, and are not run.
    """
    verdicts, records, made = [], [], {}
    for k, check in enumerate(exercise.checks):
        if k in passed:
            verdicts.append(Verdict(check.title, True))
            records.append([])
            continue
        verdict, record = try_check(exercise, check, k, backend, seed, made=made)
        verdicts.append(verdict)
        records.append(record)
        if verdict.kind == "time":  # the rest is tried, but a learner does not wait as long again for each
            backend.seconds = min(backend.seconds, max(1.0, backend.seconds / 5))
    points = round(exercise.points * sum(v.passed for v in verdicts) / max(1, len(verdicts)), 2)
    mistake = None
    if name_mistake and any(check.replay and not v.passed for check, v in zip(exercise.checks, verdicts, strict=True)):
        mistake = known_mistake(exercise, [v.passed for v in verdicts], records, replay_of(exercise, seed))
    return Result(exercise, points, verdicts, mistake)


def grade_fairly(
    exercise: Exercise,
    backend_with: Callable[[Mapping[str, Callable]], Backend],
    seed: int = PUBLIC_SEED,
    hidden: bool = False,
    passed: Collection[int] = (),
) -> Result:
    """Grade; an answer that fails only because a helper of an earlier exercise is wrong counts as right, with a note.

    backend_with: makes the backend in which these helpers take the place of the student's own. hidden: the cases
    are not for the student's eyes, so no mistake is named, and nothing is told of what the code printed. passed: as in
    `grade`, only where the cases are hidden.
    """
    backend = backend_with({})
    result = grade(exercise, backend, seed, not hidden, passed if hidden else ())
    in_time = not any(verdict.kind == "time" for verdict in result.verdicts)
    if not result.passed and exercise.lends and in_time:
        lent = backend_with(exercise.lends)
        again = grade(exercise, lent, seed, name_mistake=not hidden)
        if again.points > result.points:
            result, backend = again, lent
            result.notes.append(
                f"Checked with the reference's {', '.join(exercise.lends)}, because with your own this "
                "exercise fails: that mistake is counted there and not here."
            )
    printed = clean(backend.printed.strip())
    if printed and not hidden:
        result.notes.append("Your code printed: " + (printed if len(printed) < 300 else printed[:299] + "…"))
    return result


def try_check(
    exercise: Exercise,
    check: Check,
    k: int,
    backend: Backend,
    seed: int,
    watch: Callable[[list], None] = lambda calls: None,
    made: dict[str, Any] | None = None,
) -> tuple[Verdict, list]:
    """Run one check, the k-th of its exercise. Returns: what became of it, and its calls as a `Student` keeps them."""
    student = Student(exercise, backend, watch, made)
    words, picture, kind = "", None, ""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            check.run(student, np.random.default_rng([seed, k]))
        return Verdict(check.title, True), student._record
    except CheckFailed as failed:
        differs = check.of_arguments and not isinstance(failed, ArgumentChanged)
        words, picture = UNJUDGED * differs + failed.words, failed.picture
    except StudentError as error:
        words, kind = in_words(error), error.kind
    except Exception as error:  # what the answer returned is of a form that the check could not use
        words = f"What came back could not be used: {type(error).__name__}: {error}"
    words = words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"
    return Verdict(check.title, False, clean(words), picture, kind), student._record


def in_words(error: StudentError) -> str:
    """What a student reads of an exception, with the own line last."""
    if error.kind in ("missing", "unfinished", "time", "ended"):
        return error.message
    line = f" In your {error.lines[-1]}." if error.lines else ""
    message = error.message.strip().rstrip(".")
    message = message if len(message) <= LONGEST else message[: LONGEST - 1] + "…"
    return f"{error.kind}: {message}.{line}" if message else f"{error.kind}.{line}"


def replay_of(exercise: Exercise, seed: int) -> Replay:
    """Runs the checks again, with the reference and some replacements in it as the student.

    What came of it is kept: in a class many answers are compared with the same mistakes, on the same inputs.
    """
    kept = _kept(exercise, seed)

    def replay(replaced: dict[str, Any], watch: Watch) -> Replayed:
        backend, versions = ReferenceBackend(exercise, replaced), tuple((name, id(replaced[name])) for name in replaced)
        for k, check in enumerate(exercise.checks):
            if check.replay:
                passed, record = kept.get((versions, k), (None, []))
                for calls in range(1, len(record) + 1):
                    watch(k, record[:calls])
                if passed is None:  # it was stopped before, if it was run at all
                    noted = functools.partial(_note, kept, (versions, k), functools.partial(watch, k))
                    verdict, record = try_check(exercise, check, k, backend, seed, noted)
                    passed = verdict.passed
                    kept[versions, k] = passed, record
                yield k, passed, record

    return replay


def _note(kept: dict, place: tuple, watch: Callable[[list], None], calls: list) -> None:
    kept[place] = None, list(calls)
    watch(calls)


@functools.lru_cache(maxsize=128)
def _kept(exercise: Exercise, seed: int) -> dict[tuple, tuple[bool | None, list]]:
    """Of versions and a check: whether it passes with them, None where it was stopped, and its calls up to there."""
    return {}
