"""A small course for the tests of the grader: three exercises and a question, and right and wrong answers to them."""

import linecache
from itertools import count

import numpy as np
import pytest

from autograder.compare import CheckFailed, expect, expect_close, expect_unchanged
from autograder.spec import Exercise, Registry, Written


def scale(x, factor):
    y = factor * x
    return y, y.sum()


def double(x):
    return 2 * x


def twice_plus_one(x):
    return double(x) + 1


def scale_exercise(**changes) -> Exercise:
    """Three checks and two named mistakes for `scale(x, factor) -> y, total`."""
    exercise = Exercise(
        "scale",
        functions={"scale": scale},
        returns={"scale": ("y", "total")},
        **{"points": 3, "minutes": 4, "hints": ("first hint", "second `hint`"), "explain": "Each entry."} | changes,
    )

    @exercise.check("values agree")
    def values(student, rng):
        x = rng.standard_normal((2, 3))
        expect_close("y", student.scale(x, 3.0)[0], 3 * x, hint="Look at the factor.")

    @exercise.check("the total agrees")
    def total(student, rng):
        x = rng.standard_normal((2, 3))
        expect_close("total", student.scale(x, 2.0)[1], (2 * x).sum())

    @exercise.check("the caller's array is left alone")
    def alone(student, rng):
        x = rng.standard_normal((2, 3))
        (y, _), after = student.scale.with_arguments(x, 2.0)
        expect_close("y", y, 2 * x)
        expect_unchanged(("x",), after[:1], (x,))

    @exercise.mistake("the factor is added", "Multiply, do not add.")
    def added(x, factor):
        return x + factor, (x + factor).sum()

    @exercise.mistake("x is changed in place", "`x *= factor` writes into the caller's array.")
    def in_place(x, factor):
        x *= factor
        return x, x.sum()

    return exercise


def guess_exercise() -> Exercise:
    """A prediction: any allowed choice earns the point."""
    exercise = Exercise("guess", values={"guess": "fades"}, points=1, minutes=2)

    @exercise.check("a prediction is made")
    def made(student, rng):
        expect(student.guess in ("fades", "stays"), f"guess: expected fades or stays, got {student.guess}.")

    return exercise


def helped_exercise() -> Exercise:
    """An exercise that lends the helper of an earlier one."""
    exercise = Exercise(
        "helped",
        functions={"twice_plus_one": twice_plus_one},
        returns={"twice_plus_one": ("y",)},
        lends={"double": double},
        points=2,
        minutes=5,
        difficulty=2,
        hints=("add one",),
    )

    @exercise.check("values agree")
    def values(student, rng):
        x = rng.standard_normal(4)
        expect_close("y", student.twice_plus_one(x), 2 * x + 1)

    return exercise


def why_question() -> Written:
    return Written("why", model="Because it *fades*.", rubric=("names the product", "says `fades`"), points=2)


def small_course() -> Registry:
    """Two lessons."""
    first, second = [scale_exercise(), guess_exercise(), why_question()], [helped_exercise()]
    return Registry({"01_small": first, "02_other": second})


_number = count()


def cell(source: str, **names) -> dict:
    """The globals after a notebook's cell with this source has run; its lines are known to tracebacks."""
    space, name = {"np": np, "__name__": "__main__", **names}, f"<cell {next(_number)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), space)
    return space


RIGHT = """
def scale(x, factor):
    return x * factor, np.sum(x * factor)
"""


def words_of(run, *args, **kwargs) -> str:
    """The words of the `CheckFailed` that a call must raise."""
    with pytest.raises(CheckFailed) as caught:
        run(*args, **kwargs)
    return caught.value.words
