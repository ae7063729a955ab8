"""What students of the demo class hand in that is after the points or the machine, or uses up what it may."""

from collections.abc import Callable
from functools import partial

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.demo.work import Files, Work, is_check, solutions

COSTLY = "01_feedback_loop"  # the one lesson in which a student uses up a whole budget
TAKE_OVER = "document.title = 'taken over'; fetch('/api/terminals', {method: 'POST'})"


def inserted(made: dict[str, NotebookNode], source: str) -> dict[str, NotebookNode]:
    """The notebooks with a cell after the first one that holds code."""
    for notebook in made.values() if source else ():
        at = next(number for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")
        notebook.cells.insert(at, new_code_cell(source, id="mine"))
    return made


def endless_loop(work: Work) -> Files:
    """Right answers, but for one function that never returns; in one lesson only."""
    made = work.answered()
    functions = [cell for notebook in made.values() for cell in solutions(notebook) if cell.source.startswith("def ")]
    if work.lesson == COSTLY:
        cell = work.rng.choice(functions)
        head, _, body = cell.source.partition(":\n")
        cell.source = f"{head}:\n    while True:\n        pass\n{body}"
    return made


def eats_memory(work: Work) -> Files:
    """Right answers, and a cell that takes what memory there is; in one lesson only."""
    source = "eaten = []\nwhile True:\n    eaten.append(bytearray(10**8))"
    return inserted(work.answered(), source if work.lesson == COSTLY else "")


def attack(source: str, work: Work) -> Files:
    """Nothing answered, and a cell that is after the points or the machine."""
    return inserted(work.untouched(), source)


def prints_points(work: Work) -> Files:
    """What nbgrader's own rule reads as a score stands in every cell."""
    made = work.untouched()
    for notebook in made.values():
        for cell in [*solutions(notebook), *filter(is_check, notebook.cells)]:
            cell.source = "print(1000.0)\n1000.0"
    return made


def forged_outputs(work: Work) -> Files:
    """The outputs and the metadata of full points, and of more."""
    made = work.untouched()
    for notebook in made.values():
        notebook.metadata["rnn_course_graded"] = {"verified": True, "rung": "A"}
        for cell in filter(is_check, notebook.cells):
            cell.metadata.nbgrader.points = 1000
            cell.outputs = [new_output("execute_result", {"text/plain": "1000.0"}, execution_count=1)]
    return made


def scripts_in_texts(work: Work) -> Files:
    """Markup that would run in the browser of whoever opens this in the formgrader."""
    made = inserted(work.untouched(), f'from IPython.display import HTML\nHTML("<script>{TAKE_OVER}</script>")')
    for notebook in made.values():
        text = f'<script>{TAKE_OVER}</script> <img src="x" onerror="{TAKE_OVER}"> [me](javascript:alert(1))'
        notebook.cells.insert(0, new_markdown_cell(text, id="hello"))
        for cell in solutions(notebook):
            cell.source = text if cell.cell_type == "markdown" else cell.source
    return made


HOSTILE: dict[str, Callable[[Work], Files]] = {
    "endless loop": endless_loop,
    "eats memory": eats_memory,
    "prints points": prints_points,
    "transforms input": partial(
        attack, "get_ipython().input_transformers_cleanup.append(lambda lines: ['print(1000.0)\\n'])"
    ),
    "ends the process": partial(attack, "import os\nos._exit(0)"),
    "reads files": partial(
        attack, "for path in ('/etc/passwd', '../../../gradebook.db'):\n    print(open(path, 'rb').read()[:200])"
    ),
    "writes outside": partial(
        attack, "from pathlib import Path\n(Path.home() / 'was_here').touch()\nPath('../../../was_here').touch()"
    ),
    "fork bomb": partial(attack, "import os\nwhile True:\n    os.fork()"),
    "forged outputs": forged_outputs,
    "scripts in texts": scripts_in_texts,
}
