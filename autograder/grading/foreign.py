"""Run a notebook that is not of this course as nbgrader would, its own test cells too, but in the sandbox.

nbgrader then reads the points from what the test cells showed, so they are only as good as these cells: a student's
code runs beside them. Files beside the notebook are there, and small files of data that its cells write come back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.grading.foreign_files import KEPT, NAME, SENT, files_left
from autograder.grading.outputs import shown
from autograder.sandbox.lockdown import USUAL
from autograder.sandbox.probing import best_sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import GRACE, Session
from autograder.wire import StudentError

MEMORY = 4096  # megabytes: other courses load other libraries
LONGEST = 3600.0  # seconds of a cell for which no limit was set

# Runs first, as a cell of its own: it leaves nothing in the namespace, and what the student does to it harms only him
PREPARE = f"""
def prepare(shell, files):
    import os, sys, types
    from IPython.core.interactiveshell import InteractiveShell

    def show(kind, value, lines):
        output = {{"output_type": "error", "ename": kind.__name__, "evalue": str(value), "traceback": list(lines)}}
        sys.stdout.outputs.add(**output)

    shell._showtraceback = show
    shell.showsyntaxerror = types.MethodType(InteractiveShell.showsyntaxerror, shell)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    sys.path.insert(0, "")
    for name, data in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(data.tobytes())

prepare(get_ipython(), {NAME})
del prepare, {NAME}
"""


@dataclass
class Ran:
    """What became of a notebook: of each of its cells the outputs (None: no code), the files left, and the rung."""

    outputs: list[list[NotebookNode] | None]
    files: dict[str, bytes]
    rung: str


def run_notebook(
    cells: Sequence[NotebookNode],
    files: Mapping[str, bytes],
    seconds_of: Callable[[NotebookNode], float | None],
    timeout_error: Mapping[str, Any],
    unsafe: bool = False,
) -> Ran:
    """Run the cells in one process after the other. seconds_of: what a cell may take. Raises: SandboxError."""
    limits = [_seconds(seconds_of(cell)) if cell.cell_type == "code" else 0.0 for cell in cells]
    wall = sum(limit + 2 * GRACE for limit in limits) + 60
    budget = replace(USUAL, wall=wall, cpu=int(wall), memory=MEMORY, scratch=2 * (SENT + KEPT) // 2**20)
    outputs: list[list[NotebookNode] | None] = []
    with best_sandbox(unsafe=unsafe, budget=budget) as sandbox, Session(sandbox) as session:
        arrays = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
        backend = RemoteBackend(session, 60.0, given={NAME: arrays})
        session.cell(PREPARE)
        count = 0
        for cell, seconds in zip(cells, limits, strict=True):
            if cell.cell_type != "code" or not cell.source.strip():
                outputs.append(None if cell.cell_type != "code" else [])
                continue
            count += 1
            came, error = session.cell(cell.source, seconds)
            outputs.append(shown(_with_error(came, error, timeout_error), count, rich=True))
        return Ran(outputs, files_left(backend, files), sandbox.rung)


def _with_error(outputs: list[dict], error: StudentError | None, timeout_error: Mapping[str, Any]) -> list[dict]:
    """Outputs that tell of the error which ended their cell, even where the student saw to it that they do not."""
    if error is None:
        return outputs
    if error.kind == "time":
        outputs = [output for output in outputs if output.get("output_type") != "error"]
        return [*outputs, {"output_type": "error", **timeout_error}]
    if any(output.get("output_type") == "error" for output in outputs):
        return outputs
    name = "DeadKernelError" if error.kind == "ended" else error.kind
    lines = [f"{name}: {error.message}", *error.lines]
    return [*outputs, {"output_type": "error", "ename": name, "evalue": error.message, "traceback": lines}]


def _seconds(limit: float | None) -> float:
    return float(limit) if limit is not None and limit > 0 else LONGEST
