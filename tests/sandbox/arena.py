"""Where the attacks of `tests/attacks` run, and what is looked at afterwards.

An attack is the cell of a notebook. Its docstring says what it tries and, in lines of their own, what must happen:
`Must:` what `report` then says; `Ended: yes` (or the rung) when it costs the attacker the process; `Slow: yes`.
"""

import ast
import contextlib
import json
import os
import re
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.ahead import passed_ahead
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.verdict import Result, StudentError, grade
from tests.autograder.common import RIGHT, scale_exercise

ATTACKS = sorted((Path(__file__).parents[1] / "attacks").glob("*.py"))
SECRET = "the secret of this run is 7d1f3c"
SEED = 987_654_321
SMALL = Budget(wall=60, cpu=8, memory=256, scratch=16, output=0.2, threads=16)
SECONDS = 0.5
PRELUDE = '''
import ctypes
import json
import os
import struct

import numpy as np

report = ""
BUFFER, PARENT = ctypes.create_string_buffer(256), os.getppid() or GRADER


def frame(message, buffers=()):
    """A message as the student's process sends it, or bytes in the place of one."""
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    sizes = [len(buffer) for buffer in buffers]
    head = struct.pack("!IIQ", len(text), len(sizes), sum(sizes)) + struct.pack(f"!{len(sizes)}Q", *sizes)
    return head + text + b"".join(buffers)


def say(data):
    """Write into the channel to the grader."""
    while data:
        data = data[os.write(3, data) :]


def attempt(run):
    """What came of an attempt: the exception's name, or what it got."""
    try:
        return f"succeeded: {run()!r}"[:500]
    except BaseException as error:
        return type(error).__name__


def syscalls(*calls):
    """What came of system calls by number: "errno 1" when the filter refused them all."""
    libc, errors = ctypes.CDLL(None, use_errno=True), set()
    for number, *arguments in calls:
        words = [item if isinstance(item, ctypes.Array) else ctypes.c_long(item) for item in arguments]
        if libc.syscall(ctypes.c_long(number), *words) >= 0:
            return f"succeeded: {number}"
        errors.add(ctypes.get_errno())
    return "errno 1" if errors <= {1, 38} else f"errno {errors}"
'''


@dataclass
class Attack:
    """A file of `tests/attacks` and what its docstring asks."""

    path: Path
    source: str = ""
    asks: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.source = self.path.read_text(encoding="utf-8")
        words = ast.get_docstring(ast.parse(self.source))
        self.asks = dict(re.findall(r"^(Must|Ended|Slow): (.+)$", words, re.MULTILINE))


@dataclass
class Outcome:
    """What became of an attack: the grader's result, what the attack reports, and all words that came back."""

    result: Result
    report: str
    said: str
    deaths: int


class Arena:
    """A sandbox with something to steal, to destroy and to reach around it."""

    def __init__(self, rung: str, off: tuple[str, ...] = ()):
        self.folder = Path(tempfile.mkdtemp(prefix="arena-"))
        self.folder.chmod(0o755)
        self.canary, self.outside = self.folder / "secret.txt", self.folder / "outside"
        self.canary.write_text(SECRET)
        self.canary.chmod(0o666)
        self.outside.mkdir()
        self.outside.chmod(0o777)
        self.before = self._state()
        self.tcp, self.udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.unix, self.abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), f"arena-{os.getpid()}-{rung}"
        self.unix.bind("\0" + self.abstract)
        self.unix.listen()
        for listener in (self.tcp, self.udp, self.unix):
            listener.setblocking(False)
        os.environ["GRADER_SECRET"] = SECRET
        self.sandbox = Sandbox(rung, budget=SMALL, off=off)
        self.neighbour = Session(self.sandbox)
        self.neighbour.execute(f"open('mine.txt', 'w').write({SECRET!r})", "neighbour.py")
        self.quiet = self.processes()

    def close(self) -> None:
        self.neighbour.close()
        self.sandbox.close()
        for listener in (self.tcp, self.udp, self.unix):
            listener.close()
        del os.environ["GRADER_SECRET"]
        shutil.rmtree(self.folder)

    def run(self, source: str) -> Outcome:
        """Run an attack as a student's notebook and grade it."""
        names = {
            **{"CANARY": str(self.canary), "OUTSIDE": str(self.outside), "PORT": self.tcp.getsockname()[1]},
            **{"ABSTRACT": self.abstract, "GRADER": os.getpid(), "COURSE": str(Path(__file__).parents[2])},
            "NEIGHBOUR": str(self.neighbour.child.scratch or "/tmp"),
        }
        with Session(self.sandbox) as session:
            RemoteBackend(session, given=names)
            session.execute(PRELUDE, "prelude.py")
            outputs, error = session.cell(source, seconds=6.0)
            exercise = scale_exercise(seconds=SECONDS)
            passed = passed_ahead(session, {exercise: SEED})[exercise]
            result = grade(exercise, backend := RemoteBackend(session, SECONDS), SEED, passed=passed)
            report = error.message if error else ""
            with contextlib.suppress(StudentError):
                report = report or str(backend.value("report"))
            said = json.dumps([outputs, report, backend.printed, result.as_dict()], default=str)
            return Outcome(result, report, said, session.deaths)

    def unharmed(self) -> bool:
        """Whether all outside is as it was, and the sandbox goes on grading right answers right."""
        assert self._state() == self.before
        for reach in (self.tcp.accept, lambda: self.udp.recv(1), self.unix.accept):
            with contextlib.suppress(BlockingIOError):
                assert not reach()
        ends = time.monotonic() + 5
        while self.processes() != self.quiet:
            assert time.monotonic() < ends, "a process is left"
            time.sleep(0.01)
        with Session(self.sandbox) as session:
            session.execute("import numpy as np\n" + RIGHT, "right.py")
            return grade(scale_exercise(), RemoteBackend(session), SEED).points == 3

    def _state(self) -> list:
        found = [self.folder, *sorted(self.folder.rglob("*"))]
        stats = [(path.name, (s := path.stat()).st_mode, s.st_mtime_ns, s.st_nlink) for path in found]
        return [*stats, self.canary.read_text() if self.canary.exists() else ""]

    def processes(self) -> set[int]:
        """The processes below the one that the sandbox started."""
        parents = {}
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError, ValueError):
                parents[int(name)] = int(Path(f"/proc/{int(name)}/stat").read_text().rpartition(")")[2].split()[1])
        found, left = set(), [self.sandbox.zygote.process.pid]
        while left:
            found.add(number := left.pop())
            left += [child for child, parent in parents.items() if parent == number and child not in found]
        return found
