"""A student's functions in this process: what they do to it is undone, and what they print and raise is kept."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from autograder.compare import expect_close
from autograder.local import LocalBackend, grade_locally
from autograder.spec import Exercise
from autograder.verdict import StudentError
from tests.autograder.common import RIGHT, cell, double, helped_exercise, scale_exercise


def failing(source: str, name: str = "f", *args, seconds: float = 10.0) -> StudentError:
    with pytest.raises(StudentError) as caught:
        LocalBackend(cell(source), seconds=seconds).call(name, args, {})
    return caught.value


# what a student's function raises


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("def f():\n    raise SystemExit", "SystemExit", ""),
        ("import sys\ndef f():\n    sys.exit('done')", "SystemExit", "done"),
        ("def f():\n    raise BaseException('odd')", "BaseException", "odd"),
        ("class Own(BaseException):\n    pass\ndef f():\n    raise Own('odd')", "Own", "odd"),
        ("def f():\n    raise GeneratorExit", "GeneratorExit", ""),
        ("def f():\n    return g()", "NameError", "name 'g' is not defined"),
        ("def f():\n    return f()", "RecursionError", "maximum recursion depth exceeded"),
        ("def f():\n    assert 1 == 2, 'no'", "AssertionError", "no"),
        ("def f(x):\n    pass", "TypeError", "f() missing 1 required positional argument: 'x'"),
        # as in an untouched cell
        ("def f():\n    raise NotImplementedError('later')", "unfinished", "f is not written yet."),
        ("f = 3", "missing", "There is no function f yet: run the cell that defines it."),
    ],
)
def test_what_is_raised_is_kept_as_kind_and_message(source, kind, message):
    error = failing(source)
    assert error.kind == kind and error.message.startswith(message)


def test_the_own_lines_go_from_the_outside_in():
    error = failing("def g(x):\n    return 1 / x\n\ndef f():\n    return g(0)")
    assert error.lines == ("f, line 5: `return g(0)`", "g, line 2: `return 1 / x`")


def test_lines_of_libraries_and_of_the_course_are_left_out():
    error = failing("def f(x):\n    return np.linalg.inv(x)", "f", np.zeros((2, 3)))
    assert error.lines == ("f, line 2: `return np.linalg.inv(x)`",)
    error = failing("from rnn_core import rnn\ndef f(x):\n    return rnn.step_forward(x, x, x, x, x)", "f", np.zeros(3))
    assert error.lines == ("f, line 3: `return rnn.step_forward(x, x, x, x, x)`",)


def test_code_without_a_source_still_has_its_line():
    space = {}
    exec("def f():\n    return 1 / 0", space)
    with pytest.raises(StudentError) as caught:
        LocalBackend(space).call("f", (), {})
    assert caught.value.lines == ("f, line 2",)


def test_a_keyboard_interrupt_is_the_learners_own():
    space = cell("def scale(x, factor):\n    raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        grade_locally(scale_exercise(), space)


def test_an_interrupt_puts_everything_back():
    own = object()
    space = cell("def twice_plus_one(x):\n    print('hidden')\n    raise KeyboardInterrupt", double=own)
    with pytest.raises(KeyboardInterrupt):
        LocalBackend(space, lends={"double": double}).call("twice_plus_one", (1.0,), {})
    assert space["double"] is own and sys.stdout is not None
    print("shown")


# the budget

needs_timers = pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="this system has no timers")


@needs_timers
@pytest.mark.parametrize(
    "body",
    ["while True:\n        pass", "import time\n    time.sleep(30)", "x = 0\n    while True:\n        x = np.tanh(x)"],
)
def test_a_function_that_does_not_end_is_stopped(body):
    began = time.monotonic()
    error = failing(f"def f():\n    {body}", seconds=0.1)
    assert time.monotonic() - began < 5
    assert error.kind == "time"
    assert error.message == "f ran longer than 0.1 s. Is there a loop that does not end?"
    assert error.lines and error.lines[-1].startswith("f, line ")


@needs_timers
def test_an_except_for_everything_does_not_hold_the_budget_up():
    source = """
def f():
    try:
        while True:
            pass
    except{}:
        pass
    while True:
        pass
