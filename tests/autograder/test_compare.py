"""Wrong numbers never pass, right ones do, and the words say what was expected, what came, where, and how many."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.compare import (
    RTOL,
    CheckFailed,
    expect,
    expect_all_close,
    expect_any_close,
    expect_choice,
    expect_close,
    expect_equal,
    expect_finite,
    expect_names,
    expect_shape,
    expect_unchanged,
    same,
)
from autograder.wire import Codec, Handle
from tests.autograder.common import words_of


class Liar:
    """Says that it equals anything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("a")


def through_the_wire(value):
    """A student's value as a check sees it."""
    return Codec(keeps=False).decode(*Codec(keeps=True).encode(value))


# expect_close: numbers


def test_close_numbers_pass():
    want = np.array([[1.0, -2.0], [1e-9, 3e-9]])
    expect_close("x", want * (1 + 1e-9), want)
    expect_close("x", want.tolist(), want)
    expect_close("x", 2, 2.0)
    expect_close("x", np.float64(2), 2)
    expect_close("x", True, 1.0)
    expect_close("x", np.arange(3), np.arange(3.0))
    expect_close("x", np.empty((0, 3)), np.empty((0, 3)))


def test_a_vanished_row_counts_as_much_as_a_large_one():
    """What an absolute tolerance lets pass: a gradient of 1e-9 that is nine times too large."""
    want = np.array([[1.0, 2.0], [1e-9, 2e-9]])
    got = want * [[1], [9]]
    assert np.allclose(got, want, atol=1e-7)
    words = words_of(expect_close, "dW", got, want)
    assert words == "dW: expected 1e-09 at [1, 0], got 9e-09; 2 of 4 values differ."


@given(
    st.integers(-300, 300),
    st.floats(1e-6, 1e3) | st.floats(-1e3, -1e-6),
    st.sampled_from([(4,), (2, 4), (2, 3, 4)]),
    st.integers(0, 2**32),
)
@settings(max_examples=200, deadline=None)
def test_any_slice_of_any_size_is_held_to_the_same_relative_error(power, relative, shape, seed):
    rng = np.random.default_rng(seed)
    want = rng.uniform(0.5, 1.0, shape) * 10.0 ** rng.integers(-300, 300, (*shape[:-1], 1))
    slice_at = tuple(rng.integers(n) for n in shape[:-1])
    want[slice_at] = 10.0**power * rng.uniform(0.5, 1.0, shape[-1])
    expect_close("x", want, want)
    got = want.copy()
    got[(*slice_at, 0)] += relative * 10.0**power
    with pytest.raises(CheckFailed):
        expect_close("x", got, want)


def test_within_one_slice_the_largest_entry_sets_the_scale():
    expect_close("x", np.array([1.0, 1e-12]), np.array([1.0, 0.0]))
    words_of(expect_close, "x", np.array([1.0, 1e-5]), np.array([1.0, 0.0]))


def test_where_a_whole_slice_is_zero_the_answer_must_be_zero():
    want = np.array([[1.0, 2.0], [0.0, 0.0]])
    expect_close("x", want, want)
    expect_close("x", -0.0, 0.0)
    words = words_of(expect_close, "x", want + np.array([[0, 0], [0, 5e-324]]), want)
    assert words == "x: expected 0 exactly at [1, 1], got 4.94066e-324; 1 of 4 values differ."


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_never_pass(bad):
    want = np.array([[1.0, 2.0], [3.0, 4.0]])
    got = np.array([[1.0, 2.0], [bad, bad]])
    words = words_of(expect_close, "x", got, want)
    assert words == f"x: expected finite numbers, got {bad} at [1, 0]; 2 of 4 values are not finite."
    words_of(expect_close, "x", got, got)
    words_of(expect_close, "x", bad, bad)
    words_of(expect_close, "x", np.zeros(2), np.array([0.0, bad]))
    words_of(expect_close, "x", 1.0, bad)


