"""All that a learner reads, in the order of reading, with file and line: texts, and what code shows or says."""

import functools
import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

from autograder.checks import registry
from autograder.questions import Term, load_questions
from autograder.source import SOLUTIONS, find_term, sources
from autograder.spec import Exercise

LINK = re.compile(r"\[([^\]\[]+)\]\(glossary\)")
NO_WORDS = re.compile(r"\$\$.*?\$\$|```.*?```|<!--.*?-->|\$[^$\n]*\$|`[^`\n]*`|\]\((?!glossary)[^)]*\)", re.DOTALL)


class Passage(NamedTuple):
    """A line of a lesson's script. cell: its number in the script. kind: "text", "heading" or "code"."""

    lesson: str
    path: Path
    line: int
    cell: int
    kind: str
    text: str

    @property
    def where(self) -> str:
        path = self.path.relative_to(SOLUTIONS.parent) if self.path.is_relative_to(SOLUTIONS) else self.path
        return f"{path}:{self.line}"


def passages(paths: list[Path] | None = None) -> list[Passage]:
    """Every line with words, lesson by lesson; mathematics, names in code and comments for the build left out."""
    return [passage for path in paths or sources() for passage in _of_script(path)]


def _of_script(path: Path) -> list[Passage]:
    rows, cell, markdown, number = path.read_text(encoding="utf-8").splitlines(), -1, False, []
    texts, code = [], []
    for row in rows:
        if row.startswith("# %%"):
            cell, markdown, row = cell + 1, "[markdown]" in row, ""
        texts.append(re.sub(r"^# ?", "", row) if markdown else "")
        code.append("" if markdown else row)
        number.append(cell)
    said = _said("\n".join(code), len(rows))
    texts = NO_WORDS.sub(_blank, "\n".join(texts)).split("\n")
    found = []
    for k in range(len(rows)):
        kind, text = ("code", said[k]) if said[k] else ("heading" if texts[k].startswith("#") else "text", texts[k])
        if text.strip():
            found.append(Passage(path.parent.name, path, k + 1, number[k], kind, text))
    return found


def _said(code: str, rows: int) -> list[str]:
    """What each line of the code says in words: texts and comments of three words and more."""
    said = [""] * rows
    for token in tokenize.generate_tokens(io.StringIO(code + "\n").readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("STRING", "COMMENT", "FSTRING_MIDDLE") and len(re.findall(r"[a-z]{2,}", token.string)) >= 3:
            for k, part in enumerate(re.sub(r"`[^`\n]*`", " ", token.string).split("\n")):
                said[token.start[0] - 1 + k] += f" {part}"
    return said


def _blank(found: re.Match) -> str:
    """Nothing, in as many lines."""
    return re.sub(r"[^\n]", " ", found.group())


@functools.cache
def _pattern(term: Term) -> re.Pattern:
    spellings = "|".join(re.escape(spelling) for spelling in sorted((term.name, *term.also), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{spellings})(?:s|es)?(?![\w-])", re.IGNORECASE)


@functools.cache
def _longer(term: Term, terms: tuple[Term, ...]) -> list[re.Pattern]:
    """The names that hold this one: "hidden state" is no use of "state"."""
    names = [other.name for other in terms if other != term and _pattern(term).search(other.name)]
    return [re.compile(re.escape(name), re.IGNORECASE) for name in names]


def uses(term: Term, text: str, terms: tuple[Term, ...] = ()) -> bool:
    """Whether the text uses a term, in any of its spellings, and not only within a longer one of `terms`."""
    if not _pattern(term).search(text):
        return False
    for longer in _longer(term, terms):
        text = longer.sub(" ", text)
    return bool(_pattern(term).search(text))


def too_early(term: Term, read: list[Passage], terms: tuple[Term, ...]) -> tuple[str, list[str]]:
    """The lesson whose text links the term first, "" for none, and the places that use it before that link.

    A heading may name what its own cell explains, and code may show what the cell after it explains.
    """
    early: list[Passage] = []
    for passage in read:
        links = [match for match in LINK.finditer(passage.text) if find_term(match[1], list(terms)) == term]
        before = passage.text[: links[0].start()] if links else passage.text
        if uses(term, before, terms):
            early.append(passage)
        if links and passage.kind != "code":
            reach = {"heading": 0, "code": 1, "text": -1}
            kept = [p for p in early if p.path != passage.path or passage.cell - p.cell > reach[p.kind]]
            return passage.lesson, [f"{p.where}: {p.text.strip()}" for p in kept]
    return "", [f"{p.where}: {p.text.strip()}" for p in early]


def beside() -> list[tuple[str, str, str]]:
    """Lesson, name and words of what stands beside the lessons: recall questions, hints, checks, model answers."""
    found = [
        (asked.lesson, f"recall.toml, {asked.id}", " ".join((asked.text, *asked.choices, asked.why)))
        for asked in load_questions().values()
    ]
    for item in registry():
        if isinstance(item, Exercise):
            words = [*item.hints, item.explain, *(check.title for check in item.checks)]
            words += [part for mistake in item.mistakes for part in (mistake.name, mistake.words)]
        else:
            words = [item.model, *item.rubric]
        found.append((registry().lesson_of[item.id], f"exercise {item.id}", re.sub(r"`[^`]*`", " ", " ".join(words))))
    return found
