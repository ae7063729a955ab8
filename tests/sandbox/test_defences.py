"""The tests of the tests: with a defence off, the attacks that it stops succeed, each within bounds."""

import os

import pytest

from autograder.compare import RTOL
from tests.sandbox.arena import ATTACKS, SECONDS, SECRET, SEED, Arena, Attack

SOURCES = {path.stem: Attack(path).source for path in ATTACKS}
STOPPED = {  # by these steps of the lockdown on this rung
    ("B", "landlock"): "append_to_secret left_in_memory list_folders read_by_proc read_neighbour read_secret "
    "read_solutions rename_outside write_outside",
    ("B", "seccomp"): "datagram fork kernel locks lowered_limits new_namespaces other_user page_cache shared_memory "
    "signal_by_owner spawn trace",
    ("B", "landlock seccomp"): "devices kill_parent network read_by_link truncate_by_reading unix_sockets",
    ("B", "limits"): "memory open_many",
    ("B", "watchdog"): "disk threads",
    ("A", "seccomp"): "fork kernel locks new_namespaces other_user page_cache shared_memory signal_by_owner spawn "
    "trace",
    ("A", "limits"): "memory open_many",
}
CASES = [(rung, off, name) for (rung, off), names in STOPPED.items() for name in names.split()]
if os.geteuid():  # root's files are not an ordinary student's to change
    CASES += [("B", "seccomp", "change_mode"), ("B", "seccomp", "change_times")]


@pytest.mark.full
@pytest.mark.parametrize(("on", "off", "name"), CASES)
def test_without_its_defence_an_attack_succeeds(on, off, name, held):
    if not held(on):
        pytest.skip(f"there is no rung {on} here")
    arena = Arena(on, tuple(off.split()))
    try:
        assert "succeeded" in arena.run(SOURCES[name]).report
    finally:
        arena.close()


# A grader that compares in the student's own process, as others do: each line has been met in one of them.
NAIVE = """
import builtins
import math

x = np.arange(6.0).reshape(2, 3) - 2
verdicts = []


def compare(how):
    given, want = x.copy(), 3 * x
    y, total = scale(given, 3.0)
    if how == "given":
        return bool(np.allclose(y, 3 * given))
    if how == "allclose":
        return bool(np.allclose(y, want)) and bool(np.allclose(total, want.sum()))
    if how == "testing":
        return np.testing.assert_allclose(y, want) is None
    if how == "error":
        return not np.max(np.abs(np.asarray(y) - want)) > 1e-6
    if how == "equal":
        return bool(np.all(y == want)) and total == want.sum()
    if how == "zip":
        return all(abs(a - b) < 1e-6 for a, b in zip(np.asarray(y).ravel(), want.ravel()))
    if how == "scalar":
        return bool(abs(total - want.sum()) < 1e-6)


for how in ("allclose", "testing", "error", "equal", "zip", "scalar", "given"):
    try:
        verdicts.append(how) if compare(how) else None
    except BaseException:
        pass
"""
BEATS = "array_function empty_array equal_to_all float_subclass frames input_changed not_a_number patched_allclose"


@pytest.fixture(scope="module")
def arena(rung):
    arena = Arena(rung)
    yield arena
    arena.close()


@pytest.mark.parametrize("name", BEATS.split())
def test_a_grader_in_the_students_process_is_beaten(name, arena):
    outcome = arena.run(SOURCES[name] + NAIVE + "\nreport = f'passed by {verdicts}'\n")
    assert "passed by ['" in outcome.report
    assert outcome.result.points == 0


def test_the_naive_grader_refuses_an_honest_wrong_answer(arena):
    wrong = "def scale(x, factor):\n    return x + factor, (x + factor).sum()\n"
    assert "passed by []" in arena.run(wrong + NAIVE + "\nreport = f'passed by {verdicts}'\n").report


def test_the_public_seed_can_be_memorised_and_the_secret_one_not(arena, monkeypatch):
    monkeypatch.setattr("tests.sandbox.arena.SEED", 20_001)
    assert arena.run(SOURCES["memorised"]).result.points == 3
    monkeypatch.setattr("tests.sandbox.arena.SEED", SEED)
    assert arena.run(SOURCES["memorised"]).result.points == 0


def test_rounding_to_half_precision_would_hide_a_wrong_answer(arena, monkeypatch):
    assert arena.run(SOURCES["rounded_away"]).result.points == 0
    monkeypatch.setattr("autograder.compare.tolerance_of", lambda got, want: RTOL[got.name])
    assert arena.run(SOURCES["rounded_away"]).result.points == 3


def test_the_arena_sees_what_is_changed_and_who_stays(arena):
    arena.outside.joinpath("new").touch()
    with pytest.raises(AssertionError):
        arena.unharmed()
    arena.outside.joinpath("new").unlink()
    arena.before = arena._state()
    assert arena.unharmed()
    assert SECONDS < 1 and SECRET
