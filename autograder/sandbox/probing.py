"""Which rung of the ladder this machine offers, found by running it: a student's process tries what it must not do."""

import functools
import socket
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.sandbox.children import SandboxError
from autograder.sandbox.fresh import FreshSandbox
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.session import Session
from autograder.wire import StudentError

RUNGS = {
    "A": "bubblewrap: namespaces, Landlock, a filter of system calls, limits",
    "B": "Landlock, a filter of system calls, limits; no namespaces",
    "C": "sandbox-exec of macOS (untried by the authors)",
    "E": "nothing: other people's code is not run",
}
TRIES = """
import os, socket

def works(run):
    try:
        run()
    except OSError:
        return False
    return True

tries = {{
    "read a file outside": lambda: open({canary!r}).read(),
    "write to a file outside": lambda: open({canary!r}, "a").write("x"),
    "connect to a port": lambda: socket.create_connection(("127.0.0.1", {port}), 1),
    "fork": lambda: os.fork() or os._exit(0),
    "signal its parent": lambda: os.kill(os.getppid() or 2**22, 0),
}}
found = [name for name, run in tries.items() if works(run)]
"""


class NoSandbox(SandboxError):
    """No rung of the ladder holds on this machine."""


def try_rung(rung: str) -> str:
    """Why a rung does not hold here; nothing when it does."""
    made, why = open_rung(rung, budget=Budget(wall=20))
    if made:
        made.close()
    return why


def open_rung(rung: str, modules: Iterable[str] = (), **options: Any) -> tuple[Sandbox | FreshSandbox | None, str]:
    """A sandbox in which a process has just tried what it must not do; or None, and why there is none."""
    if rung == "C" and sys.platform != "darwin":
        return None, "for macOS only"
    if rung in ("A", "B") and sys.platform != "linux":
        return None, "for Linux only (on Windows: inside WSL2)"
    try:
        made = sandbox_of(rung)(rung, modules, **options)
    except FileNotFoundError:
        return None, "bubblewrap is missing; on Debian and Ubuntu: sudo apt install bubblewrap"
    except OSError as error:
        return None, f"refused: {' '.join(str(error).split())}"
    try:
        found = tried(made)
        why = f"a process in it could {', '.join(found)}" if found else ""
    except (StudentError, OSError) as error:
        why = f"refused: {' '.join(str(error).split())}"
    if why:
        made.close()
    return (None, why) if why else (made, "")


def tried(sandbox: Sandbox | FreshSandbox) -> list[str]:
    """What a process in a sandbox could do of that which it must not. Raises: SandboxError, StudentError."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        canary = Path(folder) / "canary"
        canary.write_text("canary")
        Path(folder).chmod(0o755)
        canary.chmod(0o666)
        with Session(sandbox) as session:
            session.execute(TRIES.format(canary=str(canary), port=server.getsockname()[1]), "probe.py")
            return session.request({"do": "value", "name": "found"}, [], 5.0, "The probe")[0]["list"]


@functools.cache
def why_not(rung: str) -> str:
    """`try_rung`, tried once in a process."""
    return try_rung(rung)


def best_rung() -> str:
    """The highest rung that holds on this machine; E when there is none."""
    return next((rung for rung in RUNGS if rung != "E" and not why_not(rung)), "E")


def sandbox_of(rung: str) -> type:
    """The kind of sandbox that a rung needs."""
    return FreshSandbox if rung in ("C", "E") else Sandbox


def best_sandbox(modules: Iterable[str] = (), unsafe: bool = False, **options: Any) -> Sandbox | FreshSandbox:
    """A sandbox on the best rung. Raises: NoSandbox, saying why, where there is none and `unsafe` is not given."""
    reasons = []
    for rung in RUNGS:
        if rung != "E":
            made, why = open_rung(rung, modules, **options)
            if made:
                return made
            reasons.append(f"{rung}: {why}")
    if not unsafe:
        raise NoSandbox(
            f"nothing here keeps a student's code apart ({'; '.join(reasons)}); `rnn-course doctor` says more, and "
            "`rnn-course grade --unsafe-no-sandbox` runs it all the same"
        )
    return FreshSandbox("E", modules, **options)


def report() -> list[str]:
    """The rung to take, and why not a higher one, a line each."""
    best = best_rung()
    above = [name for name in RUNGS if name < best and (name != "C" or sys.platform == "darwin")]
    lines = [f"rung {best}: {RUNGS[best]}"]
    return lines + [f"  not {name} ({RUNGS[name].partition(':')[0]}): {why_not(name)}" for name in above]
