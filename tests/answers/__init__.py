"""The corpus: for each exercise, wrong answers that must fail and be named, and right ones that must pass."""

import importlib
import pkgutil
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.checks import registry


@dataclass(frozen=True)
class Answer:
    """One answer: what a student left in the namespace. `check` and `named` are for wrong ones."""

    exercise: str
    title: str
    namespace: dict[str, Any]
    check: str | None = None
    named: str | None = None

    def __str__(self) -> str:
        return f"{self.exercise}: {self.title}"

    def globals(self) -> dict[str, Any]:
        """A student's globals: this answer, the reference for all else that is asked for, and the helpers."""
        exercise = registry()[self.exercise]
        space = {**exercise.functions, **exercise.values, **exercise.lends, **self.namespace}
        for name, value in self.namespace.items():
            if isinstance(value, types.FunctionType):
                module = {key: item for key, item in value.__globals__.items() if key not in space}
                for key, item in module.items():
                    space.setdefault(key, item)
                space[name] = types.FunctionType(
                    value.__code__, space, value.__name__, value.__defaults__, value.__closure__
                )
                space[name].__kwdefaults__ = value.__kwdefaults__
        return space


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


def corpus() -> tuple[list[Answer], list[Answer]]:
    """Every right and every wrong answer."""
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
    return RIGHT, WRONG
