"""What several tests share: every solved lesson is executed once."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: two threads beside a busy core are far slower than one
os.environ["RNN_COURSE_PROGRESS"] = ""  # no test writes to the learner's progress
os.environ.setdefault("MPLBACKEND", "agg")

import functools
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.source import source_notebook, sources

ONE_BY_ONE = ("test_answers.py", "test_same_verdict.py", "test_attacks.py", "test_defences.py", "rnn_core")


def pytest_itemcollected(item):
    """Which tests one process runs when several do: those of a file, or all that need the same solved lesson."""
    if not set(item.path.parts) & set(ONE_BY_ONE):
        solved = item.callspec.params.get("solved") if hasattr(item, "callspec") else None
        item.add_marker(pytest.mark.xdist_group(str(solved or item.path)))


@functools.cache
def run_solved(path: Path) -> nbformat.NotebookNode:
    """The solved notebook of a script, executed from top to bottom; stops at the first cell that raises."""
    notebook = source_notebook(path)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()
    return notebook


@pytest.fixture(scope="session", params=sources(), ids=lambda path: path.stem)
def solved(request) -> nbformat.NotebookNode:
    """Each lesson's notebook, solved and executed."""
    return run_solved(request.param)
