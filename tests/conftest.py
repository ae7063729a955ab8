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

TESTS = Path(__file__).parent
MINUTES_LONG = [  # to begin with, the longest first: at the end no process works alone on one of them
    "test_answers.py",
    "sandbox/test_same_verdict.py",
    "browser/test_widgets.py",
    "test_nbgrader.py",
    "test_lessons.py",
    "browser/test_lessons.py",
    "sandbox/test_users.py",
    "grading/test_grading.py",
    "grading/test_nbgrader_own.py",
    "test_names.py",
    "test_course.py",
    "sandbox/test_attacks.py",
    "grading/test_demo.py",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: processes take whole files, in this order."""
    files = {TESTS / name: place for place, name in enumerate(MINUTES_LONG)}
    items.sort(key=lambda item: files.get(item.path, len(files)))


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
