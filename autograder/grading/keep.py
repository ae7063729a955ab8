"""What grading keeps beside a course, in a folder that only its owner may read: the secret seed and the results.

A result is kept under what it follows from: the notebook's bytes, the version of the specification, and the seed. So
grading can be killed at any moment; a second run grades what is missing, and what has changed.
"""

import contextlib
import functools
import hashlib
import importlib
import json
import os
import secrets
import stat
import zlib
from pathlib import Path
from typing import Any

import autograder
from autograder.checks import registry
from autograder.database import Database, now
from autograder.grading.handed_in import BadNotebook, Source
from autograder.sandbox.course_files import PACKAGE

NAME, MARK, COURSES = ".rnn-course", "mark", "courses"
TABLE = """CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, at TEXT NOT NULL, lesson TEXT NOT NULL, notebook TEXT NOT NULL, data BLOB NOT NULL)"""
DECIDING = (  # on these depends every verdict, beside the checks themselves
    *("grading/one_notebook", "grading/ahead", "grading/foreseen", "verdict", "calling", "naming", "spec"),
    *("checks/predicting", "compare", "equality", "wording", "student", "wire", "arrays"),
)


def keep_for(path: Path) -> "Keep":
    """What is kept for the submissions below a path: in the nearest folder above that has some, else in the home."""
    folder = own_course(Path(path))
    return Keep((folder or Path.home()) / NAME)


def own_course(path: Path) -> Path | None:
    """The instructor's course at a path or above it. Raises: PermissionError for one that only looks like it."""
    for folder in above_submitted(path):
        if (folder / NAME).is_dir() and folder != Path.home():
            if not is_trusted(folder):
                raise PermissionError(
                    f"{folder} holds {NAME}, but this account has not made it. If it is your own course, run "
                    f"`rnn-course teach {folder}` once; if a student handed it in, grade the notebooks without it"
                )
            return folder
    return None


def trust(folder: Path) -> None:
    """Have a course known as the instructor's own, by a mark in it that nobody can guess, remembered in the home."""
    for place in (folder / NAME, Path.home() / NAME):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / NAME / MARK
    if not mark.exists():
        with open(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16))
    if not is_trusted(folder):
        with open(Path.home() / NAME / COURSES, "a", encoding="ascii") as file:
            file.write(_digest(mark.read_bytes()) + "\n")


def is_trusted(folder: Path) -> bool:
    """Whether `trust` has been called for this course; its place may have changed."""
    try:
        mark = Source(folder, (NAME, MARK)).read(100)
        return _digest(mark) in (Path.home() / NAME / COURSES).read_text(encoding="ascii").split()
    except (BadNotebook, OSError):
        return False


def _digest(mark: bytes) -> str:
    return hashlib.sha256(b"rnn-course " + mark).hexdigest()


def above_submitted(path: Path) -> list[Path]:
    """A path and the folders above it, nearest first, without submitted/ and what is below: that is students' own.

    A student can hand in a configuration, or results, and nothing there may be taken for the instructor's.
    """
    path = path.resolve()
    return [folder for folder in (path, *path.parents) if "submitted" not in folder.parts]


class Keep:
    """The secret seed and the results of one course. folder: made when it is first needed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.results = Database(folder / "results.sqlite", TABLE)

    @functools.cached_property
    def seed(self) -> int:
        """From which the hidden cases are drawn. Raises: PermissionError when others may read it; ValueError."""
        path = self.folder / "secret_seed"
        if not path.exists():
            self._make_seed(path)
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise PermissionError(
                f"{path} holds the secret seed, and others may read it. If nobody has: chmod 600 {path}. "
                "Else delete it; with a new one everything is graded again."
            )
        text = path.read_text(encoding="ascii").strip()
        if len(text) != 32:
            raise ValueError(
                f"{path}: expected a seed of 32 hexadecimal digits, got {len(text)} signs; delete the file"
            )
        return int(text, 16)

    def _make_seed(self, path: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"secret_seed.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16) + "\n")
        with contextlib.suppress(FileExistsError):  # another process was quicker: its seed holds
            os.link(draft, path)
        draft.unlink()

    def key(self, content: bytes, lesson: str, notebook: str, unsafe: bool = False) -> str:
        """Under which the result of a notebook is kept; another one for what was graded without a sandbox."""
        parts = [
            lesson,
            notebook,
            version(lesson),
            f"{self.seed:032x}",
            str(unsafe),
            hashlib.sha256(content).hexdigest(),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def get(self, key: str) -> dict[str, Any] | None:
        """The result that is kept under a key."""
        rows = self.results.run("SELECT data FROM results WHERE key = ?", (key,))
        return json.loads(zlib.decompress(rows[0][0])) if rows else None

    def has(self, key: str) -> bool:
        """Whether there is a result under a key."""
        return bool(self.results.run("SELECT 1 FROM results WHERE key = ?", (key,)))

    def put(self, key: str, lesson: str, notebook: str, result: dict[str, Any]) -> None:
        """Keep a result; the first one under a key stays."""
        row = (key, now(), lesson, notebook, zlib.compress(json.dumps(result).encode(), 1))
        self.results.run("INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?, ?)", row)


@functools.cache
def version(lesson: str) -> str:
    """A hash of all that a lesson's verdicts follow from: its specifications, the reference, and the comparison."""
    if lesson not in registry().lessons:
        raise ValueError(f"there is no lesson {lesson!r}")
    checks = Path(importlib.import_module(f"autograder.checks.{lesson.partition('_')[2]}").__file__).parent
    ours = Path(autograder.__file__).parent
    files = [*(ours / f"{name}.py" for name in DECIDING), *sorted(checks.rglob("*.py")), *sorted(PACKAGE.rglob("*.py"))]
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\n{path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()
