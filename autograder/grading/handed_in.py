"""A file that a student handed in, and its bytes, of which nothing is trusted.

In a folder no link is followed and nothing but ordinary files is opened: each folder on the way is opened from the
one above it. In a ZIP the names are labels and nothing is unpacked to disk. What is read is bounded by the bytes that
really come out, whatever a header announces.
"""

import contextlib
import errno
import io
import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.wire import clean

LIMIT = 50 * 10**6  # bytes of a notebook, and of a ZIP within a ZIP or a student's folder
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
LINK = "is a link, and links are not followed"
SPECIAL = "is not an ordinary file"
ORDINARY = "expected an ordinary ZIP"
STREAMED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile takes the others apart in one go, without a bound


class BadNotebook(ValueError):
    """What was handed in cannot be read as a notebook; the message is one plain sentence."""


def shown(name: str, limit: int = 100) -> str:
    """A name that a student chose, in one line that can be printed anywhere."""
    line = clean(name[: limit + 1]).replace("\n", "\ufffd").replace("\t", "\ufffd")
    return (line if len(line) <= limit else line[: limit - 1] + "…") or "(no name)"


@dataclass(frozen=True)
class Source:
    """Where the bytes of a file are: below a folder, and then perhaps in a ZIP, and in a ZIP within it.

    root: a folder that the instructor named. parts: the way down from it. members: names within the ZIPs.
    """

    root: Path
    parts: tuple[str, ...]
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, as it can be shown."""
        return shown((*self.parts, *self.members)[-1].rpartition("/")[2])

    def read(self, limit: int = LIMIT) -> bytes:
        """The bytes. Raises: BadNotebook when there are more than `limit`, or the file cannot or must not be read."""
        try:
            with contextlib.ExitStack() as stack:
                file = stack.enter_context(open_file(self.root, self.parts))
                if not self.members and os.fstat(file.fileno()).st_size > limit:
                    raise _too_large(self.name, limit)
                for depth, member in enumerate(self.members, 1):
                    archive = stack.enter_context(zipfile.ZipFile(file))
                    info = archive.getinfo(member)
                    if info.compress_type not in STREAMED:
                        raise BadNotebook(f"{self.name} is compressed in a way that is not read; {ORDINARY}")
                    most = limit if depth == len(self.members) else LIMIT
                    file = io.BytesIO(take(archive.open(info), most, self.name))
                return take(file, limit, self.name)
        except BadNotebook:
            raise
        except OSError as error:
            raise BadNotebook(f"{self.name} {why(error)}") from error
        except Exception as error:  # what zipfile raises on bytes that a student made is not written down anywhere
            raise BadNotebook(f"{self.name} cannot be taken out of its ZIP ({brief(error)})") from error


def open_file(root: Path, parts: tuple[str, ...]) -> IO[bytes]:
    """Open an ordinary file below a folder without passing a link. Raises: OSError."""
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            at, before = open_folder(part, at), at
            os.close(before)
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe without a writer would block for ever
        file = os.open(parts[-1], flags | NOFOLLOW, dir_fd=at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, SPECIAL)
    return os.fdopen(file, "rb")


def open_folder(name: str, at: int) -> int:
    """Open a folder in another that is open, if it is no link. Raises: OSError."""
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | NOFOLLOW, dir_fd=at)


def take(file: IO[bytes], limit: int, name: str) -> bytes:
    """All that comes out of a file, by what comes and not by what was announced. Raises: BadNotebook."""
    data = bytearray()
    while part := file.read(min(2**20, limit + 1 - len(data))):
        data += part
        if len(data) > limit:
            raise _too_large(name, limit)
    return bytes(data)


def why(error: OSError) -> str:
    """Why a file could not be opened, to follow its name."""
    if error.errno == errno.ELOOP:
        return LINK
    return SPECIAL if error.strerror == SPECIAL else f"cannot be opened ({error.strerror or type(error).__name__})"


def brief(error: Exception) -> str:
    """Why a ZIP could not be read, in zipfile's words."""
    return shown(str(error) or type(error).__name__)


def _too_large(name: str, limit: int) -> BadNotebook:
    return BadNotebook(f"{name} is larger than {limit / 10**6:g} MB, the most that is read")
