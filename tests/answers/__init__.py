"""The corpus: for each exercise, wrong answers that must fail with the words they must get, and right ones that must pass."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One answer: what a student left in the namespace. `check` and `named` are for wrong ones."""

    exercise: str
    title: str
    namespace: dict[str, Any]
    check: str | None = None
    named: str | None = None


RIGHT: list[Answer] = []
WRONG: list[Answer] = []


def _add(
    answers: list[Answer], exercise: str, title: str, check: str | None, named: str | None, given: dict
) -> Callable:
    if given:
        answers.append(Answer(exercise, title, given, check, named))

    def decorate(function: Callable) -> Callable:
        name = title or (function.__doc__ or named or "").strip().splitlines()[0]
        answers.append(Answer(exercise, name, {function.__name__: function}, check, named))
        return function

    return decorate


def wrong(exercise: str, check: str, named: str | None = None, title: str = "", **given: Any) -> Callable:
    """A wrong answer: the decorated function, or functions and values by keyword."""
    return _add(WRONG, exercise, title or named or "", check, named, given)


def right(exercise: str, title: str, **given: Any) -> Callable:
    """A right answer, written differently from the reference."""
    return _add(RIGHT, exercise, title, None, None, given)
