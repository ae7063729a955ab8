"""Calls that go in one message: what passes so would pass call by call, and no call tells what another must return."""

import sys

import numpy as np
import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from autograder.compare import expect_close, expect_equal, expect_finite
from autograder.grading import ahead
from autograder.grading.ahead import passed_ahead
from autograder.grading.foreseen import foreseen
from autograder.sandbox import session as sessions
from autograder.sandbox.probing import best_sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.spec import Exercise
from autograder.verdict import grade_fairly
from tests.autograder.common import RIGHT, scale_exercise

SEED = 987_654_321


@pytest.fixture(scope="module")
def sandbox():
    with best_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox, monkeypatch):
    monkeypatch.setattr(sessions, "GRACE", 0.5)
    with Session(sandbox) as session:
        session.execute("import numpy as np", "first.py")
        yield session


def judged(session, source, exercise) -> tuple[set[int], list[bool]]:
    """The checks that pass ahead, and what each earns in the end."""
    session.execute(source, "answer.py")
    passed = passed_ahead(session, {exercise: SEED})[exercise]
    backend = lambda lends: RemoteBackend(session, exercise.seconds, lends)  # noqa: E731
    result = grade_fairly(exercise, backend, SEED, hidden=True, passed=passed)
    return passed, [verdict.passed for verdict in result.verdicts]


@pytest.mark.parametrize(
    ("source", "ahead", "earned"),
    [
        (RIGHT, {0, 1, 2}, [True] * 3),
        ("def scale(x, factor):\n    return factor * x, 0.0", {0, 2}, [True, False, True]),
        ("def scale(x, factor):\n    x *= factor\n    return x, x.sum()", {0, 1}, [True, True, False]),
        ("def scale(x, factor):\n    return factor * x", set(), [False] * 3),
        ("def scale(x, factor):\n    raise ValueError", set(), [False] * 3),
        ("def scale(x, factor):\n    return object(), 1", set(), [False] * 3),
        ("scale = 5", set(), [False] * 3),
    ],
)
def test_what_passes_ahead_is_what_passes(source, ahead, earned, session):
    assert judged(session, source, scale_exercise()) == (ahead, earned)


def test_what_only_the_order_of_calls_breaks_earns_its_points(session):
    exercise = Exercise("pair", functions={"put": lambda x: x, "get": lambda y: y})
    for title in ("one", "another"):

        @exercise.check(title)
        def both(student, rng):
            x = rng.standard_normal(3)
            expect_close("put", student.put(x), x)
            expect_close("get", student.get(x), x)

    source = "kept = None\ndef put(x):\n    global kept\n    kept = x\n    return x\ndef get(y):\n    return kept"
    assert judged(session, source, exercise) == ({1}, [True, True])


def test_a_process_that_ends_or_hangs_costs_nothing_ahead(session):
    exercise = scale_exercise(seconds=0.3)
    for source in ("import os\ndef scale(x, factor):\n    os._exit(0)", "def scale(x, f):\n    while True: pass"):
        session.execute(source, "answer.py")
        assert passed_ahead(session, {exercise: SEED}) == {exercise: set()}
        assert session.deaths == 0 and session.printed == ""
    session.execute("def scale(x, f):\n    sum(range(10**15))", "answer.py")
    ends = session.ends
    assert passed_ahead(session, {exercise: SEED}) == {exercise: set()}
    assert session.deaths == 0 and session.ends > ends
    assert judged(session, RIGHT, exercise)[1] == [True] * 3


def test_what_is_printed_under_the_secret_seed_is_forgotten(session):
    printing = RIGHT.replace(":\n", ":\n    print(x)\n", 1)
    assert judged(session, printing, scale_exercise())[0] == {0, 1, 2}
    assert session.printed == ""


def test_an_answer_that_is_known_to_be_right_is_not_compared_again(session, monkeypatch):
    exercise, tried = scale_exercise(), []
    run = ahead.try_check
    monkeypatch.setattr(ahead, "try_check", lambda *args: tried.append(args[2]) or run(*args))
    assert judged(session, RIGHT, exercise)[0] == {0, 1, 2} and tried == [0, 1, 2]
    assert judged(session, RIGHT, exercise)[0] == {0, 1, 2} and tried == [0, 1, 2]
    last_bit = "def scale(x, factor):\n    y = np.nextafter(factor * x, 9)\n    return y, y.sum()"
    assert judged(session, last_bit, exercise)[0] == {0, 1, 2} and tried[3:] == [0, 1, 2]
    wrong = "def scale(x, factor):\n    return factor * x + 1e-3, (factor * x).sum()"
    assert judged(session, wrong, exercise)[0] == {1} and tried[6:] == [0, 1, 2]
    assert judged(session, wrong, exercise)[0] == {1}  # nor is a wrong one right when it comes again