def test_empty_never_passes_for_full_and_full_never_for_empty():
    assert "expected shape (2, 3), got (0, 3)" in words_of(expect_close, "x", np.empty((0, 3)), np.ones((2, 3)))
    assert "expected shape (0, 3), got (2, 3)" in words_of(expect_close, "x", np.ones((2, 3)), np.empty((0, 3)))
    words_of(expect_close, "x", [], np.ones(1))
    words_of(expect_close, "x", np.empty((0, 3)), np.empty((3, 0)))


AXES = {  # what is said of these shapes where (2, 3) was expected
    (): "",
    (1,): "",
    (2,): " One axis is missing: that of 3.",
    (3,): " One axis is missing: that of 2.",
    (1, 3): "",
    (2, 1): "",
    (1, 1): "",
    (1, 2, 3): " One axis is too many: that of 1.",
    (2, 7, 3): " One axis is too many: that of 7.",
    (2, 3, 5): " One axis is too many: that of 5.",
    (3, 2): " The axes are the right ones in another order.",
    (3, 2, 5): "",
}


@pytest.mark.parametrize("shape", AXES)
def test_no_shape_is_broadcast_and_what_became_of_the_axes_is_said(shape):
    plain = f"h: expected shape (2, 3), got {shape or 'a single number'}."
    assert words_of(expect_shape, "h", np.ones(shape), (2, 3), "Rows are sequences.") == f"{plain} Rows are sequences."
    for compare in (expect_close, expect_equal):  # their hint speaks of the values
        assert words_of(compare, "h", np.ones(shape), np.ones((2, 3)), "Is W_hh transposed?") == plain + AXES[shape]


def test_a_hint_about_the_values_is_not_shown_where_there_are_none():
    assert words_of(expect_close, "x", np.nan, 1.0, "Transposed?") == "x: expected finite numbers, got nan."
    assert (
        words_of(expect_close, "x", None, 1.0, "Transposed?") == "x: expected numbers, got None (is there a return?)."
    )
    assert words_of(expect_equal, "x", "3", 4, "Counted from 1?") == "x: expected 4, got '3'."
    assert words_of(expect_equal, "x", np.array(3), 4, "Counted from 1?") == "x: expected 4, got 3. Counted from 1?"
    assert words_of(expect_equal, "x", "b", "a", "Lower case?") == "x: expected 'a', got 'b'. Lower case?"


def test_a_single_number_is_called_by_that_name():
    assert words_of(expect_close, "loss", [1.0, 2.0], 1.0) == "loss: expected a single number, got shape (2,)."
    db = "db: expected shape (3,), got a single number. One axis is missing: that of 3."
    assert words_of(expect_shape, "db", 1.0, (3,)) == db


def test_expect_finite_has_a_hint_of_its_own():
    expect_finite("p", [0.5, 1e300], "Is it exp(1000)?")
    expect_finite("p", np.arange(3))
    words = words_of(expect_finite, "p", np.array([[1.0, np.inf]]), "Is it exp(1000)?")
    assert words == "p: expected finite numbers, got inf at [0, 1]; 1 of 2 values are not finite. Is it exp(1000)?"
    assert "expected numbers, got 'a'" in words_of(expect_finite, "p", "a", "Is it exp(1000)?")


@pytest.mark.parametrize("dtype", RTOL)
def test_each_dtype_has_its_tolerance(dtype):
    want = np.linspace(0.1, 2.0, 7)
    asked = want.astype(dtype) if dtype == "float16" else want
    expect_close("x", want.astype(dtype), asked)
    off = (want * (1 + 3 * RTOL[dtype])).astype(dtype)
    words_of(expect_close, "x", off, asked)


def test_an_answer_in_float16_counts_only_where_it_is_asked_for():
    """A cast makes 0.5 of 0.499999, and of a wrong answer that is off by a hundredth one within float16's tolerance."""
    refused = "x: expected float64 or float32, got float16, which keeps three digits only."
    want = np.linspace(0.1, 2.0, 7)
    for asked in (want, want.astype(np.float32)):
        assert words_of(expect_close, "x", (1.01 * want).astype(np.float16), asked) == refused
    assert words_of(expect_close, "x", np.float16(0.499999), 0.5, rtol=1e-6) == refused
    assert words_of(expect_close, "x", [np.float16(0.5)], [0.5]) == refused
    expect_close("x", (1.01 * want).astype(np.float16), want.astype(np.float16))


