"""Less exact numbers: every right answer may compute in float32, and no wrong one gains by a cast."""

import numpy as np
import pytest

from autograder.calling import ReferenceBackend
from autograder.checks import registry
from autograder.compare import RTOL
from autograder.spec import Exercise
from autograder.verdict import PUBLIC_SEED, grade
from tests.answers import corpus

EXERCISES = [item for item in registry() if isinstance(item, Exercise)]
SEEDS = PUBLIC_SEED, pytest.param(1, marks=pytest.mark.full)
TRAINED = "start-train"  # seconds each
RIGHT = [pytest.param(a, marks=[pytest.mark.full] * (a.exercise == TRAINED), id=str(a)) for a in corpus()[0]]
ASKS_FOR_FLOAT32 = ("bptt-chunk", "float32 stays float32")  # what is cast is then what is asked for
# Where float32 cannot be right: scores of 1000 held to 1e-6, and 1 - tanh² close to 0.
NEEDS_FLOAT64 = {
    ("start-softmax", "scores of a thousand, up and down"),
    ("bptt-two-steps", "close to the target the slopes are tiny, and as exact"),
}
EXACT = {"loop-split-weights", "bptt-gradient-errors"}  # parts of an array as they are, and slopes from differences


def cast(value, dtype):
    """The same with every real number as this dtype."""
    if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.asarray(value).astype(dtype)[()]
    if type(value) in (list, tuple):
        return type(value)(cast(item, dtype) for item in value)
    if isinstance(value, dict):
        return {key: cast(item, dtype) for key, item in value.items()}
    return value


def casting(answer, dtype, arguments=False):
    """A function whose results, and on request also whose arguments, are cast; a value is cast as it is."""
    if not callable(answer):
        return cast(answer, dtype)
    return lambda *args, **kwargs: cast(answer(*(cast(args, dtype) if arguments else args), **kwargs), dtype)


def passed(exercise, replaced, seed=PUBLIC_SEED) -> dict[str, bool]:
    """Which checks these functions and values pass."""
    result = grade(exercise, ReferenceBackend(exercise, replaced), seed, name_mistake=False)
    return {verdict.title: verdict.passed for verdict in result.verdicts}


def gained(exercise, mistake, seed, dtypes=(np.float32, np.float16)) -> set[str]:
    """The checks that a mistake passes only when its results are cast."""
    plain, won = passed(exercise, mistake.replaces, seed), set()
    for dtype in dtypes:
        rounded = passed(exercise, {name: casting(f, dtype) for name, f in mistake.replaces.items()}, seed)
        won |= {title for title in plain if rounded[title] and not plain[title]}
    return {title for title in won if (exercise.id, title) != ASKS_FOR_FLOAT32}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_no_known_mistake_gains_by_a_cast(exercise, seed):
    assert {mistake.name: won for mistake in exercise.mistakes if (won := gained(exercise, mistake, seed))} == {}


def test_a_tolerance_that_is_too_wide_would_be_seen(monkeypatch):
    exercise = registry()["start-mlp"]
    monkeypatch.setitem(RTOL, "float32", 0.9)
    assert any(gained(exercise, mistake, PUBLIC_SEED) for mistake in exercise.mistakes)


@pytest.mark.parametrize("answer", RIGHT)
def test_a_right_answer_may_compute_in_float32(answer):
    exercise, space = registry()[answer.exercise], answer.globals()
    names = (*exercise.functions, *exercise.values)
    replaced = {name: casting(space[name], np.float32, arguments=True) for name in names}
    failed = {title for title, holds in passed(exercise, replaced).items() if not holds}
    if exercise.id not in EXACT:
        assert {(exercise.id, title) for title in failed} <= NEEDS_FLOAT64
