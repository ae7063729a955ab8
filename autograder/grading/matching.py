"""What one student handed in, lesson by lesson: which file is which notebook, and what is to be said of the others."""

import functools
import re
from dataclasses import dataclass, replace

from autograder.grading.handed_in import Source, shown
from autograder.grading.unpacking import Entry, is_zip
from autograder.source import scripts

NOTEBOOK = re.compile(r"(.+)\.ipynb(?:\.txt|\.json)?", re.DOTALL | re.IGNORECASE)  # browsers add an ending
COPIED = re.compile(r"(?:\s*\(\d{1,9}\)|[\s_-]*copy\s*\d{0,9}|-\d{1,9})$", re.IGNORECASE)
LATE = "handed in late, says Canvas"
MAX_NOTES = 5  # about files that are ignored, in a submission


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one lesson.

    student: the name as it can be shown, which no other student of the same batch has. lesson: such as "03_bptt";
    "" when it cannot be told. notebooks: the lesson's name of a notebook -> where its bytes are.
    notes: lines for the report: what is missing, what was taken instead, what was ignored and why.
    """

    student: str
    lesson: str
    notebooks: dict[str, Source]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A file or folder of a student's: its names below the student's own, and whether Canvas says that it is late."""

    tail: tuple[str, ...]
    entry: Entry
    late: bool = False

    @property
    def name(self) -> str:
        """Its way as the report says it, without the lesson's folder."""
        return shown("/".join(self.tail[1:] if self.tail[0] in lessons() and len(self.tail) > 1 else self.tail))


@functools.cache
def lessons() -> dict[str, tuple[str, ...]]:
    """The notebooks of each lesson, as the release names them, in the order of their names."""
    return {lesson: tuple(path.stem for path in paths) for lesson, paths in scripts().items()}


def expected_name(name: str, stems: tuple[str, ...]) -> str | None:
    """Which of these notebooks a file stands for by its name, its own or one as browsers and LMS change it."""
    match = NOTEBOOK.fullmatch(name[:200])
    stem, before = match[1] if match else "", ""
    if stem in stems:
        return stem
    while stem != before:
        bare = re.sub(r"[\s-]", "_", stem.strip().lower())
        if bare in stems:
            return bare
        stem, before = COPIED.sub("", stem), stem
    return None


def submissions_of(founds: list[Found], how: str) -> list[Submission]:
    """What one student handed in, a submission for each lesson."""
    groups: dict[str, list[Found]] = {}
    for found in founds:
        if found.tail:
            groups.setdefault(_lesson(found, how), []).append(found)
    known = [lesson for lesson in groups if lesson in lessons()]
    for lesson in set(groups) - set(known) - {""}:
        if known and not any(NOTEBOOK.fullmatch(found.tail[-1]) for found in groups[lesson]):
            groups.setdefault("", []).extend(groups.pop(lesson))  # a folder beside the lessons, such as of data
    aside = [found for found in groups.pop("", []) if not found.entry.folder]
    made = [_submission(lesson, groups[lesson]) for lesson in sorted(groups)]
    late = (LATE,) if any(found.late for found in founds) else ()
    if not made:
        notes = _ignored(aside, "no lesson has a notebook of this name") or ("nothing was handed in",)
        return [Submission("", "", {}, (*late, *notes))]
    made[0] = replace(made[0], notes=(*made[0].notes, *_ignored(aside, "it belongs to no lesson")))
    return [replace(submission, notes=(*late, *submission.notes)) for submission in made]


def _lesson(found: Found, how: str) -> str:
    """The lesson by the names of folders, else by the file's own."""
    tail, entry = found.tail, found.entry
    folders = tail if entry.folder or entry.trouble else tail[:-1]
    for part in folders:
        if part in lessons():
            return part
    if how == "folder" and folders and not any(map(is_zip, folders)) and (entry.folder or len(tail) > 1):
        return folders[0]
    of = [lesson for lesson, stems in lessons().items() if expected_name(tail[-1], stems)]
    return of[0] if len(of) == 1 else ""


def _submission(lesson: str, founds: list[Found]) -> Submission:
    """The notebooks of one lesson: for each the best file, and notes about all the others."""
    stems = lessons().get(lesson, ())
    if not stems:
        words = f"{shown(lesson)} is no lesson of this course; its lessons are {', '.join(lessons())}"
        return Submission("", shown(lesson), {}, (words,))
    fits: dict[str, list[Found]] = {stem: [] for stem in stems}
    others = []
    for found in founds:
        stem = expected_name(found.tail[-1], stems) if found.entry.source else None
        if stem:
            fits[stem].append(found)
        elif not found.entry.folder:
            others.append(found)
    notes = [note for stem in stems for note in _choice(stem, fits[stem])]
    notes += _ignored(others, f"{lesson} has {' and '.join(f'{stem}.ipynb' for stem in stems)}")
    best = {stem: max(fits[stem], key=lambda found: _rank(found, stem)) for stem in stems if fits[stem]}
    return Submission("", lesson, {stem: found.entry.source for stem, found in best.items()}, tuple(notes))


def _rank(found: Found, stem: str) -> tuple:
    """The exact name wins, then what lies less deep, then the newest."""
    return found.tail[-1] == f"{stem}.ipynb", -len(found.tail), found.entry.modified, found.tail


def _choice(stem: str, fits: list[Found]) -> list[str]:
    if not fits:
        return [f"{stem}.ipynb is missing"]
    taken, *rest = sorted(fits, key=lambda found: _rank(found, stem), reverse=True)
    notes = [] if taken.name == f"{stem}.ipynb" else [f"{taken.name} was taken as {stem}.ipynb"]
    for found in rest[:MAX_NOTES]:
        pairs = zip(_rank(taken, stem), _rank(found, stem), strict=True)
        at = next((at for at, (ours, theirs) in enumerate(pairs) if ours != theirs), 3)
        why = ("its name is another", "it lies deeper in folders", "it is older", "it is as old")[at]
        notes.append(f"{found.name} was ignored for {taken.name}: {why}")
    return notes + _more(len(rest))


def _ignored(founds: list[Found], why: str) -> tuple[str, ...]:
    notes = [
        f"{found.name} {found.entry.trouble or f'was ignored: {why}'}"
        for found in sorted(founds, key=lambda found: not found.entry.trouble)[:MAX_NOTES]
    ]
    return (*notes, *_more(len(founds)))


def _more(count: int) -> list[str]:
    return [f"and {count - MAX_NOTES} more were ignored"] if count > MAX_NOTES else []
