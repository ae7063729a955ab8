"""Where a student's code runs: apart from everything, by the strongest means that this machine offers.

Rung A, Linux with bubblewrap: namespaces, and in them all of B. Rung B, Linux: Landlock, a filter of system calls,
limits, and a watchdog for disk and threads. Rung C, macOS: see `fresh`. Where there is none of them, nothing runs
unless unsafety is asked for: E. `probing` finds the rung by running it.

A sandbox belongs to the thread that makes it: bubblewrap ends with that thread.
"""

import contextlib
import os
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from autograder.questions import ROOT
from autograder.sandbox.children import Child, SandboxError, Zygote, remove
from autograder.sandbox.course_files import write_course
from autograder.sandbox.lockdown import CAP_DAC_READ_SEARCH, MEGABYTE, USUAL, Budget

NOBODY = 65534
OURS = ("autograder", "rnn_core", "solutions", "lessons", "my_lessons", "tests", "docs")
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/dev/urandom", "/dev/zero")
VARIABLES = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **{"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "USER": "student", "MPLBACKEND": "agg", "MALLOC_ARENA_MAX": "2"},
}


class Sandbox:
    """Makes students' processes that can reach nothing but their libraries and a scratch folder.

    rung: "A" or "B" (see `probing.best_rung`). modules: of rnn_core, what may be imported. torch: whether it is there
    from the start. secrets: files and folders that stay hidden even below the folders of Python. course: a folder of
    Python packages in place of the allowed modules; off: steps of the lockdown left out; both are for tests.
    Raises: SandboxError.
    """

    def __init__(
        self,
        rung: str,
        modules: Collection[str] = (),
        *,
        torch: bool = False,
        budget: Budget = USUAL,
        secrets: Iterable[Path] = (),
        course: Path | None = None,
        preload: Iterable[str] = (),
        off: Iterable[str] = (),
    ):
        if sys.platform != "linux" or rung not in ("A", "B"):
            raise SandboxError(f"rung {rung} is not for {sys.platform}")
        self.rung, self.budget, self.secrets, self.off = rung, budget, [Path(path).resolve() for path in secrets], off
        self.base = Path(tempfile.mkdtemp(prefix="rnn-course-"))
        self.base.chmod(0o711)
        if course is None:
            write_course(self.base / "course", modules)
            self.secrets += [ROOT / name for name in OURS]
        self.course = course or self.base / "course"
        self.preload = ["numpy.random", *(f"rnn_core.{name}" for name in modules), *(["torch"] if torch else [])]
        self.preload += preload
        self.zygote: Zygote | None = None
        self.closed = threading.Event()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        if rung == "B" and "watchdog" not in off:
            threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def child(self) -> Child:
        """A new student's process. Raises: SandboxError."""
        if self.zygote.process.poll() is not None:
            self.zygote.close()
            self._start()
        if self.rung == "A":
            return self.zygote.fork(self.budget, "/tmp", None)
        scratch = self._folder()
        return self.zygote.fork(self.budget, str(scratch), scratch)

    def close(self) -> None:
        """End every process and remove every file of the sandbox."""
        self.closed.set()
        if self.zygote:
            self.zygote.close()
        remove(self.base)

    def _start(self) -> None:
        root, home = os.geteuid() == 0, str(self._folder())
        readable = [path for name in (*SYSTEM, *pythons()) for path in without(Path(name), self.secrets)]
        settings: dict[str, Any] = {"namespaces": False, "uid": NOBODY if root else None, "keep": []}
        settings |= {"preload": self.preload, "off": list(self.off), "readable": [*readable, str(self.course)]}
        course, python, packages, command = str(self.course), sys._base_executable, pythons()[1:], []
        if self.rung == "A":
            course, home = "/course", "/tmp"
            python, *packages = map(shown_as, (python, *packages))
            command = bubblewrap(root, readable, self.course)
            settings |= {"namespaces": True, "readable": ["/"]}
        elif root and not all(open_to_others(Path(path)) for path in pythons()):
            settings["keep"] = [CAP_DAC_READ_SEARCH]  # to find Python below a folder of root's; Landlock still decides
        paths = os.pathsep.join((course, *packages))
        environment = {**VARIABLES, "HOME": home, "TMPDIR": home, "PYTHONPATH": paths}
        command += [python, "-B", "-P", "-S", "-m", "autograder.sandbox.zygote"]
        self.zygote = Zygote(command, settings, environment, self.base / "log")

    def _folder(self) -> Path:
        """A new folder that a student's process may write to."""
        path = Path(tempfile.mkdtemp(dir=self.base))
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        return path

    def _watch(self) -> None:
        while not self.closed.wait(0.1):
            for child in list(self.zygote.children.values()):
                if usage(child.scratch) > self.budget.scratch * MEGABYTE:
                    child.kill(f"it wrote more than {self.budget.scratch} MB to files")
                elif threads(child.pid) > self.budget.threads + 1:
                    child.kill(f"it started more than {self.budget.threads} threads")


