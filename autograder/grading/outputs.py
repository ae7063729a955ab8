"""What students' cells showed, as it may stand in a notebook that an instructor opens in a browser."""

import re
from collections.abc import Iterable, Mapping, Sequence

import nbformat
from nbformat import NotebookNode

from autograder.grading.gradebook import grade_id
from autograder.grading.one_notebook import UNSAFE, Graded, plain
from autograder.grading.pages import clean_output
from autograder.report import NEUTRAL, card, in_code, marked_list, score, section, title

RICH = {  # a page escapes formulas, cleans Markdown, and takes a drawing for a picture, in which nothing runs or loads
    "text/html": clean_output,
    "text/latex": str,
    "text/markdown": str,
    "image/svg+xml": str,
}
LONGEST = 2**20  # characters of one of these; its plain text stays
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def shown(outputs: Iterable[Mapping], count: int | None = None, rich: bool = False) -> list[NotebookNode]:
    """Outputs that came from a student's process, made anew: nothing that runs or loads, nor that nbformat refuses.

    count: the number of the cell, which its result bears. rich: with tables, formulas and drawings, too.
    """
    made = []
    for came in outputs:
        output = plain(came)
        data = (output or {}).get("data", {})
        pictures = [text for kind, text in data.items() if kind.startswith("image/")]
        if output is None or not all(map(BASE64.fullmatch, pictures)):  # a page holds a picture between quotes
            continue
        if rich and "data" in output:
            data |= {kind: RICH[kind](came["data"][kind]) for kind in RICH if _is_text(came["data"].get(kind))}
        if output["output_type"] == "execute_result":
            output["execution_count"] = count
        output = nbformat.from_dict(output)
        try:
            nbformat.validate(output, ref="output", version=4)
        except nbformat.ValidationError:
            continue
        made.append(output)
    return made


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def display(html: str, text: str) -> NotebookNode:
    """An output of the grader's own; nbgrader's rule, which reads points from a result, passes it by."""
    data = {"text/html": html, "text/plain": text}
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})


def note(heading: str, lines: Iterable[str]) -> str:
    """A card with these lines."""
    return card(title(heading) + section(marked_list(f"<li>{in_code(line)}</li>" for line in lines)), NEUTRAL)


def put_note(notebook: NotebookNode, heading: str, lines: Sequence[str]) -> None:
    """Show a card above what the first code cell shows: the formgrader and the feedback page have no other place."""
    first = next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
    if first is not None:
        first.outputs.insert(0, display(note(heading, lines), "\n".join([heading, *lines])))


def outputs_for(cells: Sequence[NotebookNode], submitted: Sequence[NotebookNode], outputs: Sequence) -> list:
    """The outputs of each cell, which are told for the submitted cells; None for a cell that was not submitted.

    nbgrader has put missing cells back and written locked ones anew, but kept the order.
    """
    matched, number = [], 0
    for cell in cells:
        other = submitted[number] if number < len(submitted) else None
        same = other is not None and (cell.source == other.source or grade_id(cell) == grade_id(other) is not None)
        matched.append(outputs[number] if same and number < len(outputs) else None)
        number += same
    return matched


def put_results(notebook: NotebookNode, submitted: Sequence[NotebookNode], graded: Graded) -> None:
    """Put what the grader's cells showed into a notebook, and the card of each exercise below its check.

    submitted: the cells as they were handed in, whose outputs the grader tells.
    """
    rows, count = {row["id"]: row for row in graded.exercises}, 0
    for cell, came in zip(notebook.cells, outputs_for(notebook.cells, submitted, graded.outputs), strict=True):
        if cell.cell_type == "code":
            count += came is not None
            cell.outputs, cell.execution_count = shown(came or (), count), None if came is None else count
            row = rows.get(grade_id(cell))
            if row:
                text = f"{row['id']}: {score(row['points'], row['max'])}"
                cell.outputs = [display(graded.cards.get(row["id"], ""), text)]
    if graded.notes:
        put_note(notebook, "Notes of the grader", graded.notes)
    if graded.rung == "E":
        put_note(notebook, "Graded without a sandbox", [UNSAFE])
    notebook.metadata.pop("widgets", None)  # a page would load what a student put there
    notebook.metadata["rnn_course_graded"] = {"verified": True, "rung": graded.rung}
