"""A term is explained, with a link, where a learner first meets it, in this lesson or an earlier one."""

import re

import jupytext
import pytest

from autograder.questions import Term, load_questions, load_terms
from autograder.source import find_term, sources

TERMS = load_terms()
LINK = re.compile(r"\[([^\]\[]+)\]\(glossary\)")


def texts() -> list[tuple[str, str, str]]:
    """Lesson, place and text of each markdown cell, in the order of reading, without code and mathematics."""
    found = []
    for path in sources():
        script = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
        for number, cell in enumerate(script.cells):
            if cell.cell_type == "markdown":
                text = re.sub(r"\$\$.*?\$\$|```.*?```|<!--.*?-->", " ", cell.source, flags=re.DOTALL)
                text = re.sub(r"\$[^$]*\$|`[^`]*`|\]\((?!glossary)[^)]*\)", " ", text)
                found.append((path.parent.name, f"{path.stem}, cell {number}", text))
    return found


TEXTS = texts()


def uses(term: Term, text: str) -> re.Match | None:
    """Where the text uses a term, in any of its spellings."""
    spellings = "|".join(re.escape(spelling) for spelling in sorted((term.name, *term.also), key=len, reverse=True))
    return re.search(rf"(?<![\w-])(?:{spellings})(?:s|es)?(?![\w-])", text, re.IGNORECASE)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_explained_before_it_is_used(term: Term):
    for lesson, where, text in TEXTS:
        links = [match[1] for match in LINK.finditer(text) if find_term(match[1], TERMS) is term]
        if links:
            assert lesson == term.lesson, f"first explained in {lesson}, and the glossary says {term.lesson}"
            return
        longer = [other for other in TERMS if other is not term and uses(term, other.name)]
        for other in longer:  # "hidden state" is no use of "state"
            text = re.sub(re.escape(other.name), " ", text, flags=re.IGNORECASE)
        assert not uses(term, text), f"{term.name!r} is used in {lesson} ({where}) before it is explained"
    pytest.fail(f"{term.name!r} is explained in no lesson")


def test_terms_and_questions_are_well_formed():
    names = [term.name for term in TERMS]
    assert len(names) == len(set(names)) >= 40
    assert all(len(question.choices) >= 3 for question in load_questions().values())


def test_a_term_used_too_early_is_seen():
    term = Term("hidden state", "02_x", "…", ("state",))
    assert uses(term, "the states of a cell") and uses(term, "Hidden state.")
    assert not uses(term, "a statement") and not uses(term, "steady-state")
