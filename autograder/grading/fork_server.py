"""The process from which processes that grade are forked: it has loaded what they need, and nothing else.

Started before anything else is loaded, it loads while the one that asked for it does. So this imports nothing of ours.
"""

import contextlib
import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

LOADS = "autograder.grading.loaded"


def fork_server() -> ForkServerContext:
    """The context whose processes are forked from it; started where it is not running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([LOADS])
    with _safe_path():
        forkserver.ensure_running()
    return context


@contextlib.contextmanager
def _safe_path():
    """Python started in here imports nothing from the current folder, which may be a student's with a `signal.py`."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        os.environ.pop("PYTHONSAFEPATH") if before is None else os.environ.update(PYTHONSAFEPATH=before)
