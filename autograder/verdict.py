"""Run the checks of an exercise against a student's answer, and name the mistake when it is a known one."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograder.compare import CheckFailed, brief, same
from autograder.spec import Check, Exercise, Mistake
from autograder.wire import Codec, StudentError, clean

PUBLIC_SEED = 20_001
LONGEST = 500  # characters of an exception's message that a student reads
MOST_WORDS = 5000  # characters of a verdict: it may repeat a text that a student chose


class Backend(Protocol):
    """Where a student's functions live: the learner's kernel, a sandbox, or (for a named mistake) here.

    seconds: the budget of one call, where calls can run out of time.
    """

    seconds: float

    printed: str  # what they printed so far

    def call(self, name: str, args: tuple, kwargs: dict) -> tuple[Any, list]:
        """The result of a call, and the arguments as they are after it. Raises: StudentError."""

    def value(self, name: str) -> Any:
        """The value of a variable. Raises: StudentError."""


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


class Student:
    """What a check sees: the functions and variables that the exercise asks for, as attributes."""

    def __init__(self, exercise: Exercise, backend: Backend):
        self._exercise, self._backend = exercise, backend
        self._record: list[tuple] = []  # a call: name, outcome, and if it returned: what, and the arguments after it

    def __getattr__(self, name: str) -> Any:
        if name in self._exercise.functions:
            return _Function(self, name)
        if name in self._exercise.values:
            return self._noted(name, lambda: (self._backend.value(name),))[0]
        raise AttributeError(f"{self._exercise.id} asks for no {name}")

    def _noted(self, name: str, run: Any) -> Any:
        try:
            got = run()
        except StudentError as error:
            self._record.append((name, f"{error.kind}: {error.message}"))  # the kind alone says too little
            raise
        names = self._exercise.returns.get(name, ())
        self._record.append((name, "returned", *_without_cache(got, names)))  # caches may be large, and many
        return got


class _Function:
    """A student's function as a check calls it."""

    def __init__(self, student: Student, name: str):
        self.student, self.name = student, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of the call; the student's function gets copies of the arguments."""
        call = self.student._backend.call
        return self._complete(self.student._noted(self.name, lambda: call(self.name, args, kwargs)[:1])[0])

    def with_arguments(self, *args: Any, **kwargs: Any) -> tuple[Any, list]:
        """The result, and the positional arguments as they are after the call."""
        call = self.student._backend.call
        result, after = self.student._noted(self.name, lambda: call(self.name, args, kwargs))
        return self._complete(result), after

    def _complete(self, result: Any) -> Any:
        names = self.student._exercise.returns.get(self.name, ())
        if len(names) > 1 and not (isinstance(result, tuple | list) and len(result) == len(names)):
            came = f"{len(result)} values" if isinstance(result, tuple | list) else brief(result)
            raise CheckFailed(f"{self.name} returns {len(names)} values, {', '.join(names)}; yours returned {came}.")
        if result is None and len(names) == 1:
            raise CheckFailed(f"{self.name} returns {names[0]}; yours returned None. Is there a return?")
        return result


class ReferenceBackend:
    """The reference as a student, with some functions or values replaced by those of a known mistake.

    Arguments and results cross the codec as a student's do, so that the two can be compared.
    """

    def __init__(self, exercise: Exercise, replaced: Mapping[str, Any] = {}):
        self.asked, self.printed = {**exercise.functions, **exercise.values, **replaced}, ""
        self.here, self.there = Codec(keeps=False), Codec(keeps=True, ask=self._ask)

    def call(self, name: str, args: tuple, kwargs: dict) -> tuple[Any, list]:
        args, kwargs = self.there.decode(*self.here.encode((args, kwargs)))
        try:
            result = self.asked[name](*args, **kwargs)
        except Exception as error:
            raise StudentError(type(error).__name__, str(error)) from error
        return self.here.decode(*self.there.encode((result, list(args))))

    def value(self, name: str) -> Any:
        return self.here.decode(*self.there.encode(self.asked[name]))

    def _ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        args, kwargs = self.here.decode(*self.there.encode((args, kwargs)))
        return self.there.decode(*self.here.encode(self.here.callbacks[number](*args, **kwargs)))


def grade(exercise: Exercise, backend: Backend, seed: int = PUBLIC_SEED, name_mistake: bool = True) -> Result:
    """Run all checks of an exercise; a check that fails does not hide the rest.

    Each check is worth its share of the points. Every random draw follows from `seed`.
    """
    verdicts, records = [], []
    for k, check in enumerate(exercise.checks):
        verdict, record = _try(exercise, check, k, backend, seed)
        verdicts.append(verdict)
        records.append(record)
        if verdict.kind == "time":  # the rest is tried, but a learner does not wait as long again for each
            backend.seconds = min(backend.seconds, max(1.0, backend.seconds / 5))
    points = round(exercise.points * sum(v.passed for v in verdicts) / max(1, len(verdicts)), 2)
    mistake = None
    if name_mistake and any(check.replay and not v.passed for check, v in zip(exercise.checks, verdicts, strict=True)):
        mistake = known_mistake(exercise, verdicts, records, seed)
    return Result(exercise, points, verdicts, mistake)


def grade_fairly(
    exercise: Exercise,
    backend_with: Callable[[Mapping[str, Callable]], Backend],
    seed: int = PUBLIC_SEED,
    hidden: bool = False,
) -> Result:
    """Grade; an answer that fails only because a helper of an earlier exercise is wrong counts as right, with a note.

    backend_with: makes the backend in which these helpers take the place of the student's own. hidden: the cases
    are not for the student's eyes, so no mistake is named, and nothing is told of what the code printed.
    """
    backend = backend_with({})
    result = grade(exercise, backend, seed, name_mistake=not hidden)
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


def _try(exercise: Exercise, check: Check, k: int, backend: Backend, seed: int) -> tuple[Verdict, list]:
    student = Student(exercise, backend)
    words, picture, kind = "", None, ""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            check.run(student, np.random.default_rng([seed, k]))
        return Verdict(check.title, True), student._record
    except CheckFailed as failed:
        words, picture = failed.words, failed.picture
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


def known_mistake(exercise: Exercise, verdicts: list[Verdict], records: list[list], seed: int) -> Mistake | None:
    """The one known mistake that returns what the student returned, call for call; None when none or several do."""
    found = [
        mistake
        for mistake in exercise.mistakes
        if _matches(exercise, ReferenceBackend(exercise, mistake.replaces), verdicts, records, seed)
    ]
    return found[0] if len(found) == 1 else None


def _matches(exercise: Exercise, wrong: Backend, verdicts: list, records: list[list], seed: int) -> bool:
    compared = 0
    for k, check in enumerate(exercise.checks):
        if not check.replay:
            continue
        verdict, record = _try(exercise, check, k, wrong, seed)
        if verdict.passed != verdicts[k].passed or len(record) != len(records[k]):
            return False
        for ours, theirs in zip(record, records[k], strict=True):
            if ours[:2] != theirs[:2] or not same(theirs[2:], ours[2:]):
                return False
            compared += len(ours) > 2
    return compared > 0


def _without_cache(returned: tuple, names: tuple[str, ...]) -> tuple:
    """What a call returned (and its arguments after it) without the caches: their content is free."""
    free = [name.startswith("cache") for name in names]
    if not any(free) or not returned or not isinstance(returned[0], tuple | list):
        return returned
    if len(returned[0]) != len(names):
        return returned
    kept = [part for part, is_free in zip(returned[0], free, strict=True) if not is_free]
    return (kept, *returned[1:])
