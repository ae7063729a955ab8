"""A batch goes on, whatever becomes of one notebook or of the process that grades it."""

import sys
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from pebble import ProcessExpired

from autograder.grading import batch
from autograder.grading.batch import PATIENCE, Task, grade_all
from autograder.grading.handed_in import LIMIT, BadNotebook, Source
from autograder.sandbox.children import SandboxError
from autograder.sandbox.lockdown import USUAL


class Pool:
    """A pool without processes: what comes of a job is said beforehand, by the name of its notebook's file."""

    def __init__(self, **outcomes):
        self.outcomes, self.tried, self.most, self.open = outcomes, [], 0, set()

    def schedule(self, function, args, timeout):
        assert timeout == 2 * USUAL.wall + PATIENCE
        content, name, _, _ = args
        self.tried.append(name)
        outcome = self.outcomes[name]
        outcome = outcome.pop(0) if isinstance(outcome, list) else outcome
        job = _Job(content)
        job.set_exception(outcome) if isinstance(outcome, BaseException) else job.set_result(outcome)
        return job


class _Job(Future):
    def __init__(self, content):
        super().__init__()
        self.content = content


@dataclass(frozen=True)
class Given(Source):
    """A file that is not there, or whose bytes are its own name."""

    def read(self, limit: int = 0) -> bytes:
        if self.name.startswith("no"):
            raise BadNotebook(f"{self.name} is a link")
        return self.name.encode()


def tasks(*names: str) -> list[Task]:
    return [Task(Given(Path("/"), (name,)), "02_recurrent_cell", "recurrent_cell") for name in names]


def run(pool, *names, width=2) -> dict:
    return {task.source.name: (content, result) for task, content, result in grade_all(tasks(*names), pool, width)}


def ended():
    error = ProcessExpired("Abnormal termination")
    error.exitcode = -9
    return error


def test_every_task_gets_its_result():
    pool = Pool(a={"n": 1}, b={"n": 2}, c={"n": 3})
    assert run(pool, "a", "b", "c") == {"a": (b"a", {"n": 1}), "b": (b"b", {"n": 2}), "c": (b"c", {"n": 3})}
    assert run(pool) == {}


def test_what_waits_is_bounded_in_bytes_too(monkeypatch):
    monkeypatch.setattr(batch, "HELD", 3)  # and each notebook has one byte
    pool = Pool(**{name: {} for name in "abcde"})
    next(grade_all(tasks(*"abcde"), pool, 5))
    assert pool.tried == ["a", "b", "c"]
    pool = Pool(aaaa={}, b={})
    next(grade_all(tasks("aaaa", "b"), pool, 5))  # one that is larger than all that may wait is graded alone
    assert pool.tried == ["aaaa"]


def test_no_more_wait_than_asked_for():
    pool = Pool(**{name: {} for name in "abcde"})
    next(grade_all(tasks(*"abcde"), pool, 2))
    assert pool.tried == ["a", "b"]


def test_what_waits_holds_several_of_the_largest_and_no_more_than_a_machine_has():
    assert 2 * LIMIT <= batch.HELD <= 2**30


@pytest.mark.parametrize(
    ("outcome", "words", "tries"),
    [
        (ended, "the process that graded it ended (exit status -9)", 2),
        (lambda: SandboxError("no fork"), "the sandbox failed: no fork", 2),
        (lambda: TimeoutError(), "grading it took longer than it may", 1),
        (lambda: BadNotebook("x is empty"), {"unreadable": "x is empty"}, 1),
        (lambda: KeyError("defect"), "the grader failed: KeyError: 'defect'", 1),
    ],
)
def test_one_that_fails_is_tried_again_where_that_may_help_and_costs_no_other_one(outcome, words, tries):
    pool = Pool(a={"n": 1}, bad=[outcome(), outcome(), outcome()], c={"n": 3})
    found = run(pool, "a", "bad", "c")
    assert found["bad"] == (b"bad", words) and pool.tried.count("bad") == tries
    assert found["a"][1] == {"n": 1} and found["c"][1] == {"n": 3}


def test_a_second_try_can_succeed():
    assert run(Pool(a=[ended(), {"n": 1}]), "a") == {"a": (b"a", {"n": 1})}


def test_what_cannot_be_read_is_not_handed_to_a_process():
    pool = Pool(a={"n": 1})
    assert run(pool, "no", "a") == {"no": (b"", "no is a link"), "a": (b"a", {"n": 1})}
    assert pool.tried == ["a"]
