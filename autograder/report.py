"""How a result reads: as text in a terminal, as a card in a notebook (light and dark, no script).

A card is plain HTML with inline style, because it is also shown in the grader's feedback pages: JupyterLab's colours
where they are known, light ones elsewhere. Every verdict is a word and a shape as well as a colour.
"""

import html
import re
import textwrap
from collections.abc import Iterable

import numpy as np

from autograder.spec import Exercise
from autograder.verdict import Result, Verdict

STRESSED = re.compile(r"(?<![\w*])\*(\w(?:[^*\n]*\w)?)\*(?![\w*])")
LADDER = (
    "Take the smallest case: one sequence, one step, one unit. Work it out by hand and compare.",
    "Print the intermediate values and give each a shape and a range that it must have.",
    "Make one thing zero at a time (the state, the input, the bias): which term is then wrong?",
    "Use sizes that all differ. Two equal sizes hide a transposed product.",
    "Only the first step right? Look at what is carried on. Only the last? Look at where the loop starts.",
)
LINE = "1px solid var(--jp-border-color1,#bdbdbd)"
CARD = (
    "box-sizing:border-box;max-width:760px;margin:6px 0;padding:4px 18px;"
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:14px;line-height:1.5;overflow-wrap:anywhere;"
    "color:var(--jp-ui-font-color0,#1a1a1a);background:var(--jp-layout-color1,#fff);"
    f"border:{LINE};border-left:5px solid {{edge}};border-radius:5px"
)
PRE = (
    "margin:0;padding:0;border:0;white-space:pre-wrap;word-break:normal;overflow-wrap:break-word;"
    "font:13px/1.5 var(--jp-code-font-family,monospace);color:inherit;background:none"
)
PASSED, PARTLY, FAILED, NEUTRAL = "#009E73", "#E69F00", "#D55E00", "#0072B2"  # Okabe-Ito; the words say it too
GOOD = "✓", "color:#fff;background:#00694c;border-radius:50%"
BAD = "✗", "color:#fff;background:#a63f00;border-radius:3px"
OPEN = "○", "font-size:26px"
MARKS = {  # word -> sign, and the sign's colours and corners
    "passed": GOOD,
    "right": GOOD,
    "failed": BAD,
    "wrong": BAD,
    "to do": OPEN,
    "open": OPEN,
}


class Shown:
    """Something that a notebook shows as a card and a terminal as text."""

    def __init__(self, text: str, html: str):
        self.text, self.html = text, html

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def points(value: float) -> str:
    """2 or 1.33."""
    return f"{round(value, 2):g}"


def score(got: float, most: float) -> str:
    """1.33 of 2 points."""
    return f"{points(got)} of {points(most)} point{'' if most == 1 else 's'}"


def as_text(result: Result) -> str:
    """The result for a terminal."""
    lines = [f"{result.exercise.id}: {score(result.points, result.exercise.points)}"]
    for verdict in result.verdicts:
        lines.append(f"  {'pass' if verdict.passed else 'FAIL'}  {verdict.title}")
        lines += _wrapped(verdict.words, 8)
    if result.mistake:
        lines += [f"  This looks like: {result.mistake.name}.", *_wrapped(result.mistake.words, 8)]
    for note in result.notes:
        lines += _wrapped(note, 2)
    return "\n".join(lines)


def _wrapped(text: str, indent: int) -> list[str]:
    margin = " " * indent
    wide = {"initial_indent": margin, "subsequent_indent": margin, "break_on_hyphens": False}
    return [line for part in text.splitlines() for line in textwrap.wrap(part, 110, **wide)]


def as_html(result: Result) -> str:
    """The result as a card: every check with its verdict, the mistake by name, then hints that open one by one."""
    exercise, verdicts = result.exercise, result.verdicts
    edge = PASSED if result.passed else PARTLY if result.points else FAILED
    same = len(verdicts) > 1 and not result.points and len({verdict.words for verdict in verdicts}) == 1
    if same and verdicts[0].kind in ("missing", "unfinished"):
        edge = NEUTRAL
    sections = [title(exercise.id, score(result.points, exercise.points))]
    once = f'<div style="margin-bottom:8px">{said(verdicts[0])}</div>' if same else ""
    sections.append(section(once + marked_list(line(verdict, words=not same) for verdict in verdicts)))
    if result.mistake:
        named = f"<b>This looks like: {escape(result.mistake.name)}.</b>"
        sections.append(section(f"<div>{named}</div>{in_code(result.mistake.words)}"))
    sections += [section(f'<div style="white-space:pre-wrap">{in_code(note)}</div>') for note in result.notes]
    if not result.passed:
        shapes_agree = any(not (v.passed or v.kind or "expected shape" in v.words) for v in verdicts)
        sections.append(section(way_on(exercise, shapes_agree)))
    return card("".join(sections), edge)


def line(verdict: Verdict, words: bool = True) -> str:
    """One check: its verdict, its title, and beneath them what went wrong."""
    word = "passed" if verdict.passed else "to do" if verdict.kind in ("missing", "unfinished") else "failed"
    below = f"<div>{said(verdict)}</div>" if words and verdict.words else ""
    below += picture(verdict.picture) if verdict.picture is not None else ""
    heading = f"<b>{escape(verdict.title)}</b>" if below else escape(verdict.title)
    return marked(word, f"<div>{heading}</div>{below}")


