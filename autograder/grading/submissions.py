"""Who handed in what: submissions in nbgrader's folders, one notebook, or what an LMS packs into a ZIP.

A student is told by the outermost name alone (nbgrader's folder, Moodle's folder, the start of Canvas's file names),
which the system gave and not the student; whatever lies below it can say which lesson it is, and no more.
"""

import functools
import itertools
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.grading.handed_in import BadNotebook, Source, shown
from autograder.grading.matching import LATE, NOTEBOOK, Found, Submission, expected_name, lessons, submissions_of
from autograder.grading.reading import read_notebook
from autograder.grading.unpacking import Entry, is_zip, list_folder, list_zip, look
from autograder.source import sources

MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_[a-z]+_?(.*)", re.DOTALL)
CANVAS = re.compile(r"(.+?)_((?i:late)_)?(\d+)_\d+_(.+)", re.DOTALL)
EXPECTED = "expected STUDENT/LESSON/*.ipynb as nbgrader collects them, a notebook, or a ZIP from an LMS"


@dataclass(frozen=True)
class _Who:
    """A student as a batch tells one from another. how: by which system's names. id: what is unique there."""

    how: str
    id: tuple[str, ...]
    label: str


def find(path: Path) -> list[Submission]:
    """The submissions in a folder, a ZIP or one notebook, in the order of students and lessons.

    Raises: FileNotFoundError; ValueError when nothing here looks like a submission.
    """
    path = Path(path)
    single = NOTEBOOK.fullmatch(path.name) and not path.is_dir()
    if not path.exists() and not path.is_symlink():
        raise FileNotFoundError(f"{path} does not exist; {EXPECTED}")
    if _through_link(path.parent if single else path):
        raise ValueError(f"{path} leads through a link, and links in submitted/ are not followed")
    if path.is_dir():
        folder = path.resolve()
        submitted = folder / "submitted"
        is_course = "submitted" not in folder.parts  # in there it would be a student who made a second one
        folder = submitted if is_course and submitted.is_dir() and not submitted.is_symlink() else folder
        entries = list_folder(folder)
        prefix = _prefix(folder.name, folder.parts[:-1], entries)
    elif is_zip(path.name):
        entries = _unwrapped(list_zip(path.parent.resolve(), path.name), path.stem)
        prefix = _prefix(path.name, (), entries)
    elif single:
        entries = [look(path.parent.resolve(), path.name)]
        prefix = path.parent.resolve().parts[-2:] if path.parent.resolve().name in lessons() else ()
    else:
        raise ValueError(f"{path} is no folder, notebook or ZIP; {EXPECTED}")
    if not any(map(_promising, entries)):
        raise ValueError(
            f"{path} {'holds nothing that looks like a submission' if entries else 'is empty'}; {EXPECTED}"
        )
    students: dict[_Who, list[Found]] = {}
    for entry in entries:
        who, found = _whose((*prefix, *entry.parts), entry)
        if who:
            students.setdefault(who, []).append(found)
    submissions = _named({who: submissions_of(founds, who.how) for who, founds in students.items()})
    return [_told(submissions[0], entries[0].source)] if single else submissions


def _through_link(path: Path) -> bool:
    """Whether a way through nbgrader's folder passes a link there, which a student may have made."""
    whole = Path(os.path.abspath(path))
    below = list(itertools.takewhile(lambda folder: folder.name != "submitted", [whole, *whole.parents]))
    return len(below) <= len(whole.parents) and any(folder.is_symlink() for folder in below)


def _promising(entry: Entry) -> bool:
    """Whether this shows that the place holds submissions."""
    if entry.folder:
        return any(part in lessons() for part in entry.parts)
    return bool(entry.trouble or NOTEBOOK.fullmatch(entry.parts[-1]) or any(map(is_zip, entry.parts)))


def _unwrapped(entries: list[Entry], stem: str) -> list[Entry]:
    """Without the one folder around all, if it is the ZIP's own or nbgrader's; any other may be a student's."""
    while {entry.parts[0] for entry in entries} in ({stem}, {"submitted"}):
        inner = [replace(entry, parts=entry.parts[1:]) for entry in entries if len(entry.parts) > 1]
        if not inner:
            break
        entries = inner
    return entries