"""
    assert failing(source.format(" Exception"), seconds=0.1).kind == "time"
    assert failing(source.format(""), seconds=0.1).kind == "time"


@needs_timers
def test_each_call_has_the_budget_for_itself_and_the_rest_is_checked():
    exercise = scale_exercise(seconds=0.2)
    result = grade_locally(exercise, cell("import time\n" + RIGHT.replace("return", "time.sleep(0.1); return")))
    assert result.passed
    hangs = RIGHT.replace("return", "while factor == 3: pass\n    return")
    result = grade_locally(exercise, cell(hangs))
    assert [verdict.passed for verdict in result.verdicts] == [False, True, True]
    assert result.verdicts[0].words == "scale ran longer than 0.2 s. Is there a loop that does not end?"


@needs_timers
def test_a_call_within_a_call_leaves_the_outer_budget_standing():
    exercise = Exercise("nest", functions={"f": lambda g: g(), "inner": lambda: 0}, seconds=0.3)
    exercise.check("both")(lambda student, rng: student.f(lambda: student.inner()))
    source = "def inner():\n    return 0\n\ndef f(g):\n    g()\n    while True:\n        pass"
    began = time.monotonic()
    result = grade_locally(exercise, cell(source))
    assert result.verdicts[0].words.startswith("f ran longer than 0.3 s.") and time.monotonic() - began < 5


@needs_timers
def test_the_timer_and_its_handler_are_put_back():
    import signal

    handler = signal.getsignal(signal.SIGALRM)
    LocalBackend(cell("def f():\n    return 1")).call("f", (), {})
    failing("def f():\n    while True:\n        pass", seconds=0.05)
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_another_thread_has_no_timer_and_still_grades():
    results = []
    thread = threading.Thread(target=lambda: results.append(grade_locally(scale_exercise(), cell(RIGHT))))
    thread.start()
    thread.join()
    assert results[0].passed


# lending


def test_a_wrong_helper_of_ones_own_is_not_punished_twice():
    source = "def double(x):\n    return 3 * x\n\ndef twice_plus_one(x):\n    return double(x) + 1"
    space = cell(source)
    own = space["double"]
    result = grade_locally(helped_exercise(), space)
    assert result.passed and result.points == 2 and result.mistake is None
    assert result.notes == [
        "Checked with the reference's double, because with your own this exercise fails: "
        "that mistake is counted there and not here."
    ]
    assert space["double"] is own


def test_a_wrong_answer_stays_wrong_with_the_references_helpers():
    space = cell("def double(x):\n    return 3 * x\n\ndef twice_plus_one(x):\n    return double(x) + 2")
    result = grade_locally(helped_exercise(), space)
    assert not result.passed and result.points == 0 and result.notes == []


def test_a_right_answer_is_checked_with_ones_own_helpers():
    calls = []
    source = "def double(x):\n    calls.append(1)\n    return 2 * x\n\ndef twice_plus_one(x):\n    return double(x) + 1"
    result = grade_locally(helped_exercise(), cell(source, calls=calls))
    assert result.passed and result.notes == [] and calls == [1]


def test_a_helper_that_was_never_written_is_lent_and_taken_back():
    for helper in ("", "def double(x):\n    raise NotImplementedError\n\n"):
        space = cell(helper + "def twice_plus_one(x):\n    return double(x) + 1")
        own = space.get("double")
        result = grade_locally(helped_exercise(), space)
        assert result.passed and len(result.notes) == 1
        assert space.get("double") is own and ("double" in space) == bool(helper)


@pytest.mark.parametrize("ending", ["1 / 0", "raise SystemExit", "raise BaseException", "while True: pass", "return 5"])
def test_the_namespace_is_restored_however_a_call_ends(ending):
    space = cell(f"def f(x):\n    {ending}", double="mine")
    backend = LocalBackend(space, lends={"double": double, "other": abs}, seconds=0.2)
    names = set(space)
    if ending == "return 5":
        assert backend.call("f", (1,), {})[0] == 5
    else:
        with pytest.raises(StudentError):
            backend.call("f", (1,), {})
    assert space["double"] == "mine" and set(space) == names


# what is printed


def test_prints_are_kept_as_a_note_and_shortened(capfd):
    result = grade_locally(scale_exercise(), cell(RIGHT.replace("return", "print('here', factor); return")))
    assert result.passed and result.notes == ["Your code printed: here 3.0\nhere 2.0\nhere 2.0"]
    result = grade_locally(scale_exercise(), cell(RIGHT.replace("return", "print('x' * 500); return")))
    assert result.notes == ["Your code printed: " + "x" * 299 + "…"]
    assert capfd.readouterr() == ("", "")


def test_nothing_reaches_standard_error(capfd):
    """nbgrader gives no points to a cell that wrote anything to standard error."""
    source = """
import sys
import warnings

def scale(x, factor):
    warnings.warn("old", DeprecationWarning)
    np.log(np.zeros(2) - 1)
    print("oh", file=sys.stderr)
    return x * factor, np.sum(x * factor)
"""
    result = grade_locally(scale_exercise(), cell(source))
    assert result.passed and result.notes == ["Your code printed: oh\noh\noh"]
    assert capfd.readouterr() == ("", "")


def test_nothing_reaches_standard_error_in_a_process_of_its_own(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import warnings\n"
        "from autograder.local import grade_locally\n"
        "from tests.autograder.common import scale_exercise\n"
        "def scale(x, factor):\n"
        "    warnings.warn('old')\n"
        "    warnings.simplefilter('always')\n"
        "    warnings.warn('older')\n"
        "    (x - x) / (x - x)\n"
        "    return x * factor, (x * factor).sum()\n"
        "print(grade_locally(scale_exercise(), globals()).points)\n"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": root}
    )
    assert (done.stdout, done.stderr) == ("3.0\n", "")


def test_printing_wrongly_does_not_make_an_answer_right():
    result = grade_locally(scale_exercise(), cell("def scale(x, factor):\n    print(3.0)\n    return x, 0.0"))
    assert result.points == 0


# values


def test_values_are_copies():
    exercise = Exercise("w", values={"w": np.ones(2)})

    @exercise.check("a copy")
    def a_copy(student, rng):
        student.w[:] = 7
        expect_close("w", student.w, np.ones(2))

    space = cell("w = np.ones(2)")
    assert grade_locally(exercise, space).passed
    assert space["w"].tolist() == [1, 1]


def test_the_last_definition_counts():
    space = cell(RIGHT)
    exec("def scale(x, factor):\n    return 0 * x, 0.0", space)
    assert grade_locally(scale_exercise(), space).points == 0


def test_a_list_that_holds_itself_twice_is_refused_soon():
    endless = "def scale(x, factor):\n    ring = []\n    ring += [ring, ring]\n    return ring\n"
    result = grade_locally(scale_exercise(), cell(endless))
    assert result.points == 0 and "ValueError: expected at most" in result.verdicts[0].words
