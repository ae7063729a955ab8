"""Take from this process, for good, all that a student's code does not need. Linux, by ctypes; nothing is installed.

Each function takes one thing away. The order matters: new namespaces need rights, rights go before the filter of
system calls, and the filter forbids the calls that the other steps make.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.sandbox.syscalls import compile_filter

LIBC = ctypes.CDLL(None, use_errno=True)
PDEATHSIG, DUMPABLE, KEEPCAPS, SECCOMP, CAPBSET_DROP, NO_NEW_PRIVS, GET_TID_ADDRESS, AMBIENT = (
    1,
    4,
    8,
    22,
    24,
    38,
    40,
    47,
)
NEW_NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000  # user, mount, pid, net, ipc
CLONE, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = {"x86_64": 56, "aarch64": 220}, 0x00200000, 0x01000000
MS_NOSUID_NODEV, MS_PRIVATE_REC = 2 | 4, 0x40000 | 0x4000
CAP_DAC_READ_SEARCH = 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # the same numbers on every architecture
READ, READ_DIRS = 1 << 2, 1 << 2 | 1 << 3
WRITE = 1 << 1 | 1 << 14  # write, truncate
WRITE_DIRS = READ_DIRS | WRITE | 1 << 7 | 1 << 8  # make folders and files
REMOVE = 1 << 4 | 1 << 5 | 1 << 13  # remove folders and files, move them
MEGABYTE = 2**20


@dataclass(frozen=True)
class Budget:
    """What one student's process may use.

    wall and cpu in seconds; memory, scratch and output in megabytes: memory comes on top of what the libraries take,
    scratch is what may lie in files, output what a cell's outputs may hold.
    """

    wall: float = 300.0
    cpu: int = 120
    memory: int = 1024
    scratch: int = 64
    output: float = 1.0
    threads: int = 32


USUAL = Budget()


def prctl(option: int, *arguments: int) -> None:
    padded = (ctypes.c_ulong * 4)(*arguments)
    _succeed("prctl", LIBC.prctl(option, *map(ctypes.c_ulong, padded)))


def fork_apart() -> int:
    """Fork a process that is alone: no network, no other process, mounts of its own, in a user namespace of its own.

    As C's fork, in one step with the namespaces: the C library wants the child's number where it kept the parent's.
    Returns: the child's number, and 0 in the child, which goes on with `own_names`. Raises: OSError.
    """
    place, settle = ctypes.c_ulong(), CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | signal.SIGCHLD
    prctl(GET_TID_ADDRESS, ctypes.addressof(place))
    last = (place.value, 0) if platform.machine() == "x86_64" else (0, place.value)
    ctypes.pythonapi.PyOS_BeforeFork()
    words = [ctypes.c_ulong(word) for word in (NEW_NAMESPACES | settle, 0, 0, *last)]
    pid = ctypes.PyDLL(None, use_errno=True).syscall(ctypes.c_long(CLONE[platform.machine()]), *words)
    ctypes.pythonapi.PyOS_AfterFork_Child() if pid == 0 else ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _succeed("clone", pid)


def own_names(uid: int, gid: int) -> None:
    """Keep one's user and group in the new namespace, and one's mounts to oneself."""
    prctl(DUMPABLE, 1)  # else the files below belong to root
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    prctl(DUMPABLE, 0)
    mount("none", "/", "", MS_PRIVATE_REC, "")


def mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    words = [text.encode() for text in (source, target, kind, options)]
    _succeed(f"mount {target}", LIBC.mount(*words[:3], ctypes.c_ulong(flags), words[3]))


def own_folder(path: str, megabytes: int) -> None:
    """An empty folder in memory, of this size, over what is there."""
    mount("tmpfs", path, "tmpfs", MS_NOSUID_NODEV, f"size={megabytes}m,nr_inodes=10000,mode=0700")


def limits(budget: Budget, threads: bool) -> None:
    """Limits for each process, which are limits for the submission once fork is denied.

    threads: only where the user has no other processes, which would count.
    """
    with open("/proc/self/statm", encoding="utf-8") as file:
        base = int(file.read().split()[0]) * resource.getpagesize()
    wanted = {
        resource.RLIMIT_AS: base + budget.memory * MEGABYTE,
        resource.RLIMIT_CPU: budget.cpu,
        resource.RLIMIT_FSIZE: budget.scratch * MEGABYTE,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if threads:
        wanted[resource.RLIMIT_NPROC] = budget.threads + 1
    for which, limit in wanted.items():  # the soft limit of time tells the process, the hard one ends it
        hard = resource.getrlimit(which)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard - 1)
        resource.setrlimit(which, (limit, limit + (which == resource.RLIMIT_CPU)))


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 where it offers none."""
    return max(0, LIBC.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))


def landlock(readable: Iterable[str], writable: Iterable[str], removable: bool) -> None:
    """Leave only these files and folders (and what is below) to be read, and these to be written as well.

    removable: whether files may be removed; one that is open or mapped then takes room that nobody can see.
    """
    version = landlock_version()
    if not version:
        raise OSError("this kernel offers no Landlock")
    handled = (1 << (12 + min(version, 3) + (version >= 5))) - 1  # 13 rights in the first version; 14, 15, then 16
    scoped = 3 if version >= 6 else 0  # sockets without a file, signals
    writing = WRITE_DIRS | REMOVE if removable else WRITE_DIRS
    rules = struct.pack("=QQQ", handled, 3 if version >= 4 else 0, scoped)  # 3: bind and connect by TCP
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _succeed("landlock", LIBC.syscall(LANDLOCK_CREATE, rules, ctypes.c_size_t(size), 0))
    for path, rights in [(path, READ_DIRS) for path in readable] + [(path, writing) for path in writable]:
        if not os.path.exists(path):
            continue
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights &= handled & (-1 if os.path.isdir(path) else READ | WRITE)
        rule = struct.pack("=Qi", rights, folder)
        _succeed(f"landlock {path}", LIBC.syscall(LANDLOCK_ADD, ruleset, 1, rule, 0))
        os.close(folder)
    prctl(NO_NEW_PRIVS, 1)
    _succeed("landlock", LIBC.syscall(LANDLOCK_RESTRICT, ruleset, 0))
    os.close(ruleset)


def drop_rights(keep: Iterable[int] = ()) -> None:
    """Give up all capabilities but these, in this process and in what it could ever execute."""
    kept = sum(1 << number for number in keep)
    for number in range(64):  # allowed only with the right to; without it the next step already leaves nothing
        if not kept >> number & 1:
            LIBC.prctl(CAPBSET_DROP, ctypes.c_ulong(number), *[ctypes.c_ulong(0)] * 3)
    LIBC.prctl(AMBIENT, ctypes.c_ulong(4), *[ctypes.c_ulong(0)] * 3)
    header, data = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    _succeed("capset", LIBC.capset(header, data))
    prctl(NO_NEW_PRIVS, 1)


def filter_system_calls() -> None:
    """From here on only the calls of `syscalls`, in all threads."""
    program = compile_filter(os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    prctl(NO_NEW_PRIVS, 1)
    head = ctypes.create_string_buffer(head, len(head))
    prctl(SECCOMP, 2, ctypes.addressof(head))


def _succeed(what: str, returned: int) -> int:
    if returned < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return returned
