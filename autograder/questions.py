"""Texts that several lessons share: recall questions and the glossary, each from its one source file."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Question:
    """A recall question: choices are answered by letter; `why` is shown with the verdict."""

    id: str
    lesson: str
    text: str
    choices: list[str]
    answer: str
    why: str

    def __post_init__(self):
        if self.answer not in self.letters:
            raise ValueError(f"recall question {self.id}: expected one of {self.letters}, got {self.answer!r}")

    @property
    def letters(self) -> list[str]:
        return [chr(ord("a") + k) for k in range(len(self.choices))]

    def verdict(self, letter: str) -> tuple[str, str]:
        """What an answer is worth, right, wrong or open, and what is said to it."""
        if not letter:
            return "open", "not answered yet"
        if letter not in self.letters:
            return "open", f"expected one of {', '.join(self.letters)}, got {letter}"
        if letter == self.answer:
            return "right", f"right. {self.why}"
        return "wrong", f"no, it is {self.answer}. {self.why}"


@dataclass(frozen=True)
class Term:
    """A term of the glossary: `also` are other spellings, `lesson` where it is first explained."""

    name: str
    lesson: str
    text: str
    also: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        return self.name.replace(" ", "-")


@functools.cache
def load_questions() -> dict[str, Question]:
    """Every recall question by id."""
    rows = tomllib.loads((Path(__file__).parent / "recall.toml").read_text(encoding="utf-8")).get("question", [])
    questions = {row["id"]: Question(**row) for row in rows}
    if len(questions) != len(rows):
        raise ValueError("recall.toml: an id stands twice")
    return questions


def load_terms(path: Path = ROOT / "solutions" / "glossary.toml") -> list[Term]:
    """Every term of the glossary, in the order of the file."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("term", [])
    return [Term(**{**row, "also": tuple(row.get("also", ()))}) for row in rows]
