"""Files beside a notebook that is not of this course: into the sandbox with them, and what its cells leave out of it.

Nothing that comes out is trusted: only new files whose names say that they are data are written.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import numpy as np

from autograder.sandbox.remote import RemoteBackend
from autograder.wire import StudentError

SENT, KEPT, MOST = 48 * 2**20, 2**24, 1000  # bytes of files that go in, and that come out; and how many
PLAIN = (".csv", ".dat", ".jpeg", ".jpg", ".json", ".npy", ".npz", ".pdf", ".png", ".tsv", ".txt")  # is never run
NAME = "rnn_course_files"
GATHER = f"""
def gather(old, left, most):
    import os
    import numpy as np
    found = dict()
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), ".")
            size = os.path.getsize(path) if os.path.isfile(path) and not os.path.islink(path) else left + 1
            ours = path in old or path.startswith(".")
            if not ours and path.endswith({PLAIN}) and size <= left and len(found) < most:
                with open(path, "rb") as file:
                    found[path] = np.frombuffer(file.read(), "uint8")
                left -= size
    return found

{NAME} = gather({{old!r}}, {KEPT}, {MOST})
"""


def read_files(folder: Path, log: logging.Logger) -> dict[str, bytes]:
    """The files beside a notebook, by their place in the folder; notebooks, links and what is too much stay away."""
    found, left = {}, SENT
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            continue
        size = path.stat().st_size
        if size > left or len(found) == MOST:
            log.warning("%s does not fit into the sandbox's %d MB and %d files", path, SENT // 2**20, MOST)
            continue
        left -= size
        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def files_left(backend: RemoteBackend, old: Mapping[str, bytes]) -> dict[str, bytes]:
    """The new files of data that the cells left; nothing where they do not let themselves be read."""
    try:
        backend.session.cell(GATHER.format(old=set(old)))
        found = backend.value(NAME)
    except StudentError:
        return {}
    if not isinstance(found, dict):
        return {}
    named = {name: data for name, data in found.items() if isinstance(name, str) and isinstance(data, np.ndarray)}
    return {name: data.tobytes() for name, data in named.items() if data.dtype == np.uint8}


def write_files(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Write what a student's cells left into a folder. Returns: the names written.

    Only new files whose names say that they are data: nothing is replaced, no link is followed, nothing is run.
    """
    written = []
    for name, data in files.items():
        path = PurePosixPath(name)
        hidden = any(part.startswith(".") for part in path.parts)
        if path.is_absolute() or hidden or not name.isprintable() or not name.endswith(PLAIN) or "\\" in name:
            continue
        target = folder / path
        if name == "timestamp.txt" or not target.parent.resolve().is_relative_to(folder.resolve()):
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644), "wb") as file:
                file.write(data)
        except (OSError, ValueError):  # it is there already, or a file stands where a folder would
            continue
        written.append(name)
    return written
