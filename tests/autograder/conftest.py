"""Every test of the grader has its own progress file and knows nothing of the machine's Jupyter."""

import pytest

from autograder import build, listing, notebook, source, trying
from tests.autograder.common import small_course


@pytest.fixture(autouse=True)
def progress_path(tmp_path, monkeypatch):
    """The file that progress goes to."""
    path = tmp_path / "progress" / "progress.sqlite"
    monkeypatch.setenv("RNN_COURSE_PROGRESS", str(path))
    for name in ("NBGRADER_EXECUTION", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    return path


@pytest.fixture
def course(monkeypatch):
    """The small course in place of the real one."""
    registry = small_course()
    for module in (build, source, listing, notebook, trying):
        monkeypatch.setattr(module, "registry", lambda: registry)
    return registry
