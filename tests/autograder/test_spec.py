"""A specification refuses what cannot be meant, and says what to write instead."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import checks
from autograder.spec import Exercise, Registry, Written
from tests.autograder.common import double, scale, scale_exercise


def test_checks_stand_in_their_order_and_stay_callable():
    exercise = Exercise("one", functions={"double": double})

    @exercise.check("first")
    def first(student, rng):
        """Never called here."""

    @exercise.check("second", replay=False)
    def second(student, rng):
        """Never called here."""

    assert [(check.title, check.run, check.replay) for check in exercise.checks] == [
        ("first", first, True),
        ("second", second, False),
    ]


def test_a_decorated_mistake_goes_by_its_own_name_where_several_are_asked_for():
    exercise = Exercise("two", functions={"double": double, "scale": scale})

    def wrong(x):
        return x

    wrong.__name__ = "double"
    assert exercise.mistake("kept", "words")(wrong) is wrong
    assert exercise.mistakes[0].replaces == {"double": wrong}
    with pytest.raises(ValueError, match="two: mistake 'odd' replaces triple, not asked for here"):

        @exercise.mistake("odd", "words")
        def triple(x):
            return x


def test_a_decorated_mistake_may_have_any_name_where_one_is_asked_for():
    exercise = Exercise("one", functions={"double": double})

    @exercise.mistake("odd", "words")
    def whatever(x):
        return x

    assert exercise.mistakes[0].replaces == {"double": whatever}


def test_a_mistake_by_keyword_is_a_function_or_a_value_that_is_asked_for():
    exercise = Exercise("both", functions={"double": double}, values={"guess": 1})
    exercise.mistake("one", "words", guess=2)
    exercise.mistake("two", "words", guess=2, double=abs)
    assert [mistake.replaces for mistake in exercise.mistakes] == [{"guess": 2}, {"guess": 2, "double": abs}]
    with pytest.raises(ValueError, match=r"both: mistake 'three' replaces \['gess'\], not asked for here"):
        exercise.mistake("three", "words", gess=2)
    assert len(exercise.mistakes) == 2


def test_no_two_exercises_share_checks_or_mistakes():
    one, two = Exercise("one", functions={"double": double}), Exercise("two", functions={"double": double})
    one.check("title")(print)
    one.mistake("name", "words")(abs)
    assert two.checks == [] and two.mistakes == []


def test_signatures_are_the_references():
    assert scale_exercise().signatures() == [{"name": "scale", "signature": "scale(x, factor)"}]


def test_the_registry_keeps_the_order_and_the_lessons():
    a, b, c = Exercise("a"), Written("b", model="m", rubric=("r",)), Exercise("c")
    registry = Registry({"01_first": [a, b], "02_second": [c]})
    assert list(registry) == [a, b, c]
    assert registry["b"] is b and registry.lesson_of == {"a": "01_first", "b": "01_first", "c": "02_second"}


def test_the_registry_refuses_two_of_one_id():
    with pytest.raises(ValueError, match="two exercises are called 'a'"):
        Registry({"01": [Exercise("a")], "02": [Written("a", model="m", rubric=("r",))]}).items  # noqa: B018


def test_by_the_first_word_of_an_id_one_lesson_is_loaded_alone():
    asked = []

    class Lessons(dict):
        def __getitem__(self, lesson):
            asked.append(lesson)
            return super().__getitem__(lesson)

    a, b = Exercise("one-a"), Exercise("two-b")
    registry = Registry(Lessons({"01": [a], "02": [b]}), {"one": "01", "two": "02"})
    assert registry["two-b"] is b and asked == ["02"]
    with pytest.raises(KeyError, match="there is no exercise 'two-a'; the nearest are two-b, one-a"):
        registry["two-a"]
    with pytest.raises(ValueError, match="'two-b' does not begin with a word of 01, which it belongs to"):
        Registry({"01": [b]}, {"one": "01", "two": "02"}).items  # noqa: B018


def test_every_lesson_of_the_course_is_found_by_the_first_words_of_its_ids():
    folders = {path.parent.name for path in Path(checks.__file__).parent.glob("*/__init__.py")}
    registry = checks.registry()
    assert {lesson.partition("_")[2] for lesson in registry.lessons} == folders
    assert [registry[id].id for id in registry.items] == list(registry.items)


LAZY = """
import sys
from autograder.checks import registry
known = registry()
assert not [name for name in sys.modules if name.startswith("autograder.checks.")]
assert known["gate-step-forward"].id == "gate-step-forward"
loaded = [lesson for lesson in known.lessons if f"autograder.checks.{lesson.partition('_')[2]}" in sys.modules]
print(*loaded)
"""


def test_one_exercise_of_the_course_loads_its_lesson_alone():
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True)
    assert done.stdout == "05_gating\n", done.stderr


def test_the_lessons_of_the_course_stand_in_their_order():
    lessons = checks.registry().lessons
    assert list(lessons) == sorted(lessons) and len(lessons) == len(list(lessons))
    assert "99_none" not in lessons
    with pytest.raises(KeyError, match="99_none"):
        lessons["99_none"]
    with pytest.raises(KeyError, match="there is no exercise 3;"):
        checks.registry()[3]


def test_an_unknown_id_gets_the_nearest():
    registry = Registry({"01": [Exercise("rnn-step-forward"), Exercise("rnn-step-backward"), Exercise("other")]})
    with pytest.raises(KeyError) as caught:
        registry["rnn-step-foward"]
    assert caught.value.args == (
        "there is no exercise 'rnn-step-foward'; the nearest are rnn-step-forward, rnn-step-backward",
    )
    with pytest.raises(KeyError, match="the nearest are other, rnn-step-backward, rnn-step-forward"):
        registry["§"]
