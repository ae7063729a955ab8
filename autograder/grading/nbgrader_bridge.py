"""What puts the trusted grader into nbgrader: `HandedIn`, `RestoreMetadata`, `FastExecute`, `TrustedSaveAutoGrades`.

A notebook of this course gets its outputs, cards and points from `results`; what its cells print decides
nothing. Any other notebook is run in the sandbox and graded by nbgrader's own rule, and marked as not verified. No
cell of any notebook runs outside the sandbox. nbgrader_config.py puts the four into nbgrader's places.
"""

import contextlib
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, OverwriteCells, SaveAutoGrades
from traitlets import Bool

from autograder.grading.foreign import run_notebook
from autograder.grading.foreign_files import read_files, write_files
from autograder.grading.gradebook import (
    add_missing,
    checked_in,
    course_of,
    grade_id,
    lesson_of,
    restore,
    save_points,
    say_unsafe,
    submitted_file,
)
from autograder.grading.handed_in import BadNotebook, Source
from autograder.grading.keep import keep_for
from autograder.grading.one_notebook import UNSAFE, exercises_of
from autograder.grading.outputs import put_note, put_results
from autograder.grading.reading import read_notebook
from autograder.grading.results import graded_notebook
from autograder.grading.showing import UNREAD, stand_in
from autograder.sandbox.children import SandboxError

FOREIGN = (
    "These points are not verified: they are what the notebook's own test cells showed, which ran beside the student's "
    "code, in the sandbox."
)


class HandedIn(NotebookExporter):
    """Reads what was handed in; where a notebook of ours cannot be read, the released one takes its place."""

    def from_filename(self, filename, resources=None, **options):
        """The notebook, through the preprocessors."""
        where, course = resources["nbgrader"], course_of(self)
        with Gradebook(where["db_url"]) as gradebook:
            ours = lesson_of(gradebook.find_notebook(where["notebook"], where["assignment"]))
        if not ours or Path(filename) != submitted_file(course, where):
            return super().from_filename(filename, resources=resources, **options)
        source = _source(filename)
        try:
            notebook = read_notebook(source)
        except BadNotebook as error:
            notebook = stand_in(course, where["assignment"], where["notebook"], UNREAD, [f"{error}."], source)
        return self.from_notebook_node(notebook, resources=resources, **options)


def _source(path: str | Path) -> Source:
    return Source(Path(path).parent, (Path(path).name,))