def bubblewrap(root: bool, readable: list[str], course: Path) -> list[str]:
    """The command that runs another one in namespaces of its own, with these paths to read and a /tmp of its own."""
    command = ["bwrap", "--die-with-parent", "--new-session"]
    command += [f"--unshare-{name}" for name in ("pid", "net", "ipc", "uts", "cgroup-try")]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "0777", "--tmpfs", "/tmp"]
    if root:  # the zygote gives these two up once it is an ordinary user
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        command += ["--ro-bind", "/proc/sys", "/proc/sys"]
    else:
        command += ["--unshare-user"]
    shown = [path for path in readable if not path.startswith("/dev/")]
    above = {str(folder) for path in shown for folder in Path(shown_as(path)).parents}
    for folder in sorted(above - {"/"}):  # bubblewrap would make them for root alone
        command += ["--perms", "0755", "--dir", folder]
    for path in shown:
        command += ["--ro-bind", path, shown_as(path)]
    return [*command, "--ro-bind", str(course), "/course", "--remount-ro", "/", "--chdir", "/", "--"]


def shown_as(path: str) -> str:
    """Where bubblewrap shows a path: what is below /tmp elsewhere, because every student's process has its own /tmp."""
    return f"/moved{path}" if path.startswith("/tmp/") else path


def pythons() -> list[str]:
    """Where Python is, and where its packages are."""
    packages = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    return list(dict.fromkeys([sys.base_prefix, *packages]))


def without(path: Path, secrets: Iterable[Path]) -> list[str]:
    """`path`, or where a secret is below it, all that is beside the secrets."""
    path = Path(os.path.abspath(path))
    inside = [secret for secret in secrets if secret.is_relative_to(path.resolve())]
    if not inside:
        return [str(path)] if path.exists() and not any(path.resolve().is_relative_to(s) for s in secrets) else []
    if path.resolve() in inside:
        return []
    return [name for child in sorted(path.iterdir()) for name in without(child, secrets)]


def open_to_others(path: Path) -> bool:
    """Whether every user may go down to this folder and read it."""
    return all(folder.stat().st_mode & 1 for folder in (path, *path.parents)) and bool(path.stat().st_mode & 4)


def usage(folder: Path) -> int:
    """Bytes that the files and folders below a folder take, each at least a block; no link is followed."""
    total = 0
    with contextlib.suppress(OSError):
        try:
            for _, folders, files, at in os.fwalk(folder):
                for name in (*folders, *files):
                    with contextlib.suppress(OSError):
                        total += max(4096, 512 * os.stat(name, dir_fd=at, follow_symlinks=False).st_blocks)
        except RecursionError:  # folders so deep in each other that only harm can be meant
            return 2**60
    return total


def threads(pid: int) -> int:
    """How many threads a process has; 0 when it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0
