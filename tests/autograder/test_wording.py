"""Values read plainly in a sentence: no digit too many, and none too few."""

import time

import numpy as np
import pytest

from autograder.wording import apart, brief, first_place, number, place


@pytest.mark.parametrize(
    ("value", "text"),
    [(1 / 3, "0.333333"), (2.0, "2"), (10, "10"), (True, "True"), (np.int8(3), "3"), (1e-12, "1e-12")],
)
def test_numbers_read_plainly(value, text):
    assert number(value) == text


def test_brief_is_brief_and_never_raises():
    class Silent:
        def __repr__(self):
            raise RuntimeError

    assert brief(np.ones((2, 3))) == "an array of shape (2, 3)"
    assert brief(np.float64(0.1)) == "0.1"
    assert brief([np.ones(2), 1]) == "a list of 2"
    assert brief("x" * 500) == "'" + "x" * 68 + "…"
    assert brief(Silent()) == "a value of type Silent"
    assert brief([(np.ones(2), 1)]) == "a list of 1"
    assert brief([[1.0], [2.0]]) == "[[1.0], [2.0]]"
    assert brief({"b": np.ones(3), 1: 2}) == "a dict of b, 1"
    assert brief({"b": 3}) == "{'b': 3}"
    itself = []
    itself.append(itself)
    assert brief(itself) == "[[...]]"
    assert brief("a  b\n") == "'a b\\n'"


def test_numbers_that_look_equal_get_more_digits():
    assert apart(1.0, 2.0) == ("1", "2")
    assert apart(1.0, 1.0 + 1e-6) == ("1", "1.000001")
    assert apart(1.0, 1.0) == ("1", "1")


def test_a_place_is_written_as_in_python():
    assert place((1, 3)) == "[1, 3]"
    assert place((1, 2, 3)) == "[1, 2, 3] (sequence 1, step 2)"
    assert first_place(np.array([[False, False], [False, True]])) == ((1, 1), " at [1, 1]")
    assert first_place(np.array(True)) == ((), "")


def test_what_is_large_is_not_written_down_to_be_cut_short():
    """A student's function can return 65,000 arrays of a thousand numbers: numpy needs minutes for their text."""
    many = [np.zeros(1000, np.float16)] * 60_000
    began = time.process_time()
    assert brief({0: many}) == "a dict of 1"
    assert brief([[[[many]]]]) == "a list of 1"
    assert brief(tuple(range(5000))) == "a tuple of 5000"
    assert time.process_time() - began < 2