class RestoreMetadata(NbGraderPreprocessor):
    """Comes first: gives the cells of a notebook of ours the metadata with which they were released."""

    def preprocess(self, nb, resources):
        """The notebook, restored."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(where["notebook"], where["assignment"])
            if lesson_of(notebook):
                restore(nb.cells, notebook)
        return nb, resources


class FastExecute(Execute):
    """Takes the place of `Execute`, with its options."""

    unsafe_no_sandbox = Bool(
        False, help="Run students' code even where nothing keeps it apart; the gradebook then says so."
    ).tag(config=True)

    def preprocess(self, nb, resources, km=None):
        """The notebook with its outputs; what `TrustedSaveAutoGrades` needs goes into the resources.

        Raises: NbGraderException where there is no sandbox, or the kernel is not Python's; NoSuchKernel.
        """
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(where["notebook"], where["assignment"])
            lesson = lesson_of(notebook)
            if lesson:
                add_missing(nb.cells, notebook, OverwriteCells(parent=self).missing_cell_transform)
        try:
            grade = self._grade(nb, where, lesson) if lesson else self._run(nb, resources)
        except SandboxError as error:
            words = f"Nothing was graded: {error}. c.FastExecute.unsafe_no_sandbox = True would grade all the same."
            raise NbGraderException(words) from error
        resources["rnn_course"] = grade
        return nb, resources

    def create_kernel_manager(self):
        """No kernel is started here, whichever way it is asked for."""
        raise RuntimeError("FastExecute starts no kernel: students' code runs in the sandbox alone")

    def _grade(self, nb, where: dict, lesson: str) -> dict[str, Any]:
        """Ask the trusted grader about a notebook of ours, and put what it says into the notebook."""
        path = submitted_file(course_of(self), where)
        keep = keep_for(Path(course_of(self).root))
        try:
            graded = graded_notebook(path, lesson, where["notebook"], keep, self.unsafe_no_sandbox)
        except BadNotebook:  # `HandedIn` has put the released notebook in its place
            return {"rung": "", "points": {item.id: (0.0, 1.0) for item in exercises_of(lesson, where["notebook"])}}
        put_results(nb, read_notebook(_source(path)).cells, graded)
        if graded.rung == "E":
            self.log.warning("%s of %s: %s", where["notebook"], where["student"], UNSAFE)
        return {"rung": graded.rung, "points": {row["id"]: (row["points"], row["max"]) for row in graded.exercises}}

    def _run(self, nb, resources) -> dict[str, Any]:
        """Run a notebook that is not ours as nbgrader would, in the sandbox."""
        name = nb.metadata.get("kernelspec", {}).get("name") or "python3"
        spec = KernelSpecManager(parent=self).get_kernel_spec("python3" if name == "python" else name)
        if spec.language.lower() != "python":
            raise NbGraderException(f"expected a notebook in Python, got the kernel {name}, which runs {spec.language}")
        folder, seconds = Path(resources["metadata"]["path"] or "."), self.timeout_func or (lambda cell: self.timeout)
        files = read_files(folder, self.log)
        ran = run_notebook(nb.cells, files, seconds, self.error_on_timeout, self.unsafe_no_sandbox)
        count = 0
        for cell, outputs in zip(nb.cells, ran.outputs, strict=True):
            if outputs is not None:
                count += 1
                cell.outputs, cell.execution_count = outputs, count
        write_files(ran.files, folder)
        if any((cell.metadata.get("nbgrader") or {}).get("grade") for cell in nb.cells):
            self._say(nb, resources["nbgrader"], "Not verified", FOREIGN)
        if ran.rung == "E":
            self._say(nb, resources["nbgrader"], "Graded without a sandbox", UNSAFE)
        nb.metadata.pop("widgets", None)  # a page would load what a student put there
        nb.metadata["rnn_course_graded"] = {"verified": False, "rung": ran.rung}
        return {"rung": ran.rung}

    def _say(self, nb, where: dict, heading: str, words: str) -> None:
        put_note(nb, heading, [words])
        self.log.warning("%s of %s: %s", where["notebook"], where["student"], words)


class TrustedSaveAutoGrades(SaveAutoGrades):
    """Takes the place of `SaveAutoGrades`: in a notebook of ours no output of any cell is a score."""

    def preprocess(self, nb, resources):
        """Write the points of every grade cell that the gradebook knows of. Raises: NbGraderException without any."""
        where, grade = resources["nbgrader"], resources.get("rnn_course") or {}
        with Gradebook(where["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(where["notebook"], where["assignment"])
            self.checked = checked_in(notebook) if lesson_of(notebook) else set()
        if self.checked and "points" not in grade:
            words = "FastExecute must come before TrustedSaveAutoGrades and be enabled (without --no-execute)"
            raise NbGraderException(f"{where['notebook']} is a notebook of this course, and nothing graded it: {words}")
        if not grade:
            self.log.warning("%s of %s: nothing ran; %s", where["notebook"], where["student"], FOREIGN)
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(where["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"])
            save_points(submission.grades, self.checked, grade.get("points", {}))
            for comment in submission.comments if grade.get("rung") == "" else ():
                comment.auto_comment = None  # it is not the student who left the released cells as they are
            say_unsafe(submission.comments, grade.get("rung") == "E")
            gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell, resources) -> None:
        if grade_id(cell) not in self.checked:
            super()._add_score(cell, resources)

    def _add_comment(self, cell, resources) -> None:
        ours = contextlib.suppress(MissingEntry) if self.checked else contextlib.nullcontext()
        with ours:  # a student may have called another cell an answer
            super()._add_comment(cell, resources)
