"""What lies in a folder of submissions or in a ZIP: every file and folder, listed without trusting a name."""

import contextlib
import io
import itertools
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.grading import handed_in
from autograder.grading.handed_in import LINK, SPECIAL, BadNotebook, Source, brief, open_file, open_folder, shown, why

MAX_FILES, MAX_DEPTH = 5000, 8  # of one student
MAX_STUDENTS = 100_000


@dataclass(frozen=True)
class Entry:
    """A file or folder that was found. parts: its names, a ZIP's among them. trouble: why it is not read, or ""."""

    parts: tuple[str, ...]
    source: Source | None = None
    modified: float = 0.0
    trouble: str = ""
    folder: bool = False


def look(root: Path, name: str) -> Entry:
    """One file in a folder. Raises: OSError when there is none."""
    status = os.stat(root / name, follow_symlinks=not handed_in.NOFOLLOW)
    if not stat.S_ISREG(status.st_mode):
        return Entry((name,), trouble=LINK if stat.S_ISLNK(status.st_mode) else SPECIAL)
    return Entry((name,), Source(root, (name,)), status.st_mtime)


def list_folder(root: Path) -> list[Entry]:
    """All that lies in a folder, and in the ZIPs in it. Raises: OSError; ValueError, when there are too many."""
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        entries = list(_walk(at, root, (), [MAX_STUDENTS]))
    finally:
        os.close(at)
    if entries and not entries[0].parts:
        raise ValueError(f"{root} {entries[0].trouble}: {MAX_STUDENTS}")
    return entries


def list_zip(root: Path, name: str) -> list[Entry]:
    """All that lies in a ZIP, and in the ZIPs in it. Raises: ValueError when it is no ZIP that can be read."""
    try:
        with open_file(root, (name,)) as file, zipfile.ZipFile(file) as archive:
            return [entry for info in _infos(archive) for entry in _member(archive, info, root, name)]
    except OSError as error:
        raise ValueError(f"{shown(name)} {why(error)}") from error
    except Exception as error:
        raise ValueError(f"{shown(name)} cannot be read as a ZIP ({brief(error)})") from error


def ignored(name: str) -> bool:
    """Whether this is what systems, Jupyter and nbgrader leave in folders, and no work of a student's."""
    return name.startswith(".") or name in ("__MACOSX", "__pycache__", "timestamp.txt", "Thumbs.db", "desktop.ini")


def is_zip(name: str) -> bool:
    """Whether a file is called a ZIP."""
    return name.lower().endswith(".zip")


def _walk(at: int, root: Path, parts: tuple[str, ...], left: list[int]) -> Iterator[Entry]:
    with os.scandir(at) as scan:
        names = list(itertools.islice((entry.name for entry in scan if not ignored(entry.name)), left[0] + 1))
    left[0] -= len(names)
    if left[0] < 0:
        yield Entry(parts, trouble="holds more files than are looked at")
        return
    for name in sorted(names):
        inner = (*parts, name)
        try:
            status = os.stat(name, dir_fd=at, follow_symlinks=not handed_in.NOFOLLOW)
        except OSError as error:  # it is gone, or a link that leads nowhere where links are followed
            yield Entry(inner, trouble=why(error))
            continue
        if stat.S_ISDIR(status.st_mode):
            yield Entry(inner, folder=True)
            yield from _enter(at, name, root, inner, left if parts else [MAX_FILES])
        elif not stat.S_ISREG(status.st_mode):
            yield Entry(inner, trouble=LINK if stat.S_ISLNK(status.st_mode) else SPECIAL)
        elif is_zip(name):
            yield from _inner_zip(inner, Source(root, inner))
        else:
            yield Entry(inner, Source(root, inner), status.st_mtime)


def _enter(at: int, name: str, root: Path, parts: tuple[str, ...], left: list[int]) -> Iterator[Entry]:
    if len(parts) > MAX_DEPTH:
        yield Entry(parts, trouble="lies too deep in folders")
        return
    try:
        inner = open_folder(name, at)
    except OSError as error:
        yield Entry(parts, trouble=why(error))
        return
    try:
        yield from _walk(inner, root, parts, left)
    finally:
        os.close(inner)


def _infos(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members, the last of each name, as unpacking would leave them."""
    return list({info.filename: info for info in archive.infolist()}.values())


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, root: Path, name: str) -> Iterator[Entry]:
    parts = _parts(info)
    if not parts or any(ignored(part) for part in parts):
        return
    source = Source(root, (name,), (info.filename,))
    if is_zip(parts[-1]) and not info.is_dir():
        yield from _inner_zip(parts, source)
    else:
        yield _entry(parts, info, source)


def _inner_zip(parts: tuple[str, ...], source: Source) -> Iterator[Entry]:
    """What lies in a student's ZIP; a ZIP in that one is not opened."""
    try:
        data = source.read()
        if data.count(b"PK\x01\x02") > MAX_FILES:  # one for each member; zipfile would make an object of each
            raise BadNotebook(f"{source.name} holds more files than are looked at")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = _infos(archive)
    except BadNotebook as error:
        yield Entry(parts, trouble=str(error).removeprefix(f"{source.name} "))
        return
    except Exception as error:
        yield Entry(parts, trouble=f"cannot be read as a ZIP ({brief(error)})")
        return
    yield Entry(parts, folder=True)
    for info in infos:
        inner = _parts(info)
        if inner and not any(ignored(part) for part in inner):
            where = Source(source.root, source.parts, (*source.members, info.filename))
            yield _entry((*parts, *inner), info, where)


def _entry(parts: tuple[str, ...], info: zipfile.ZipInfo, source: Source) -> Entry:
    if info.is_dir():
        return Entry(parts, folder=True)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Entry(parts, trouble=LINK)
    if info.flag_bits & 1:
        return Entry(parts, trouble="is locked with a password")
    modified = 0.0
    with contextlib.suppress(ValueError, OverflowError, OSError):  # a ZIP can hold a month 0
        modified = datetime(*info.date_time).timestamp()
    return Entry(parts, source, modified)


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    name = info.filename
    if not info.flag_bits & 0x800:  # macOS writes UTF-8 without saying so
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
