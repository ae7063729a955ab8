"""Whatever a learner's function does, there is something to draw and a note that tells the truth."""

import contextlib
import sys
import threading
import warnings

import numpy as np
import pytest

from rnn_core import rnn
from rnn_core.widgets import own
from rnn_core.widgets.own import Own

ARGS = [0.3 * np.random.default_rng(0).standard_normal(shape) for shape in ((2, 3), (2, 5), (3, 5), (5, 5), (5,))]
WANT = rnn.step_forward(*ARGS)[0]


def right(x, h, W_xh, W_hh, b):
    print("noise")
    warnings.warn("noise", stacklevel=1)
    return np.tanh(b + h @ W_hh + x @ W_xh), "a cache of another kind"


def test_a_right_function_is_drawn_and_said_to_agree(capsys):
    step = Own(right, rnn.step_forward)
    np.testing.assert_allclose(step(*ARGS)[0], WANT, rtol=1e-12)
    assert step.note == "Drawn from your right; it agrees with the reference."
    assert capsys.readouterr().out == ""


def test_a_wrong_function_is_drawn_all_the_same_and_the_distance_is_told():
    step = Own(lambda x, h, W_xh, W_hh, b: (WANT + 0.25, None), rnn.step_forward)
    np.testing.assert_allclose(step(*ARGS)[0], WANT + 0.25)
    assert "It differs from the reference by up to 0.25." in step.note


@pytest.mark.parametrize("factor, dtype, same", [(9, float, False), (1, np.float32, True), (1 + 1e-9, float, True)])
def test_small_numbers_are_compared_as_strictly_as_large_ones(factor, dtype, same):
    """Nine times too large is wrong at 1e-7, too; half the digits are as good as all of them."""
    small = Own(lambda x: (1e-7 * factor * x).astype(dtype), lambda x: 1e-7 * x)
    small(ARGS[0])
    assert small.note.endswith("it agrees with the reference.") == same


def unwritten(*_):
    raise NotImplementedError


def raises(*_):
    return {}["key"]


def alone(*_):
    return WANT


def wide(*_):
    return WANT[:, :-1], None


def unreal(*_):
    return WANT * np.nan, None


def words(*_):
    return "h", None


def nothing(*_):
    pass


def ends(*_):
    sys.exit("for good")


FAULTS = {
    unwritten: "unwritten is not written yet",
    raises: "raises raised KeyError: 'key'",
    alone: "alone returned one value where 2 values are expected",
    wide: "wide returned shape (2, 4) where (2, 5) is expected",
    unreal: "unreal returned NaN or infinity",
    words: "words returned str where an array is expected",
    nothing: "nothing returned None where 2 values are expected",
    ends: "ends raised SystemExit: for good",
}


@pytest.mark.parametrize("function", FAULTS, ids=lambda function: function.__name__)
def test_after_a_fault_the_reference_is_drawn(function):
    step = Own(function, rnn.step_forward)
    np.testing.assert_array_equal(step(*ARGS)[0], WANT)
    assert step.note == f"{FAULTS[function]}. The picture shows the reference."


def test_a_fault_is_forgotten_at_the_next_picture():
    calls = iter([ValueError("once")])

    def sometimes(*args):
        for error in calls:
            raise error
        return right(*args)

    step = Own(sometimes, rnn.step_forward)
    step(*ARGS)
    assert "raised ValueError: once" in step.note
    step.begin()
    step(*ARGS)
    assert "agrees" in step.note


@pytest.mark.parametrize("where", ["main thread", "another thread"])
def test_a_function_that_does_not_end_is_ended(monkeypatch, where):
    monkeypatch.setattr(own, "SECONDS", 0.2)

    def endless(*_):
        while True:
            with contextlib.suppress(Exception):
                sum(range(1000))

    step, got = Own(endless, rnn.step_forward), []
    if where == "main thread":
        got.append(step(*ARGS)[0])
    else:
        in_thread(lambda: got.append(step(*ARGS)[0]))
    np.testing.assert_array_equal(got[0], WANT)
    assert step.note == "endless took more than 0.2 s. The picture shows the reference."


def test_the_time_is_for_all_calls_of_a_picture(monkeypatch):
    monkeypatch.setattr(own, "SECONDS", 0.3)
    done = []

    def slow(*args):
        threading.Event().wait(0.08)
        done.append(1)
        return right(*args)

    step = Own(slow, rnn.step_forward)
    for _ in range(20):
        step(*ARGS)
    assert 1 <= len(done) < 6 and "took more than 0.3 s" in step.note


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_what_is_printed_meanwhile_elsewhere_is_not_swallowed(capsys):
    def prints(*args):
        print("swallowed")
        in_thread(lambda: print("seen"))
        return right(*args)

    Own(prints, rnn.step_forward)(*ARGS)
    assert capsys.readouterr().out == "seen\n"


def test_the_arrays_of_the_widget_are_the_learners_to_spoil():
    def spoils(x, h, W_xh, W_hh, b):
        x *= 0
        return np.tanh(h @ W_hh + b), None

    kept = ARGS[0].copy()
    Own(spoils, rnn.step_forward)(*ARGS)
    np.testing.assert_array_equal(ARGS[0], kept)


def test_the_newest_function_of_that_name_counts():
    space = {"np": np}
    exec("def step_forward(x, h, W_xh, W_hh, b):\n    raise NotImplementedError", space)
    step = Own(space["step_forward"], rnn.step_forward)
    step(*ARGS)
    assert "not written" in step.note
    exec("def step_forward(x, h, W_xh, W_hh, b):\n    return np.tanh(x @ W_xh + h @ W_hh + b), None", space)
    step.begin()
    step(*ARGS)
    assert "agrees" in step.note


def test_without_a_function_nothing_is_noted():
    step = Own(None, rnn.step_forward)
    np.testing.assert_array_equal(step(*ARGS)[0], WANT)
    assert step.note == ""


def test_attempts_tell_what_came_back_and_what_was_raised_and_copy_arrays_in_lists():
    def fits(a, more):
        (inner,) = more[0]
        inner *= 0
        a *= 0
        if len(a) == 3:
            raise ValueError("no threes")
        return len(a)

    arrays = [np.ones(2), np.ones(3)]
    (two, none), (nothing, error) = Own(fits, None).attempts([(a, [(a,)]) for a in arrays])
    assert (two, none, nothing, str(error)) == (2, None, None, "no threes")
    assert all(a.all() for a in arrays)
