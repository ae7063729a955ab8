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
