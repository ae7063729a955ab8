"""A fresh process for each student: rung C, where macOS offers `sandbox-exec`, and rung E, where there is nothing.

Rung C is written from Apple's sandbox-exec(1) and from published profiles; the authors could not try it. There is no
process to fork from, because a fork after Objective-C has started crashes, so each student costs a start of Python.
Rung E keeps nothing apart and is taken only when it is asked for.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection
from pathlib import Path

from autograder.sandbox.channel import Channel
from autograder.sandbox.children import SandboxError, in_words, remove
from autograder.sandbox.course_files import write_course
from autograder.sandbox.linux import VARIABLES, pythons
from autograder.sandbox.lockdown import MEGABYTE, USUAL, Budget

PROFILE = """
(version 1)
(deny default)
(allow process-exec (literal "{python}"))
(allow sysctl-read)
(allow file-read-metadata)
(allow signal (target self))
(allow file-read* {readable})
(allow file-read* file-write-data (literal "/dev/null") (literal "/dev/urandom"))
(allow file-read* file-write* (subpath "{scratch}"))
"""
SYSTEM = ("/usr/lib", "/usr/share", "/System/Library", "/Library/Frameworks", "/private/var/db/dyld")


class FreshChild:
    """A student's process, as `children.Child` is one."""

    def __init__(self, process: subprocess.Popen, channel: Channel, scratch: Path):
        self.process, self.channel, self.scratch, self.killed_for = process, channel, scratch, ""

    def kill(self, why: str = "") -> None:
        """End it now."""
        self.killed_for = self.killed_for or why
        self.process.kill()

    def close(self) -> str:
        """End it and remove what it left. Returns: how it had ended, in words."""
        self.kill()
        self.channel.sock.close()
        code = self.process.wait()
        remove(self.scratch)
        return self.killed_for or in_words(-code if code < 0 else code << 8)


class FreshSandbox:
    """What `sandbox.Sandbox` is, without a zygote. rung: "C" or "E". Raises: SandboxError."""

    def __init__(self, rung: str, modules: Collection[str] = (), *, budget: Budget = USUAL, **_: object):
        if rung == "C" and not shutil.which("sandbox-exec"):
            raise SandboxError("sandbox-exec is missing")
        self.rung, self.budget, self.running = rung, budget, set()
        self.base = Path(tempfile.mkdtemp(prefix="rnn-course-")).resolve()
        write_course(self.base / "course", modules)
        self.closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> "FreshSandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def child(self) -> FreshChild:
        """A new student's process."""
        scratch = Path(tempfile.mkdtemp(dir=self.base))
        course, home = str(self.base / "course"), str(scratch)
        paths = os.pathsep.join((course, *pythons()[1:]))
        ours, theirs = socket.socketpair()
        python = os.path.realpath(sys._base_executable)
        command = [python, "-B", "-P", "-S", "-m", "autograder.sandbox.worker", str(theirs.fileno())]
        if self.rung == "C":
            readable = " ".join(f'(subpath "{path}")' for path in (*SYSTEM, *pythons(), course))
            profile = PROFILE.format(python=python, readable=readable, scratch=home)
            command = ["sandbox-exec", "-p", profile, *command]
        with theirs:
            process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                **dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
                env={**VARIABLES, "HOME": home, "TMPDIR": home, "PYTHONPATH": paths},
                cwd=scratch,
                start_new_session=True,
            )
        self.running = {child for child in self.running if child.process.poll() is None}
        child = FreshChild(process, Channel(ours), scratch)
        self.running.add(child)
        return child

    def close(self) -> None:
        """End every process and remove every file."""
        self.closed.set()
        for child in self.running:
            child.close()
        remove(self.base)

    def _watch(self) -> None:
        """The memory of each process, asked for twice a second: macOS keeps no limit of it."""
        while not self.closed.wait(0.5):
            for child in list(self.running):
                with contextlib.suppress(OSError, ValueError):
                    asked = ["ps", "-o", "rss=", "-p", str(child.process.pid)]
                    kilobytes = int(subprocess.run(asked, capture_output=True, text=True).stdout or 0)
                    if kilobytes * 1024 > (self.budget.memory + 256) * MEGABYTE:
                        child.kill(f"it took more than {self.budget.memory} MB of memory")
