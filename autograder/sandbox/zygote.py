"""A process that has imported the libraries once, and forks a locked-down child for each submission.

Runs inside the outer sandbox (rung A) or as it is (rung B), as `python -m autograder.sandbox.zygote SETTINGS`, and is
asked over a socket. It never runs a student's code itself.
"""

import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import tempfile
from typing import Any

from autograder.sandbox import lockdown
from autograder.sandbox.cells import new_shell, run_cell
from autograder.sandbox.channel import Channel
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.worker import Worker

OWN = 3  # the number of a child's only open file beside the standard ones


def main(settings: dict[str, Any]) -> None:
    """Prepare, say so, and fork at each request until the other end is closed."""
    if settings["uid"] is not None:
        become(settings["uid"], settings["keep"])
    lockdown.prctl(lockdown.DUMPABLE, 0)
    control = socket.socket(fileno=settings["control"])
    for name in settings["preload"]:
        importlib.import_module(name)
    if "torch" in sys.modules:
        warm_up_torch()
    if text := sys.modules.get("rnn_core.data.text"):
        text.load_text()  # read once, for all
    shell = new_shell()
    warm_up(shell)
    threads = len(os.listdir("/proc/self/task"))
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": os.getpid(), "threads": threads}).encode())
    while True:
        request, sockets, *_ = socket.recv_fds(control, 2**16, 1)
        if not request:
            os._exit(0)
        control.send(json.dumps(answer(json.loads(request), sockets, settings, shell)).encode())


def answer(request: dict, sockets: list[int], settings: dict, shell: Any) -> dict:
    """Fork a child that serves on the socket that came along, or say how an earlier one has ended."""
    if "ended" in request:
        _, status, used = os.wait4(request["ended"], 0)
        return {"status": status, "cpu": used.ru_utime + used.ru_stime}
    who = os.getuid(), os.getgid()
    try:
        pid = lockdown.fork_apart() if settings["namespaces"] else os.fork()
    except OSError as error:
        os.close(sockets[0])
        return {"failed": f"{type(error).__name__}: {error}"}
    if pid == 0:
        try:
            os.dup2(sockets[0], OWN)  # the child keeps no way to ask the zygote, nor any other open file
            os.closerange(OWN + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
            for stream in (1, 2):
                os.dup2(0, stream)
            child(socket.socket(fileno=OWN), request, settings, shell, who)
        finally:
            os._exit(1)
    os.close(sockets[0])
    return {"pid": pid}


def child(sock: socket.socket, request: dict, settings: dict, shell: Any, who: tuple[int, int]) -> None:
    """Lock this process down and serve a student's code; never returns."""
    channel = Channel(sock)
    try:
        if settings["namespaces"]:
            lockdown.own_names(*who)
        itself = os.pidfd_open(os.getpid())
        socket.send_fds(sock, [b"p"], [itself])
        os.close(itself)
        lock_down(Budget(**request["budget"]), request["scratch"], settings)
    except BaseException as error:
        channel.send({"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    channel.send({"ready": True})
    Worker(channel, shell).serve()
    os._exit(0)


def lock_down(budget: Budget, scratch: str, settings: dict) -> None:
    """The whole lockdown in its order. `off` names steps to leave out: only for the tests of the tests."""
    off = settings["off"]
    if settings["namespaces"]:
        for path in {scratch, "/tmp"}:
            lockdown.own_folder(path, budget.scratch)
        lockdown.limits(budget, threads=True) if "limits" not in off else None
        lockdown.own_folder("/proc", 1)
    else:
        lockdown.prctl(lockdown.PDEATHSIG, signal.SIGKILL)
        lockdown.limits(budget, threads=False) if "limits" not in off else None
    os.setsid()  # a signal to one's own group must not reach the zygote
    os.umask(0o022)
    os.chdir(scratch)
    tempfile.tempdir = None
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = scratch
    if "landlock" not in off:
        lockdown.landlock(settings["readable"], [scratch, "/dev/null"], removable=settings["namespaces"])
    if "rights" not in off:
        lockdown.drop_rights(settings["keep"])
    if "seccomp" not in off:
        lockdown.filter_system_calls()


def become(uid: int, keep: list[int]) -> None:
    """Turn from root into an ordinary user, with no right but these."""
    lockdown.prctl(lockdown.KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    lockdown.drop_rights(keep)


def warm_up(shell: Any) -> None:
    """Let IPython import now what it imports at the first cell, and at the first that fails."""
    before = dict(shell.user_ns)
    for cell in ("1 / 0", "display(1)"):  # a last value would stay in Out, and IPython would never set _ again
        run_cell(shell, cell, 60.0, 2**10)
    shell.plain = True
    shell.user_ns.clear()
    shell.user_ns.update(before)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)


def warm_up_torch() -> None:
    """Let torch import now what it imports at the first step of training; one thread, or its children would hang."""
    import torch

    torch.set_num_threads(1)
    layer = torch.nn.Linear(2, 2)
    optimiser = torch.optim.Adam(layer.parameters())
    layer(torch.zeros(1, 2)).sum().backward()
    optimiser.step()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