def test_rtol_replaces_the_table():
    expect_close("x", 1.01, 1.0, rtol=0.02)
    words_of(expect_close, "x", np.float32(1.0001), 1.0, rtol=1e-6)
    words_of(expect_close, "x", 1.0, 1.0 + 1e-9, rtol=1e-12)


def test_overflow_in_the_comparison_is_a_failure_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words_of(expect_close, "x", np.array([1.7e308]), np.array([-1.7e308]))
        words_of(expect_close, "x", np.array([1e308]), np.array([1e-308]))


@pytest.mark.parametrize(
    ("got", "came"),
    [
        (None, "None (is there a return?)"),
        ("1.0", "'1.0'"),
        (1 + 0j, "(1+0j)"),
        (np.array([1 + 0j]), "an array of shape (1,) of dtype complex128"),
        (np.array([1.0], dtype=object), "an array of shape (1,) of dtype object"),
        (np.array(["1"]), "an array of shape (1,) of dtype <U1"),
        ([[1.0], [1.0, 2.0]], "[[1.0], [1.0, 2.0]]"),
        ({"a": 1}, "{'a': 1}"),
        (Handle(0, "Cache"), "an object of type Cache"),
        (10**400, "1" + "0" * 68 + "…"),
        pytest.param(10**5000, "a value of type int", id="huge"),
        ((np.ones(2), np.ones(3)), "a tuple of 2"),
    ],
)
def test_what_is_no_number_is_refused(got, came):
    assert words_of(expect_close, "x", got, 1.0) == f"x: expected numbers, got {came}."
    assert words_of(expect_equal, "x", got, np.ones(1)) == f"x: expected numbers, got {came}."


def test_words_name_the_sequence_and_the_step():
    want = np.ones((2, 3, 4))
    got = want.copy()
    got[1, 2, 3] = 5
    words = words_of(expect_close, "h", got, want, "Look at the last step.")
    assert (
        words == "h: expected 1 at [1, 2, 3] (sequence 1, step 2), got 5; 1 of 24 values differ. Look at the last step."
    )


def test_words_for_a_single_number():
    assert words_of(expect_close, "loss", 2.0, 1.0) == "loss: expected 1, got 2."


def test_the_picture_shows_what_is_wrong_and_nothing_else():
    want = np.ones((2, 3))
    with pytest.raises(CheckFailed) as caught:
        expect_close("x", want + np.array([[0, 3e-7, 1e-12], [0, 0, 5]]), want)
    assert caught.value.picture.tolist() == [[False, True, False], [False, False, True]]
    with pytest.raises(CheckFailed) as caught:
        expect_close("x", np.array([1.0, np.nan]), np.ones(2))
    assert caught.value.picture.tolist() == [False, True]
    with pytest.raises(CheckFailed) as caught:
        expect_close("x", 1.0, 2.0)
    assert caught.value.picture is None


def test_an_integer_answer_is_held_to_the_strict_tolerance():
    words_of(expect_close, "x", np.array([1, 2]), np.array([1.0, 2.0001]))


