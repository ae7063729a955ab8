"""How a result reads: as text in a terminal, as a card in a notebook (light and dark, no script)."""

import html

import numpy as np

from autograder.spec import Exercise
from autograder.verdict import Result

LADDER = (
    "Take the smallest case: one sequence, one step, one unit. Work it out by hand and compare.",
    "Print the intermediate values and give each a shape and a range that it must have.",
    "Make one thing zero at a time (the state, the input, the bias): which term is then wrong?",
    "Use sizes that all differ. Two equal sizes hide a transposed product.",
    "Only the first step right? Look at what is carried on. Only the last? Look at where the loop starts.",
)
CARD = (
    "font-family:var(--jp-ui-font-family,sans-serif);font-size:14px;line-height:1.5;max-width:760px;"
    "color:var(--jp-ui-font-color1,#1f1f1f);background:var(--jp-layout-color1,#fff);"
    "border:1px solid var(--jp-border-color1,#bbb);border-left:6px solid {edge};"
    "border-radius:4px;padding:8px 14px;margin:4px 0"
)
PASSED, PARTLY, FAILED = "#009E73", "#E69F00", "#D55E00"  # Okabe-Ito; the words say it too


def points(value: float) -> str:
    """2 or 1.33."""
    return f"{value:g}"


def as_text(result: Result) -> str:
    """The result for a terminal."""
    lines = [f"{result.exercise.id}: {points(result.points)} of {points(result.exercise.points)} points"]
    for verdict in result.verdicts:
        lines.append(f"  {'pass' if verdict.passed else 'FAIL'}  {verdict.title}")
        if verdict.words:
            lines.append(f"        {verdict.words}")
    if result.mistake:
        lines += [f"  This looks like: {result.mistake.name}.", f"        {result.mistake.words}"]
    return "\n".join(lines + [f"  {note}" for note in result.notes])


def as_html(result: Result) -> str:
    """The result as a card: every check with its verdict, the mistake by name, then hints that open one by one."""
    exercise = result.exercise
    edge = PASSED if result.passed else PARTLY if result.points else FAILED
    head = f"<b>{escape(exercise.id)}</b>: {points(result.points)} of {points(exercise.points)} points"
    parts = [
        f"<div>{head}{' ✓' if result.passed else ''}</div>",
        '<ul style="list-style:none;padding-left:0;margin:6px 0">',
    ]
    for verdict in result.verdicts:
        mark = "✓ passed" if verdict.passed else "✗ failed"
        parts.append(f'<li style="margin:2px 0"><b>{mark}</b> · {escape(verdict.title)}')
        if verdict.words:
            parts.append(f'<div style="margin-left:1.4em">{in_code(verdict.words)}</div>')
        if verdict.picture is not None:
            parts.append(f'<div style="margin-left:1.4em">{picture(verdict.picture)}</div>')
        parts.append("</li>")
    parts.append("</ul>")
    if result.mistake:
        parts.append(
            f'<div style="margin:6px 0"><b>This looks like: {escape(result.mistake.name)}.</b> '
            f"{in_code(result.mistake.words)}</div>"
        )
    parts += [f'<div style="margin:6px 0">{in_code(note)}</div>' for note in result.notes]
    if not result.passed:
        parts.append(way_on(exercise, shapes_agree=any("expected shape" not in v.words for v in result.verdicts)))
    return card("".join(parts), edge)


def way_on(exercise: Exercise, shapes_agree: bool = True) -> str:
    """Hints, each inside the one before it; then a ladder, and in the end how to see the solution."""
    rest = (
        f"<div>Still stuck? Run <code>solution(&quot;{escape(exercise.id)}&quot;)</code> in a new cell. "
        "It is noted as seen; come back to it in a day.</div>"
    )
    if shapes_agree:
        steps = "".join(f"<li>{escape(step)}</li>" for step in LADDER)
        rest = details("Shapes agree, values do not: a ladder", f"<ol>{steps}</ol>{rest}")
    for k in range(len(exercise.hints), 0, -1):
        rest = details(f"Hint {k} of {len(exercise.hints)}", f"<div>{in_code(exercise.hints[k - 1])}</div>{rest}")
    return rest


def picture(error: np.ndarray) -> str:
    """Where an answer parts from the reference: a grid of squares, dark where it is wrong.

    Of three axes the last is folded: rows are sequences, columns are steps.
    """
    folded = error.max(axis=-1) if error.ndim == 3 else error
    wrong = folded > 0 if folded.ndim == 2 else None
    if wrong is None or folded.size > 1200 or not (folded <= 1e-6).any() or folded.size < 4:
        return ""  # all wrong, or too many to see: a picture says nothing more
    wrong = folded > 1e-6
    rows, columns = folded.shape
    names = ("sequence", "step") if error.ndim == 3 else ("row", "column")
    side = 14
    squares = "".join(
        f'<rect x="{c * side + 1}" y="{r * side + 1}" width="{side - 2}" height="{side - 2}" '
        f'fill="{FAILED if wrong[r, c] else "none"}" stroke="currentColor" stroke-width="0.6"/>'
        for r in range(rows)
        for c in range(columns)
    )
    words = f"{int(wrong.sum())} of {wrong.size} squares are wrong; rows: {names[0]}, columns: {names[1]}"
    return (
        f'<svg role="img" aria-label="{words}" width="{columns * side}" height="{rows * side}" '
        f'style="display:block;margin:4px 0">{squares}</svg><small>{words} (filled: wrong).</small>'
    )


def card(inside: str, edge: str = "#0072B2") -> str:
    return f'<div style="{CARD.format(edge=edge)}">{inside}</div>'


def details(summary: str, inside: str) -> str:
    style = "cursor:pointer;margin:4px 0"
    return f'<details style="margin-left:.4em"><summary style="{style}">{escape(summary)}</summary>{inside}</details>'


def escape(text: object) -> str:
    return html.escape(str(text))


def in_code(text: str) -> str:
    """Escaped text in which what stands between backticks is set as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if k % 2 else piece for k, piece in enumerate(pieces))
