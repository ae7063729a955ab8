"""Which calls are known beforehand: those that are the same whatever a student returns, and of plain data."""

import numpy as np
import pytest

from autograder.checks import registry
from autograder.compare import expect_close, expect_equal, expect_finite
from autograder.grading.foreseen import foreseen, nudge
from autograder.spec import Exercise
from tests.autograder.common import double, scale_exercise


def test_the_calls_of_each_check_in_their_order_and_what_they_pass():
    known = foreseen(scale_exercise(), 5)
    assert [[name for name, *_ in known[k].calls] for k in range(3)] == [["scale"]] * 3
    x = np.random.default_rng([5, 1]).standard_normal((2, 3))
    assert known[1].calls[0][2] == (x.tobytes(),)


def test_another_seed_has_other_calls():
    exercise = scale_exercise()
    assert foreseen(exercise, 5)[0].calls != foreseen(exercise, 6)[0].calls
    assert foreseen(exercise, 5) is foreseen(exercise, 5)


def twice(student, rng):
    """The second call takes what the first returned."""
    x = rng.standard_normal(3)
    expect_close("y", student.double(student.double(x)), 4 * x)


def its_sign(student, rng):
    """Whether there is a second call follows from a number's last bits."""
    y = student.double(3.0)
    if y > 6:
        student.double(y)


@pytest.mark.parametrize(
    "check",
    [
        twice,
        its_sign,
        lambda student, rng: expect_close("y", student.double(rng), 2.0),
        lambda student, rng: expect_finite("y", student.double(abs)),
        lambda student, rng: expect_equal("y", student.double(1), 3),
    ],
    ids=["its own results", "its last bits", "a generator", "a function", "fails on the reference"],
)
def test_a_check_that_could_tell_more_or_ask_otherwise_is_left_out(check):
    exercise = Exercise(
        "double", functions={"double": lambda x: 2.0 if callable(x) or hasattr(x, "integers") else 2 * x}
    )
    exercise.check("another")(lambda student, rng: expect_equal("y", student.double(1), 2))
    exercise.check("this")(check)
    assert set(foreseen(exercise, 5)) == {0}


def test_an_object_that_a_function_made_is_not_passed_on_ahead():
    exercise = Exercise("pair", functions={"start": lambda: object(), "end": lambda kept: 1})
    exercise.check("both")(lambda student, rng: expect_equal("end", student.end(student.start()), 1))
    assert foreseen(exercise, 5) == {}


def test_training_is_left_out():
    exercise = Exercise("double", functions={"double": double})
    exercise.check("trained", replay=False)(lambda student, rng: expect_equal("y", student.double(1), 2))
    assert foreseen(exercise, 5) == {}


def test_a_value_is_asked_for_by_its_name():
    exercise = Exercise("value", values={"answer": 4.0})
    exercise.check("right")(lambda student, rng: expect_close("answer", student.answer, 4.0))
    assert foreseen(exercise, 5)[0].calls == [("answer", "", (), False)]


def test_nearly_every_check_of_the_course_is_foreseen():
    asked = [item for item in registry() if isinstance(item, Exercise)]
    known = sum(len(foreseen(exercise, 7)) for exercise in asked)
    assert known > 0.8 * sum(len(exercise.checks) for exercise in asked)


def test_a_nudge_moves_each_number_and_nothing_else():
    x = np.array([0.0, 1.0, -2.0])
    moved = nudge((x, {"a": [1.5, 3, True, "text", None]}, np.float32(1)))
    assert (moved[0] == x).tolist() == [True, False, False] and np.allclose(moved[0], x, rtol=1e-15)
    assert moved[1]["a"][0] != 1.5 and moved[1]["a"][1:] == [3, True, "text", None]
    assert moved[2] != 1 and moved[2].dtype == np.float32
    assert x.tolist() == [0.0, 1.0, -2.0]
