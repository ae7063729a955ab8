"""The results of many notebooks: those that are kept, and those that are missing, which are graded now."""

import atexit
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

from pebble import ProcessPool
from tqdm import tqdm

from autograder.grading.batch import Task, grade_all, pool
from autograder.grading.handed_in import LIMIT, BadNotebook, Source
from autograder.grading.keep import Keep
from autograder.grading.matching import Submission
from autograder.grading.one_notebook import Graded
from autograder.sandbox.probing import best_rung


class Known:
    """The results that there are. keys: of each notebook that can be read; failed: why there is no result."""

    def __init__(self, keep: Keep, unsafe: bool):
        self.keep, self.unsafe = keep, unsafe
        self.keys: dict[Source, str] = {}
        self.failed: dict[Source | str, str] = {}

    def complete(self, submissions: Sequence[Submission], workers: int) -> Iterator[Submission]:
        """Grade each notebook whose result is not kept yet. Returns: the submissions, each once it is graded."""
        missing = self._missing(submissions)
        left = set(missing)
        jobs = self._grade(missing, workers) if missing else iter(())
        for submission in submissions:
            needed = {self.keys.get(source) for source in submission.notebooks.values()}
            while needed & left:
                left.discard(next(jobs))
            yield submission
        for _ in jobs:  # to its end, where it tidies up
            pass

    def _missing(self, submissions: Sequence[Submission]) -> dict[str, Task]:
        """What is to be graded, under the keys of the results."""
        tasks: dict[str, Task] = {}
        for submission in submissions:
            for notebook, source in submission.notebooks.items():
                try:
                    key = self.keys[source] = self._key(source.read(LIMIT), submission.lesson, notebook)
                except BadNotebook as error:
                    self.failed[source] = str(error)
                else:
                    if key not in tasks and not self.keep.has(key):
                        tasks[key] = Task(source, submission.lesson, notebook)
        return tasks

    def _grade(self, tasks: dict[str, Task], workers: int) -> Iterator[str]:
        """Grade in many processes and keep what comes. Returns: the key of each task that is done."""
        workers, asked = min(workers, len(tasks)), {task: key for key, task in tasks.items()}
        bar = tqdm(total=len(tasks), unit="notebook", dynamic_ncols=True)
        with bar, pool(self.keep.seed, self.unsafe, workers) as processes:
            for task, content, result in grade_all(asked, processes, 16 * workers):
                key = self._key(content, task.lesson, task.notebook)  # of what was read now: a file may have changed
                self.keys[task.source] = key
                if isinstance(result, dict):
                    self.keep.put(key, task.lesson, task.notebook, result)
                else:
                    self.failed[key] = self.failed[task.source] = result
                if key != asked[task]:
                    self.failed[asked[task]] = "a notebook of the same content changed meanwhile; grade again"
                bar.update()
                yield asked[task]

    def _key(self, content: bytes, lesson: str, notebook: str) -> str:
        return self.keep.key(content, lesson, notebook, self.unsafe)

    def results_of(self, submission: Submission) -> dict[str, Graded | str]:
        """Of each notebook the kept result, or why it cannot be read."""
        found = {}
        for name, source in submission.notebooks.items():
            kept = self.keep.get(self.keys[source]) if source in self.keys else None
            if kept:
                found[name] = kept["unreadable"] if "unreadable" in kept else Graded(**kept)
        return found

    def why_not(self, source: Source | None) -> str:
        """Why there is no result of a notebook; nothing where that is not known."""
        return self.failed.get(source) or self.failed.get(self.keys.get(source, ""), "")


def graded_notebook(path: Path, lesson: str, notebook: str, keep: Keep, unsafe: bool = False) -> Graded:
    """The result of one notebook that was handed in: the kept one, or it is graded now.

    Raises: BadNotebook; NoSandbox; RuntimeError when the grader fails.
    """
    unsafe = unsafe and best_rung() == "E"
    source = Source(path.parent, (path.name,))
    key = keep.key(source.read(LIMIT), lesson, notebook, unsafe)
    result = keep.get(key)
    if result is None:
        ((_, content, result),) = grade_all([Task(source, lesson, notebook)], standing_pool(keep.seed, unsafe), 1)
        if isinstance(result, str):
            raise RuntimeError(f"{path}: {result}")
        keep.put(keep.key(content, lesson, notebook, unsafe), lesson, notebook, result)
    if "unreadable" in result:
        raise BadNotebook(result["unreadable"])
    return Graded(**result)


@functools.cache
def standing_pool(seed: int, unsafe: bool) -> ProcessPool:
    """A process that grades, for as long as this one lives."""
    made = pool(seed, unsafe, 1)
    atexit.register(made.stop)
    return made
