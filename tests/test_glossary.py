"""A term is explained, with a link, where a learner first meets it, in this lesson or an earlier one."""

from pathlib import Path

import pytest

from autograder.questions import Term, load_questions, load_terms
from tests.passages import beside, passages, too_early, uses

TERMS = tuple(load_terms())
READ = passages()
BESIDE = beside()


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_explained_before_it_is_used(term: Term):
    lesson, early = too_early(term, READ, TERMS)
    assert lesson, f"{term.name!r} is explained in no lesson"
    assert lesson == term.lesson, f"first explained in {lesson}, and the glossary says {term.lesson}"
    assert not early, f"{term.name!r} is used before it is explained:\n" + "\n".join(early)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_questions_hints_and_meanings_use_no_term_of_a_later_lesson(term: Term):
    meanings = [(other.lesson, f"glossary.toml, {other.name}", other.text) for other in TERMS if other is not term]
    for lesson, where, text in BESIDE + meanings:
        if lesson < term.lesson:
            assert not uses(term, text, TERMS), f"{term.name!r}, of {term.lesson}, is used in {where}"


def test_terms_and_questions_are_well_formed():
    names = [term.name for term in TERMS]
    assert len(names) == len(set(names)) >= 40
    assert all(len(question.choices) >= 3 for question in load_questions().values())


def test_a_term_used_too_early_is_seen():
    term = Term("hidden state", "02_x", "…", ("state",))
    assert uses(term, "the states of a cell") and uses(term, "Hidden state.")
    assert not uses(term, "a statement") and not uses(term, "steady-state")
    longer = (term, Term("cell state", "06_x", "…"))
    assert not uses(term, "a cell state", longer) and uses(term, "a cell state and a state", longer)


SCRIPT = """# %% [markdown]
# # A title
#
# The gate of a garden, and $gate$ and `gate`.

# %% show
print("a gate that is printed")

# %% [markdown]
# ## The gate
#
# A share that is computed is a [gate](glossary). Then gates may be named.

# %% show
print("the gate again")
"""


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("The gate of a garden", "The door of a garden", []),
        ("", "", [4]),
        ('print("a gate that', '"""Three words here\nand one gate more."""  # ', [4]),
        ("# ## The gate\n#\n# A share", "# ## The gate\n#\n# The gate first: a share", [4, 12]),
        ("# %% [markdown]\n# ## The gate", "# %% [markdown]\n# More text.\n\n# %% [markdown]\n# ## The gate", [4, 7]),
    ],
)
def test_each_early_use_is_told_by_file_and_line(tmp_path: Path, before: str, after: str, found: list[int]):
    """In a text, in what code says, and before the link within the same cell; not in mathematics or code's names."""
    path = tmp_path / "05_x" / "x.py"
    path.parent.mkdir()
    path.write_text(SCRIPT.replace(before, after, 1), encoding="utf-8")
    term = Term("gate", "05_x", "…")
    lesson, early = too_early(term, passages([path]), (term,))
    assert lesson == "05_x" and [line.split(": ")[0] for line in early] == [f"{path}:{line}" for line in found]


def test_a_term_that_no_text_links_is_told(tmp_path: Path):
    path = tmp_path / "x.py"
    path.write_text(SCRIPT.replace("](glossary)", "](elsewhere)"), encoding="utf-8")
    assert too_early(Term("gate", "05_x", "…"), passages([path]), ())[0] == ""
