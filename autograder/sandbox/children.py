"""Students' processes and the process that forks them, as seen from the grader."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.sandbox.channel import Channel
from autograder.sandbox.lockdown import Budget
from autograder.wire import WireError

STARTS, FORKS = 60.0, 20.0  # seconds that a zygote and a child may take to be ready


class SandboxError(OSError):
    """The sandbox itself does not work here; never the fault of a student's code."""


class Child:
    """A student's process: a channel to it, and the means to end it and all that it started."""

    def __init__(self, channel: Channel, pidfd: int, pid: int, zygote: "Zygote", scratch: Path | None, cpu: float):
        self.channel, self.pidfd, self.pid, self.zygote, self.scratch = channel, pidfd, pid, zygote, scratch
        self.cpu, self.killed_for = cpu, ""

    def kill(self, why: str = "") -> None:
        """End it now."""
        self.killed_for = self.killed_for or why
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> str:
        """End it and remove what it left. Returns: how it had ended, in words."""
        self.kill()
        select.select([self.pidfd], [], [], FORKS)  # readable once it is gone
        os.close(self.pidfd)
        self.channel.sock.close()
        self.zygote.children.pop(self.pid, None)
        if self.scratch:
            remove(self.scratch)
        try:
            ended = self.zygote.ask({"ended": self.pid})
        except SandboxError:
            return self.killed_for
        by_limit = os.WIFSIGNALED(ended["status"]) and os.WTERMSIG(ended["status"]) == signal.SIGXCPU
        if by_limit or ended["cpu"] >= self.cpu:
            return "it computed for longer than it may"
        return self.killed_for or in_words(ended["status"])


def remove(folder: Path) -> None:
    """Remove a folder that a student's process wrote to, once it has ended; no link is followed."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False)


def in_words(status: int) -> str:
    """How a process ended, from its status as `os.waitpid` gives it."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"  # not all have one
        return f"it crashed or was stopped ({name})"
    return "it ended itself"


class Zygote:
    """The process that forks students' processes, as seen from the grader."""

    def __init__(self, command: list[str], settings: dict[str, Any], environment: dict[str, str], log: Path):
        self.children: dict[int, Child] = {}
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = json.dumps({**settings, "control": theirs.fileno()})
        streams = dict.fromkeys(("stdin", "stdout"), subprocess.DEVNULL)
        try:
            with theirs, open(log, "wb") as errors:
                self.process = subprocess.Popen(
                    [*command, words],
                    **dict(**streams, stderr=errors, env=environment, cwd="/", start_new_session=True),
                    pass_fds=[theirs.fileno()],
                )
        except OSError:
            self.control.close()
            raise
        self.control.settimeout(STARTS)
        try:
            ready = self._answer()
        except SandboxError as error:
            self.close()
            said = log.read_text(errors="replace").strip().splitlines()
            raise SandboxError(said[-1] if said else str(error)) from error
        if ready["threads"] != 1:
            self.close()
            raise SandboxError(f"the process to fork from has {ready['threads']} threads: its children could hang")

    def ask(self, request: dict, *files: int) -> dict:
        """The answer to a request. Raises: SandboxError when the process is gone."""
        with self.lock:
            try:
                socket.send_fds(self.control, [json.dumps(request).encode()], files)
            except OSError as error:
                raise SandboxError(f"the process to fork from is gone: {error}") from error
            return self._answer()

    def _answer(self) -> dict:
        try:
            got = self.control.recv(2**16)
        except OSError as error:
            raise SandboxError(f"the process to fork from does not answer: {error}") from error
        if not got:
            raise SandboxError("the process to fork from has ended")
        return json.loads(got)

    def fork(self, budget: Budget, scratch: str, folder: Path | None) -> Child:
        """A new student's process, locked down and waiting. Raises: SandboxError."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as unless_forked:
            unless_forked.callback(ours.close)
            answer = self.ask({"budget": asdict(budget), "scratch": scratch}, theirs.fileno())
            if "failed" in answer:
                raise SandboxError(answer["failed"])
            pid = answer["pid"]
            unless_forked.pop_all()
        channel, deadline = Channel(ours), time.monotonic() + FORKS
        try:
            ours.settimeout(FORKS)
            mark, files, *_ = socket.recv_fds(ours, 1, 1)
            if mark != b"p" or len(files) != 1:
                raise WireError("it did not say who it is")
            child = self.children[pid] = Child(channel, files[0], pid, self, folder, budget.cpu)
            said = channel.receive(deadline)[0]
        except (OSError, EOFError, WireError) as error:
            raise SandboxError(f"a student's process could not be locked down: {error}") from error
        if "ready" not in said:
            child.close()
            raise SandboxError(str(said.get("failed")))
        return child

    def close(self) -> None:
        """End it and all its children."""
        for child in list(self.children.values()):
            with contextlib.suppress(SandboxError):
                child.close()
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
