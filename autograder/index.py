"""The notebooks beside the lessons: the index, where a learner starts, and the glossary."""

from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.atlas import Page, explained_at, number, pages
from autograder.checks import registry
from autograder.questions import Term
from autograder.report import points
from autograder.source import KERNEL, SOLUTIONS, glossary_notebook


def write_front(lessons: Path, terms: list[Term], solutions: Path = SOLUTIONS) -> None:
    """Write glossary and index into the folder of the built lessons, which they link to."""
    places, script = explained_at(terms, lessons), solutions / "index.py"
    nbformat.write(glossary_notebook(terms, places), lessons / "glossary.ipynb")
    if script.exists():
        nbformat.write(index_notebook(script, pages(lessons), terms, places), lessons / "index.ipynb")


def index_notebook(script: Path, found: tuple[Page, ...], terms: list[Term], places: dict[str, str]) -> NotebookNode:
    """The index from its script, with `<!-- lessons -->` and `<!-- terms -->` filled in."""
    lists = {"<!-- lessons -->": lesson_table(found), "<!-- terms -->": term_list(terms, places)}
    cells = []
    for k, cell in enumerate(jupytext.reads(script.read_text(encoding="utf-8"), fmt="py:percent").cells):
        source = cell.source
        for mark, text in lists.items():
            source = source.replace(mark, text)
        make = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
        cells.append(make(source, id=f"cell-{k:03d}"))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})


def lesson_table(found: tuple[Page, ...]) -> str:
    """Every notebook in a line: lesson, link, time, exercises and points."""
    lines = ["| lesson | notebook | time | exercises | points |", "|---|---|---|---|---|"]
    for page in found:
        known = [registry()[place.id] for place in page.places]
        total = points(sum(item.points for item in known))
        link = f"[{page.title}]({page.path})"
        time = f"about {page.time}" if page.time else ""
        lines.append(f"| {number(page.lesson)} | {link} | {time} | {len(known)} | {total} |")
    return "\n".join(lines)


def term_list(terms: list[Term], places: dict[str, str]) -> str:
    """The terms of each lesson in the order of the alphabet, each a link to the place that explains it."""
    lessons = sorted({term.lesson for term in terms})
    lines = []
    for lesson in lessons:
        own = sorted((term for term in terms if term.lesson == lesson), key=lambda term: term.name.lower())
        links = [f'[{term.name}]({places[term.name]} "{_quoted(term.text)}")' for term in own if term.name in places]
        lines.append(f"**Lesson {number(lesson)}:** {', '.join(links)}.")
    return "\n\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace('"', "'")
