"""The same answer gets the same points, words and name in the sandbox as in the learner's kernel: the whole corpus."""

from pathlib import Path

import pytest

from autograder.checks import registry
from autograder.grading.ahead import passed_ahead
from autograder.local import grade_locally
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.verdict import PUBLIC_SEED, grade_fairly
from tests.answers import corpus

ROOT = Path(__file__).parents[2]
LISTS = dict(zip(("RIGHT", "WRONG"), corpus(), strict=True))
ALL = [(name, number) for name, answers in LISTS.items() for number in range(len(answers))]
CASES = [pytest.param(*case, marks=[pytest.mark.full] if k % 12 else []) for k, case in enumerate(ALL)]


@pytest.fixture(scope="module")
def sandbox(rung):
    """A sandbox that sees the whole repository, so that the answers of the corpus can be run in it as they are."""
    with Sandbox(rung, course=ROOT, preload=["tests.sandbox.leaving"]) as sandbox:
        yield sandbox


@pytest.mark.parametrize(("name", "number"), CASES)
def test_an_answer_is_judged_alike(name, number, sandbox):
    answer = LISTS[name][number]
    exercise = registry()[answer.exercise]
    here = grade_locally(exercise, answer.globals())
    with Session(sandbox) as session:
        source = f"from tests.sandbox.leaving import leave\nleave(globals(), {name!r}, {number})"
        session.execute(source, "answer.py")
        there = grade_fairly(exercise, lambda lends: RemoteBackend(session, exercise.seconds, lends))
        passed = passed_ahead(session, {exercise: PUBLIC_SEED})[exercise]
    assert passed <= {k for k, verdict in enumerate(there.verdicts) if verdict.passed}
    if there.as_dict() != here.as_dict() and here.as_dict() != grade_locally(exercise, answer.globals()).as_dict():
        verdicts = [[(v.title, v.passed) for v in result.verdicts] for result in (here, there)]
        assert verdicts[0] == verdicts[1] and here.mistake is there.mistake  # it draws numbers of its own
        return
    assert there.as_dict() == here.as_dict()
    assert there.notes == here.notes
