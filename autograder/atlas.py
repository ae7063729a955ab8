"""The lessons as a map: which notebook holds which exercise, how long it takes, and where a term is explained.

All of it is read from the built notebooks: the map shows what a learner opens, and nothing else.
"""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.checks import registry
from autograder.questions import ROOT, Term

LESSONS = ROOT / "lessons"


@dataclass(frozen=True)
class Place:
    """An exercise or a question in words: its id, its heading, and the cell that has this heading."""

    id: str
    title: str
    cell: str


@dataclass(frozen=True)
class Page:
    """A notebook. path: within the lessons, with slashes. time: as its first cell says it, such as "3 hours"."""

    path: str
    title: str
    time: str
    places: tuple[Place, ...]

    @property
    def lesson(self) -> str:
        return self.path.partition("/")[0]


@functools.cache
def pages(folder: Path = LESSONS) -> tuple[Page, ...]:
    """Every notebook of every lesson, in reading order."""
    order = {id: number for number, id in enumerate(registry().items)}
    found = [_page(path) for path in sorted(folder.glob("[0-9][0-9]_*/*.ipynb"))]

    def place(page: Page) -> tuple[str, int, str]:
        return page.lesson, order.get(page.places[0].id, 0) if page.places else 0, page.path

    return tuple(sorted(found, key=place))


def number(lesson: str) -> str:
    """The number of a lesson as a reader says it: 4 for 04_vanishing_gradients."""
    return lesson[:2].lstrip("0") or "0"


def explained_at(terms: list[Term], folder: Path = LESSONS) -> dict[str, str]:
    """Name of a term -> the place that explains it, as a link from within `folder`."""
    found: dict[str, str] = {}
    anchors = {term.anchor: term.name for term in terms}
    for page in pages(folder):
        for cell in _cells(folder / page.path):
            for anchor in re.findall(r"\]\(\.\./glossary\.ipynb#([^\s)]+)", "".join(cell["source"])):
                found.setdefault(anchors.get(anchor, anchor), f"{page.path}#cell-id={cell['id']}")
    return found


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _page(path: Path) -> Page:
    cells = _cells(path)
    opening = "".join(cells[0]["source"])
    title = re.search(r"^# (.+)$", opening, re.MULTILINE)
    time = re.search(r"\b[Aa]bout ([\w -]+? (?:hours?|minutes))\b", opening)
    return Page(
        path=f"{path.parent.name}/{path.name}",
        title=title[1] if title else path.stem,
        time=time[1] if time else "",
        places=tuple(_places(cells)),
    )


def _places(cells: list[dict]) -> Iterator[Place]:
    """The cells in which a learner writes, each with the heading of its exercise."""
    heading = headed = ""
    for cell in cells:
        source, marks = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            id = marks["grade_id"]
            id = id.removesuffix("-code") if id.removesuffix("-code") in registry().items else id
            yield Place(id, heading.replace("`", "") or id, headed or cell["id"])
        elif headings := re.findall(r"^#+ (Exercise .+)$", source, re.MULTILINE):
            heading, headed = headings[-1], cell["id"]