def test_another_seed_knows_nothing_of_what_was_right(session):
    exercise = scale_exercise()
    judged(session, RIGHT, exercise)
    assert all(known.right for known in foreseen(exercise, SEED).values())
    assert not any(known.right for known in foreseen(exercise, SEED + 1).values())


class Spoken(Session):
    """A session of which each message is kept."""

    def request(self, message, *args):
        self.messages.append(message)
        return super().request(message, *args)


def test_a_message_holds_one_call_of_each_check_and_the_next_goes_when_it_is_answered(sandbox):
    exercise = Exercise("shift", functions={"shift": lambda x, by: x + by})
    for k, count in enumerate((3, 1, 2)):

        @exercise.check(f"check {k}")
        def calls(student, rng, k=k, count=count):
            for number in range(count):
                expect_close("y", student.shift(10.0 * k, number), 10.0 * k + number)

    with Spoken(sandbox) as session:
        session.messages = []
        session.execute("def shift(x, by):\n    return x + by", "answer.py")
        session.messages.clear()
        assert passed_ahead(session, {exercise: SEED}) == {exercise: {0, 1, 2}}
    asked = [[request["args"]["tuple"][0]["tuple"] for request in message["requests"]] for message in session.messages]
    numbers = [[(float.fromhex(x["float"]) / 10, by) for x, by in message] for message in asked]
    assert numbers == [[(0, 0), (1, 0), (2, 0)], [(0, 1), (2, 1)], [(0, 2)]]


PEEKING = """
import autograder.sandbox.worker

def many(self, requests, buffers):
    "Answers each call with what the next one in the message passes on."
    outcomes, data = [], []
    for k, request in enumerate(requests):
        tree = dict(request["args"]["tuple"][0]["tuple"][0], at=0)
        outcomes.append({"returned": {"tuple": [tree, {"list": []}]}, "buffers": 1})
        data.append(buffers[(k + 1) % len(buffers)])
    return outcomes, data

autograder.sandbox.worker.Worker.many = many

def step(x):
    raise NotImplementedError
"""


def test_who_reads_all_of_a_message_learns_no_answer_but_would_from_all_calls_of_a_check(session):
    exercise = Exercise("step", functions={"step": np.tanh})
    for title in ("one", "another"):

        @exercise.check(title)
        def from_the_right_state(student, rng):
            x = rng.standard_normal(4)
            expect_close("the first state", student.step(x), np.tanh(x))
            expect_finite("the second", student.step(np.tanh(x)))  # what it passes on is the answer before

    assert judged(session, PEEKING, exercise) == (set(), [False, False])
    known = foreseen(exercise, SEED)[0]
    at_once = list(ahead._together(session, [(call, 1.0) for call in known.calls]))
    assert ahead._passes(exercise, 0, SEED, known, at_once)


@pytest.mark.parametrize(
    "reply",
    [
        "None, []",
        "5, []",
        "'returned', []",
        "[5] * 3, []",
        "[{'returned': None}] * 3, []",
        "[{'returned': None, 'buffers': -1}] * 3, []",
        "[{'returned': None, 'buffers': True}] * 3, [b'x']",
        "[{'returned': None, 'buffers': 2}] * 3, [b'x']",
        "[{'returned': {'array': 'float64', 'shape': [9], 'at': 0}, 'buffers': 1}] * 3, [b'x'] * 3",
        "[{'returned': {'tuple': [True, True]}, 'buffers': 0}] * 3, []",
        "[{'raised': 'time'}] * 9, []",
        "[], []",
        "[{'returned': None, 'buffers': 0}] * 100_000, []",
    ],
)
def test_a_forged_answer_passes_nothing_and_stops_nothing(reply, session):
    source = f"import autograder.sandbox.worker\nautograder.sandbox.worker.Worker.many = lambda *_: ({reply})\n"
    assert judged(session, source + "def scale(x, factor):\n    return 1", scale_exercise()) == (set(), [False] * 3)
    assert judged(session, RIGHT, scale_exercise())[1] == [True] * 3


def test_so_much_that_no_call_may_return_it_is_not_kept(session, monkeypatch):
    monkeypatch.setattr(ahead, "MAX_RETURNED", 100)  # bytes; a call returns 56, and 104 with its arguments
    assert judged(session, RIGHT, scale_exercise()) == ({0}, [True] * 3)


def test_a_value_that_is_missing_or_wrong_does_not_pass_ahead(session):
    exercise = Exercise("value", values={"answer": 4.0})
    exercise.check("right")(lambda student, rng: expect_equal("answer", student.answer, 4.0))
    assert judged(session, "", exercise) == (set(), [False])
    assert judged(session, "answer = 5.0", exercise) == (set(), [False])
    assert judged(session, "answer = 4.0", exercise)[1] == [True]