# expect_equal


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (3, 3),
        (np.int64(3), 3),
        (3, np.int64(3)),
        (np.array(3), 3),
        (3.0, 3),
        (True, np.bool_(True)),
        (np.bool_(False), False),
        ("a", "a"),
        (np.str_("a"), "a"),
        (None, None),
        ([1, (2, "b")], [1, (2, "b")]),
        ({"a": [1]}, {"a": [1]}),
        ([np.ones(2)], [np.ones(2)]),
        (2**70, 2**70),
        (np.array([1, 2]), np.array([1, 2])),
        ([1, 2], np.array([1, 2])),
        (np.array(["a", "bb"]), np.array(["a", "bb"])),
        (np.empty((0, 2)), np.empty((0, 2))),
        (1 + 2j, 1 + 2j),
    ],
)
def test_equal_passes(got, want):
    expect_equal("x", got, want)
    expect_equal("x", through_the_wire(got), want)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (True, 1),
        (1, True),
        (0, False),
        (np.bool_(True), 1),
        ([True], [1]),
        ({"a": True}, {"a": 1}),
        ((1, 2), [1, 2]),
        ([1, 2], [1, 2, 3]),
        ("1", 1),
        (b"a", "a"),
        (None, 0),
        (float("nan"), float("nan")),
        (2**70, 2**70 + 1),
        (2.0**70, 2**70 + 1),
        ({"a": 1}, {"a": 1, "b": 2}),
        (np.array([1, 2]), [1, 2]),
        (Liar(), 1),
        (Liar(), "a"),
        ([Liar()], [1]),
        ({"a": Liar()}, {"a": 1}),
        ({Liar(): 1}, {"a": 1}),
        ((1, [Liar()]), (1, ["b"])),
        (np.array([Liar()], dtype=object), [1]),
        ([np.array([Liar()], dtype=object)], [np.array([1])]),
        ([np.ones(2)], [np.zeros(2)]),
        ([np.ones(2)], [np.ones(3)]),
        (Liar, Liar()),
        (np.array(["a", "b"]), np.array(["a", "c"])),
        (Handle(1, "Cache"), Handle(2, "Cache")),
    ],
)
def test_unequal_fails(got, want):
    words = words_of(expect_equal, "x", got, want)
    assert words.startswith("x: expected ") and ", got " in words
    with pytest.raises(CheckFailed):
        expect_equal("x", through_the_wire(got), want)


def test_equal_arrays_say_where():
    want = np.array([[1, 2], [3, 4]])
    assert words_of(expect_equal, "x", want + np.array([[0, 0], [0, 1]]), want) == "x: expected 4 at [1, 1], got 5."
    assert words_of(expect_equal, "x", np.array(1), np.array(2)) == "x: expected 2, got 1."
    assert words_of(expect_equal, "x", np.array([np.nan]), np.array([1.0])) == "x: expected 1 at [0], got nan."
    words_of(expect_equal, "x", np.array([np.nan]), np.array([np.nan]))


def test_enormous_integers_are_compared_and_told():
    expect_equal("x", 10**5000, 10**5000)
    words = words_of(expect_equal, "x", 10**5000, 10**5000 + 1)
    assert words == "x: expected a value of type int, got another one."


def test_what_reads_alike_and_differs_is_told_as_another():
    words = words_of(expect_equal, "layers", [(np.ones(2),)], [(np.zeros(2),)], "Make new arrays.")
    assert words == "layers: expected a list of 1, got another one. Make new arrays."


def test_expect_says_its_words():
    expect(True, "never said")
    assert words_of(expect, False, "said") == "said"


# several results, or arguments, at once


def test_all_named_results_are_compared_and_no_others():
    got, want = {"dx": 1.0, "db": 2.0, "dW": 9.0}, {"dx": 1.0, "db": 3.0, "dW": 4.0}
    expect_all_close(("dx",), got, want)
    assert words_of(expect_all_close, ("dx", "db"), got, want, "Add.") == "db: expected 3, got 2. Add."
    assert words_of(expect_all_close, ("dW", "db"), got, want, {"db": "Add."}) == "dW: expected 4, got 9."


def test_a_dict_has_exactly_the_names():
    expect_names("grads", {"b": 1, "W": 2}, ("W", "b"))
    assert words_of(expect_names, "grads", [1, 2], ("W", "b")) == "grads: expected a dict of W, b, got [1, 2]."
    assert words_of(expect_names, "grads", {"W": 1, "c": 2}, ("W", "b")) == "grads: expected the names W, b, got W, c."
    assert words_of(expect_names, "grads", {}, ("W", "b")) == "grads: expected the names W, b, got none."


