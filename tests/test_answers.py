"""Every wrong answer is refused by the check that should catch it and named; every right one passes, on many draws."""

from collections import Counter
from collections.abc import Iterable

import pytest

from autograder.checks import registry
from autograder.local import LocalBackend, grade_locally
from autograder.spec import Exercise
from autograder.verdict import PUBLIC_SEED, grade
from tests.answers import Answer, corpus

RIGHT, WRONG = corpus()
ASKED = [exercise for exercise in registry() if isinstance(exercise, Exercise)]
TRAINED = ("start-train",)  # half a second a run
FUNCTIONS = [exercise for exercise in ASKED if exercise.functions]


@pytest.mark.parametrize("answer", WRONG, ids=str)
def test_a_wrong_answer_is_refused_and_named(answer: Answer):
    result = grade_locally(registry()[answer.exercise], answer.globals())
    failed = [verdict.title for verdict in result.verdicts if not verdict.passed]
    assert result.points < result.exercise.points
    assert answer.check in failed
    assert all(verdict.words for verdict in result.verdicts if not verdict.passed)
    assert (result.mistake.name if result.mistake else None) == answer.named


def on_seeds(answer: Answer, seeds: Iterable[int]) -> None:
    """Expect full points with each of these seeds, and with the learner's own."""
    exercise = registry()[answer.exercise]
    for seed in (PUBLIC_SEED, *seeds):
        result = grade(exercise, LocalBackend(answer.globals(), seconds=exercise.seconds), seed)
        assert result.passed, (seed, [verdict.words for verdict in result.verdicts])


@pytest.mark.parametrize("answer", RIGHT, ids=str)
def test_a_right_answer_gets_full_points(answer: Answer):
    on_seeds(answer, range(first(answer)))


@pytest.mark.full
@pytest.mark.parametrize("answer", RIGHT, ids=str)
def test_a_right_answer_gets_full_points_on_every_seed(answer: Answer):
    on_seeds(answer, range(first(answer), 30 if answer.exercise in TRAINED else 200))


def first(answer: Answer) -> int:
    """How many seeds the quick tier tries."""
    return 5 if answer.exercise in TRAINED else 20


@pytest.mark.parametrize("exercise", ASKED, ids=lambda exercise: exercise.id)
def test_the_reference_gets_full_points_and_no_name(exercise: Exercise):
    result = grade_locally(exercise, {**exercise.functions, **exercise.values, **exercise.lends})
    assert result.points == exercise.points, [verdict.words for verdict in result.verdicts]
    assert result.mistake is None


@pytest.mark.parametrize("exercise", ASKED, ids=lambda exercise: exercise.id)
def test_nothing_gets_nothing(exercise: Exercise):
    assert grade_locally(exercise, {}).points == 0


@pytest.mark.parametrize("value", [None, 0.0, (), float("nan")], ids=repr)
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.id)
def test_a_constant_gets_nothing(exercise: Exercise, value):
    constant = {name: lambda *args, **kwargs: value for name in exercise.functions}
    assert grade_locally(exercise, constant).points == 0


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.id)
def test_the_corpus_is_large_enough(exercise: Exercise):
    """From lesson 4 on each function has at least eight wrong answers and four right ones; before, six and three."""
    many = lesson(exercise.id) >= 4
    for name in exercise.functions if many else ("",):
        wrong, right = (
            sum(answer.exercise == exercise.id and (not name or name in answer.namespace) for answer in answers)
            for answers in (WRONG, RIGHT)
        )
        assert wrong >= (8 if many else 6) and right >= (4 if many else 3), (name, wrong, right)


@pytest.mark.parametrize(("numbers", "share"), [(range(4), 0.8), (range(4, 9), 0.85)], ids=str)
def test_most_wrong_answers_are_named(numbers: range, share: float):
    named = Counter(answer.named is not None for answer in WRONG if lesson(answer.exercise) in numbers)
    assert named[True] >= share * named.total(), named


def lesson(id: str) -> int:
    """The number of the lesson of an exercise."""
    return int(registry().lesson_of[id][:2])


@pytest.mark.parametrize("exercise", ASKED, ids=lambda exercise: exercise.id)
def test_every_mistake_is_told_from_the_others(exercise: Exercise):
    for mistake in exercise.mistakes:
        space = {**exercise.functions, **exercise.values, **exercise.lends, **mistake.replaces}
        result = grade_locally(exercise, space)
        assert not result.passed, mistake.name
        assert result.mistake is mistake, (mistake.name, result.mistake and result.mistake.name)


@pytest.mark.parametrize("exercise", ASKED, ids=lambda exercise: exercise.id)
def test_an_exercise_has_what_a_learner_needs(exercise: Exercise):
    assert exercise.checks and exercise.points > 0 and exercise.minutes <= 30 and exercise.difficulty in (1, 2, 3)
    if exercise.functions:
        assert len(exercise.hints) >= 2 and exercise.explain
        assert exercise.returns.keys() == exercise.functions.keys()