def said(verdict: Verdict) -> str:
    """The words of a verdict; after an exception the student's own line stands by itself."""
    words = in_code(verdict.words)
    return words.replace(" In your ", "<br>In your ") if verdict.kind else words


def way_on(exercise: Exercise, shapes_agree: bool = True) -> str:
    """Hints, each inside the one before it; then a ladder, and in the end how to see the solution."""
    rest = (
        f"<div>Still stuck? Run <code>solution(&quot;{escape(exercise.id)}&quot;)</code> in a new cell. "
        "It is noted as seen; come back to it in a day.</div>"
    )
    if shapes_agree:
        steps = "".join(f"<li>{escape(step)}</li>" for step in LADDER)
        rest = details("Shapes agree, values do not: a ladder", f'<ol style="margin:0 0 6px">{steps}</ol>{rest}')
    for k in range(len(exercise.hints), 0, -1):
        words = f'<div style="margin:0 0 6px 1.15em">{in_code(exercise.hints[k - 1])}</div>'
        rest = details(f"Hint {k} of {len(exercise.hints)}", words + rest)
    return rest


def picture(error: np.ndarray) -> str:
    """Where an answer parts from the reference: a grid of squares, filled where it is wrong.

    Of three axes the last is folded: rows are sequences, columns are steps.
    """
    folded = error.max(axis=-1) if error.ndim == 3 else error
    if folded.ndim != 2 or folded.size > 1200 or not (folded <= 1e-6).any() or folded.size < 4:
        return ""  # all wrong, or too many to see: a picture says nothing more
    wrong = folded > 1e-6
    (rows, columns), side, left, top = folded.shape, 18, 26, 18
    names = ("sequence", "step") if error.ndim == 3 else ("row", "column")
    squares = "".join(
        f'<rect x="{left + c * side}" y="{top + r * side}" width="{side - 3}" height="{side - 3}" rx="2" '
        f'fill="{FAILED if wrong[r, c] else "none"}" stroke="currentColor" stroke-width=".75"/>'
        for r in range(rows)
        for c in range(columns)
    )
    every = 1 if columns <= 40 else 10
    numbers = "".join(
        f'<text x="{left + (c + 0.42) * side}" y="{top - 5}" text-anchor="middle">{c}</text>'
        for c in range(0, columns, every)
    ) + "".join(f'<text x="{left - 6}" y="{top + (r + 0.65) * side}" text-anchor="end">{r}</text>' for r in range(rows))
    words = f"{int(wrong.sum())} of {wrong.size} squares are wrong; rows: {names[0]}, columns: {names[1]}"
    width, height = left + columns * side, top + rows * side
    return (
        f'<svg role="img" aria-label="{words}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="display:block;max-width:100%;height:auto;margin:8px 0 2px;font-size:11px" fill="currentColor">'
        f"{squares}{numbers}</svg><div>{words} (filled: wrong).</div>"
    )


def card(inside: str, edge: str = NEUTRAL) -> str:
    """The frame of a card around its sections."""
    return f'<div style="{CARD.format(edge=edge)}">{inside}</div>'


def title(left: str, right: str = "") -> str:
    """The first section of a card: what it is about, and on the right the points."""
    style = "display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 24px;padding:7px 0;font-weight:600"
    return f'<div style="{style}"><div>{escape(left)}</div><div>{escape(right)}</div></div>'


def section(inside: str) -> str:
    """A further section of a card, below a line."""
    return f'<div style="padding:8px 0;border-top:{LINE}">{inside}</div>'


def labelled(name: str, inside: str) -> str:
    """A name with what it stands for beside it, or beneath it where there is little room."""
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:0 16px">'
        f'<div style="flex:0 0 96px;font-weight:600">{escape(name)}</div>'
        f'<div style="flex:1 1 220px">{inside}</div></div>'
    )


def marked(word: str, inside: str) -> str:
    """A line of a list that begins with a verdict: its sign (one of MARKS) and its word."""
    sign, style = MARKS[word]
    place = "display:inline-block;vertical-align:middle;width:18px;height:18px;margin:0 3px 2px 0;text-align:center"
    mark = f'<span style="{place};font:bold 12px/18px sans-serif;{style}">{sign}</span> {word}'
    return (
        '<li style="display:flex;gap:10px;margin:5px 0">'
        f'<div style="flex:0 0 76px;white-space:nowrap">{mark}</div><div style="min-width:0">{inside}</div></li>'
    )


def marked_list(lines: Iterable[str]) -> str:
    """The list around `marked` lines."""
    return f'<ul style="list-style:none;margin:0;padding:0">{"".join(lines)}</ul>'


def details(summary: str, inside: str) -> str:
    """Text that opens on a click, or with Enter when it has the focus."""
    style = "display:list-item;cursor:pointer;padding:3px 0"  # some pages take the triangle away
    return f'<details><summary style="{style}">{escape(summary)}</summary>{inside}</details>'


def escape(text: object) -> str:
    return html.escape(str(text))


def in_code(text: str) -> str:
    """Escaped text in which what stands between backticks is set as code, and a word between stars with stress."""
    pieces = escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if k % 2 else STRESSED.sub(r"<em>\1</em>", piece) for k, piece in enumerate(pieces)
    )
