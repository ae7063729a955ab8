"""What the tests of the sandbox share: short patience, and which rungs this machine and this user have."""

import sys

import pytest

if sys.platform == "win32":  # where grading needs WSL2
    collect_ignore_glob = ["test_*.py"]
else:
    from autograder.sandbox import session
    from autograder.sandbox.probing import why_not


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A student's process that does not answer is given up sooner."""
    monkeypatch.setattr(session, "GRACE", 1.0)


def pytest_generate_tests(metafunc):
    """A test that asks for `rung` runs on A, or on B where there is no A; in the full tier on the other one too."""
    if "rung" in metafunc.fixturenames:
        best = "B" if why_not("A") else "A"
        marks = {rung: [] if rung == best else [pytest.mark.full] for rung in "AB"}
        for rung in "AB":
            if why_not(rung):
                marks[rung].append(pytest.mark.skip(reason=f"rung {rung}: {why_not(rung)}"))
        metafunc.parametrize("rung", [pytest.param(rung, marks=marks[rung]) for rung in "AB"], scope="module")


@pytest.fixture
def held():
    """Whether a rung holds on this machine for this user."""
    return lambda rung: not why_not(rung)