def test_one_right_result_is_enough_and_none_is_not():
    want = {"dx": 1.0, "db": 3.0}
    expect_any_close({"dx": 0.0, "db": 3.0}, want)
    expect_any_close({"dx": None, "db": 3.001}, want, rtol=1e-3)
    assert words_of(expect_any_close, {"dx": 0.0, "db": 2.0}, want) == "dx: expected 1, got 0."


@pytest.mark.parametrize("told", ["(3, 3)", "(3,3)", " ERROR\n"])
def test_a_choice_may_be_spaced_and_written_in_any_case(told):
    expect_choice("shape", told, ("(3, 3)", "error"))


@pytest.mark.parametrize("told", ["", "(3,)", "(3, 3) or error", (3, 3), None])
def test_what_is_none_of_the_choices_is_refused(told):
    words = words_of(expect_choice, "shape", told, ("(3, 3)", "error"))
    assert words == f'shape: expected one of "(3, 3)", "error", got {told!r}. Any of them earns the points.'


def test_what_a_call_changed_is_told_by_its_name():
    before = np.ones(2), [1, 3]
    expect_unchanged(("x", "steps"), (np.ones(2), [1, 3]), before)
    words = words_of(expect_unchanged, ("x", "steps"), (np.array([1, 1 + 1e-16 * 4]), [1, 3]), before, "`x += …`")
    assert words.startswith("x after the call: expected 1 at [1], got 1.00000000000000") and words.endswith("`x += …`")
    words = words_of(expect_unchanged, ("x", "steps"), (np.ones(2), []), before)
    assert words == "steps after the call: expected [1, 3], got []."
    with pytest.raises(ValueError):
        expect_unchanged(("x",), (), before)


# same: an answer beside a known mistake


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (True, True),
        (np.array([True, False]), np.array([True, False])),
        (np.uint8(3), np.uint8(3)),
        (np.array([1.0, np.nan, np.inf]), np.array([1.0, np.nan, np.inf])),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-12])),
        (np.float32(0.1), 0.1),
        (3, 3.0),
        ((1, [2.0]), [1, (2.0,)]),
        ({"a": np.ones(2)}, {"a": np.ones(2)}),
        ("a", "a"),
        (None, None),
        (np.array(["a"]), np.array(["a"])),
        (np.array([1 + 1j]), np.array([1 + 1j])),
        (Handle(1, "Cache"), Handle(7, "Store")),
        (np.random.default_rng(0), np.random.default_rng(1)),
        (np.empty((0, 2)), np.empty((0, 2))),
    ],
)
def test_same(a, b):
    assert same(a, b) and same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (True, False),
        (np.array([True]), np.array([False])),
        (np.uint8(5), np.uint8(6)),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
        (np.array([np.inf]), np.array([-np.inf])),
        (np.array([1.0, 2.0]), np.array([1.0, 2.00001])),
        (np.ones(3), np.ones((1, 3))),
        (np.ones(2), 1.0),
        ((1, 2), (1, 2, 3)),
        ({"a": 1}, {"b": 1}),
        ("a", "b"),
        (None, 0),
        (np.array(["a"]), np.array([1.0])),
        (np.array([1 + 1j]), np.array([1 - 1j])),
        (Handle(1, "Cache"), None),
        (np.ones(2), "a"),
    ],
)
def test_not_same(a, b):
    assert not same(a, b) and not same(b, a)


def test_numbers_that_look_equal_get_more_digits():
    with pytest.raises(CheckFailed) as caught:
        expect_close("g", 1.0 + 1e-6, 1.0)
    assert "expected 1, got 1.000001." in caught.value.words


def test_numbers_beside_a_long_text_are_not_written_as_long_as_it():
    tracemalloc.start()
    words = words_of(expect_shape, "y", [0] * 2000 + ["x" * 20_000], (3,))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words.startswith("y: expected numbers") and peak < 10**7
