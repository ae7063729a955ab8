"""Grade many notebooks side by side: processes that hold a sandbox each, and what to do when one of them fails.

A process that grades runs no student's code itself. Should it end all the same, or never answer, `pebble` replaces
it; its notebook is tried once more, and then the batch goes on without it.
"""

import atexit
import os
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, TimeoutError, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from autograder.grading.fork_server import fork_server
from autograder.grading.handed_in import LIMIT, BadNotebook, Source
from autograder.grading.one_notebook import budget_of, exercises_of, grade_notebook
from autograder.grading.reading import parse_notebook
from autograder.sandbox.children import SandboxError, remove
from autograder.sandbox.course_files import allowed, uses_torch
from autograder.sandbox.probing import NoSandbox, best_sandbox

PATIENCE = 120.0  # seconds beyond the two budgets that a notebook may use up
HELD = 10 * LIMIT  # bytes of notebooks that wait; once there are as many, no other is read


@dataclass(frozen=True)
class Task:
    """A notebook to be graded: where it is, and which notebook of which lesson it answers."""

    source: Source
    lesson: str
    notebook: str


class Grader:
    """What a process that grades holds: one sandbox, for the lesson whose notebooks it grades at the moment."""

    def __init__(self, seed: int, unsafe: bool):
        self.seed, self.unsafe, self.sandbox, self.lesson = seed, unsafe, None, ""

    def grade(self, content: bytes, name: str, lesson: str, notebook: str) -> dict[str, Any]:
        """The result of a notebook, as `one_notebook.Graded` holds it. Raises: BadNotebook; SandboxError."""
        parsed, exercises = parse_notebook(content, name), exercises_of(lesson, notebook)
        if self.lesson != lesson:
            self.close()
            self.sandbox = best_sandbox(allowed(lesson), self.unsafe, torch=uses_torch(lesson))
            self.lesson = lesson
        self.sandbox.budget = budget_of(exercises)
        return vars(grade_notebook(parsed, exercises, self.sandbox, self.seed))

    def close(self) -> None:
        """End the sandbox."""
        if self.sandbox:
            self.sandbox.close()
        self.sandbox, self.lesson = None, ""


_grader: Grader | None = None  # of this process


def _begin(seed: int, unsafe: bool, folder: str) -> None:
    global _grader
    tempfile.tempdir = folder
    _grader = Grader(seed, unsafe)
    atexit.register(_grader.close)


def _grade(*task: Any) -> dict[str, Any]:
    return _grader.grade(*task)


def pool(seed: int, unsafe: bool, workers: int) -> ProcessPool:
    """Processes that grade, forked from one that knows nothing of what this process has done."""
    folder = tempfile.mkdtemp(prefix="rnn-course-")
    os.chmod(folder, 0o711)  # to find one's own by its name; the sandboxes may run as another user
    made = ProcessPool(max_workers=workers, context=fork_server(), initializer=_begin, initargs=(seed, unsafe, folder))
    weakref.finalize(made, remove, Path(folder))  # a process that is stopped removes nothing that it made
    return made


def grade_all(tasks: Iterable[Task], processes: ProcessPool, width: int) -> Iterator[tuple[Task, bytes, dict | str]]:
    """Of each task the bytes that were graded and the result, or why there is none.

    width: how many wait at a time, so that there is work while whoever asked does something else.

    Raises: NoSandbox.
    """
    left, running = deque((task, 0) for task in tasks), {}
    while left or running:
        while left and len(running) < width and sum(len(content) for *_, content in running.values()) < HELD:
            task, tries = left.popleft()
            try:
                content = task.source.read(LIMIT)
            except (OSError, BadNotebook) as error:
                yield task, b"", str(error)
                continue
            patience = 2 * budget_of(exercises_of(task.lesson, task.notebook)).wall + PATIENCE
            what = content, task.source.name, task.lesson, task.notebook
            running[processes.schedule(_grade, what, timeout=patience)] = task, tries + 1, content
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for job in done:
            task, tries, content = running.pop(job)
            outcome, again = _outcome(job)
            if again and tries < 2:
                left.appendleft((task, tries))
            else:
                yield task, content, outcome


def _outcome(job: Any) -> tuple[dict | str, bool]:
    """What came of a job, and whether it is worth a second try."""
    try:
        return job.result(), False
    except NoSandbox:
        raise
    except BadNotebook as error:
        return {"unreadable": str(error)}, False
    except TimeoutError:
        return "grading it took longer than it may", False
    except ProcessExpired as error:
        return f"the process that graded it ended (exit status {error.exitcode})", True
    except SandboxError as error:
        return f"the sandbox failed: {error}", True
    except Exception as error:  # a defect of ours: it costs this notebook its result, and not the batch
        return f"the grader failed: {type(error).__name__}: {error}", False