def _prefix(name: str, above: tuple[str, ...], entries: list[Entry]) -> tuple[str, ...]:
    """The names that belong before those of the entries: none for a class, a student's, or a student's and a lesson."""
    firsts, seconds = {entry.parts[0] for entry in entries}, {entry.parts[1] for entry in entries if entry.parts[1:]}
    if name == "submitted":
        return ()
    if above[-2:-1] == ("submitted",):
        return (above[-1], name)
    if above[-1:] == ("submitted",) or firsts & set(lessons()):
        return (name,)
    if any(MOODLE.fullmatch(first) or CANVAS.fullmatch(first) for first in firsts):
        return ()
    if above and name in lessons():
        return (above[-1], name)
    every = tuple(stem for stems in lessons().values() for stem in stems)
    loose = any(expected_name(entry.parts[0], every) for entry in entries if len(entry.parts) == 1)
    return (name,) if loose and not seconds & set(lessons()) else ()


def _whose(parts: tuple[str, ...], entry: Entry) -> tuple[_Who | None, Found]:
    """Whose this is, by the first of its names, and the rest of them."""
    first, rest = parts[0], parts[1:]
    is_file = is_zip(first) or not (rest or entry.folder)
    if match := MOODLE.fullmatch(first):
        tail = (match[3] or first, *rest) if is_file else rest
        return _Who("moodle", (match[1], match[2]), f"{match[1]}_{match[2]}"), Found(tail, entry)
    if is_file and (match := CANVAS.fullmatch(first)):
        who = _Who("canvas", (match[1], match[3]), f"{match[1]}_{match[3]}")
        return who, Found((match[4], *rest), entry, late=bool(match[2]))
    if is_zip(first):
        return _Who("zip", (first,), first[:-4]), Found(rest or (first,), entry)
    if not is_file:
        return _Who("folder", (first,), first), Found(rest, entry)
    if match := NOTEBOOK.fullmatch(first):
        return _Who("file", (first,), match[1]), Found((first,), entry)
    return (_Who("folder", (first,), first) if entry.trouble else None), Found((first,), entry)


def _named(students: dict[_Who, list[Submission]]) -> list[Submission]:
    """The submissions with their students' names, each of which stands for one student alone."""
    named, seen = [], set()
    for who in sorted(students, key=lambda who: (shown(who.label) != who.label, who.label, who.how)):
        label, number = shown(who.label), 1
        while (name := label if number == 1 else f"{label} ({number})") in seen:
            number += 1
        seen.add(name)
        note = () if name == label else (f"called {name} here, because another student is shown as {label}",)
        named += [replace(submission, student=name, notes=(*note, *submission.notes)) for submission in students[who]]
    return sorted(named, key=lambda submission: (submission.student, submission.lesson))


def _told(submission: Submission, source: Source | None) -> Submission:
    """A single notebook under an unknown name: its own metadata and the ids of its cells may say what it is."""
    if submission.notebooks or source is None:
        return submission
    try:
        notebook = read_notebook(source)
    except BadNotebook as error:
        return replace(submission, notes=(str(error), *submission.notes))
    ids = [str(cell.metadata.get("nbgrader", {}).get("grade_id", "")) for cell in notebook.cells]
    homes = _homes()
    votes = Counter(homes[id] for id in (id.removesuffix("-code") for id in ids) if id in homes)
    lesson = notebook.metadata.get("rnn_course", {}).get("lesson")
    if votes:
        (lesson, stem), how = votes.most_common(1)[0][0], "by the ids of its cells"
    elif len(lessons().get(lesson, ())) == 1:
        stem, how = lessons()[lesson][0], "by its metadata"
    else:
        return submission
    late = tuple(note for note in submission.notes if note == LATE)
    missing = tuple(f"{other}.ipynb is missing" for other in lessons()[lesson] if other != stem)
    return replace(
        submission,
        lesson=lesson,
        notebooks={stem: source},
        notes=(*late, f"{source.name} was taken as {stem}.ipynb of {lesson}, {how}", *missing),
    )


@functools.cache
def _homes() -> dict[str, tuple[str, str]]:
    """The lesson and notebook of each exercise."""
    marked = re.compile(r'^# %% (?:exercise|answer)="([\w-]+)"', re.MULTILINE)
    return {
        id: (path.parent.name, path.stem)
        for path in sources()
        for id in marked.findall(path.read_text(encoding="utf-8"))
    }
