"""The real lessons: each exercise once, in reading order, at a cell that is there; each term at its place."""

import json
import re

import pytest

from autograder import atlas
from autograder.atlas import LESSONS, explained_at, pages
from autograder.checks import registry
from autograder.questions import load_terms
from autograder.source import sources


def cells_of(path: str) -> dict[str, str]:
    cells = json.loads((LESSONS / path).read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def test_every_exercise_stands_once_and_in_order():
    assert [place.id for page in pages() for place in page.places] == list(registry().items)
    assert [page.path for page in pages()] == [f"{path.parent.name}/{path.stem}.ipynb" for path in sources()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path)
def test_a_page_has_title_time_and_cells(page):
    cells = cells_of(page.path)
    assert page.title in next(iter(cells.values())) and re.search(r"hour|minutes", page.time)
    for place in page.places:
        assert re.fullmatch(r"Exercise \d+\.\d+.*: .+", place.title), place
        assert f"## {place.title}\n" in cells[place.cell].replace("`", ""), place


def test_a_term_leads_to_the_first_cell_that_links_it():
    places = explained_at(load_terms())
    assert set(places) == {term.name for term in load_terms()}
    for term in load_terms():
        path, cell = places[term.name].split("#cell-id=")
        assert f"](../glossary.ipynb#{term.anchor} " in cells_of(path)[cell]
        assert path.startswith(term.lesson)


def test_the_number_of_a_lesson():
    assert [atlas.number(lesson) for lesson in ("00_before", "04_vanishing", "12_x")] == ["0", "4", "12"]


def test_where_there_are_no_lessons(tmp_path):
    assert pages(tmp_path) == () and explained_at([], tmp_path) == {}
