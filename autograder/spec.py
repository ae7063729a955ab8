"""What an exercise asks, what proves an answer, and which mistakes are known by name.

A specification is written once and runs in two places: beside the learner's own functions, and in a grader
that calls a student's functions over a pipe. It therefore sees a `student` and never the functions themselves.
"""

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that must hold: a title in the learner's words and the function that tries it.

    run: called as `run(student, rng)`; raises `CheckFailed` when the answer is wrong.
    replay: False for training, which is never run again to name a mistake.
    """

    title: str
    run: Callable[[Any, Any], None]
    replay: bool = True

    @property
    def of_arguments(self) -> bool:
        """Whether its title says no more than that what the caller holds is left alone."""
        return self.title.endswith("left alone") and not {",", ";"} & set(self.title)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is known by name: why it happens, the way out, and what it replaces."""

    name: str
    words: str
    replaces: dict[str, Any]


@dataclass(eq=False)
class Exercise:
    """An exercise whose answer is functions (`functions`), named variables (`values`), or both.

    id: letters, digits and hyphens; also the name under which the gradebook knows it.
    functions: name of each function that the learner writes -> the reference for it.
    returns: name of a function -> the names of what it returns, for the words of a failed check.
    values: name of each variable that the learner leaves -> a right value for it.
    lends: helpers of earlier exercises -> the reference for them; an answer that fails with the learner's own
        helpers is tried again with these, so that one mistake is not punished twice.
    points, minutes, difficulty (1 to 3), hints (opened one by one) and seconds (the budget of one call).
    budget: what a student's process may use in the grader, where that is more than usual, such as {"memory": 4096}:
        wall and cpu in seconds; memory, scratch and output in megabytes; threads.
    explain: shown beside a solution that the learner asks to see.
    """

    id: str
    functions: dict[str, Callable] = field(default_factory=dict)
    returns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    lends: dict[str, Callable] = field(default_factory=dict)
    points: float = 1
    minutes: int = 10
    difficulty: int = 1
    hints: tuple[str, ...] = ()
    explain: str = ""
    seconds: float = 10.0
    budget: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def check(self, title: str, *, replay: bool = True) -> Callable:
        """Add the decorated function as a check of this exercise."""

        def add(run: Callable) -> Callable:
            self.checks.append(Check(title, run, replay))
            return run

        return add

    def mistake(self, name: str, words: str, **replaces: Any) -> Callable:
        """Name a wrong version: of a value by keyword, or of a function that is decorated.

        The decorated function replaces the one of its name; where only one is asked for, it may have any name.
        """
        unknown = set(replaces) - set(self.functions) - set(self.values)
        if unknown:
            raise ValueError(f"{self.id}: mistake {name!r} replaces {sorted(unknown)}, not asked for here")
        if replaces:
            self.mistakes.append(Mistake(name, words, replaces))

        def add(wrong: Callable) -> Callable:
            replaced = next(iter(self.functions)) if len(self.functions) == 1 else wrong.__name__
            if replaced not in self.functions:
                raise ValueError(f"{self.id}: mistake {name!r} replaces {replaced}, not asked for here")
            self.mistakes.append(Mistake(name, words, {replaced: wrong}))
            return wrong

        return add

    def signatures(self) -> list[dict[str, str]]:
        """Name and signature of each function that the learner writes."""
        return [
            {"name": name, "signature": f"{name}{inspect.signature(reference)}"}
            for name, reference in self.functions.items()
        ]


@dataclass(frozen=True)
class Written:
    """A question that is answered in words and graded by a person, with what helps to grade it.

    model: an answer that would get all points. rubric: what to look for, a line each.
    """

    id: str
    model: str
    rubric: tuple[str, ...]
    points: float = 2
    minutes: int = 5
    difficulty: int = 1


class Registry:
    """Exercises by id, in the order of the lessons.

    lessons: of each the exercises; a mapping may load them when it is asked. first_words: the word with which ids begin
    -> the one lesson that uses it; with it, an exercise is found without a look at the other lessons.
    """

    def __init__(self, lessons: Mapping[str, Iterable[Exercise | Written]], first_words: Mapping[str, str] = {}):
        self.lessons, self.first_words = lessons, first_words

    @functools.cached_property
    def items(self) -> dict[str, Exercise | Written]:
        """All exercises by id. Raises: ValueError for an id that cannot be one."""
        found: dict[str, Exercise | Written] = {}
        for lesson, items in self.lessons.items():
            for item in items:
                if not re.fullmatch(r"[A-Za-z0-9-]+", item.id):
                    raise ValueError(f"an exercise's id holds letters, digits and hyphens; got {item.id!r}")
                if item.id in found:
                    raise ValueError(f"two exercises are called {item.id!r}")
                if self.first_words and self.first_words.get(item.id.partition("-")[0]) != lesson:
                    raise ValueError(f"{item.id!r} does not begin with a word of {lesson}, which it belongs to")
                found[item.id] = item
        return found

    @functools.cached_property
    def lesson_of(self) -> dict[str, str]:
        """The lesson of each id."""
        return {item.id: lesson for lesson, items in self.lessons.items() for item in items}

    def __iter__(self):
        return iter(self.items.values())

    def __getitem__(self, id: str) -> Exercise | Written:
        """The exercise with this id. Raises: KeyError with the nearest ids."""
        lesson = self.first_words.get(str(id).partition("-")[0])
        for item in self.lessons[lesson] if lesson else ():
            if item.id == id:
                return item
        if id not in self.items:
            near = difflib.get_close_matches(str(id), self.items, 3) or sorted(self.items)[:3]
            raise KeyError(f"there is no exercise {id!r}; the nearest are {', '.join(near)}")
        return self.items[id]
