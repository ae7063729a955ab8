"""The system calls that a student's process may make, compiled to a filter for the kernel (seccomp).

An allow-list: what is not here fails with EPERM. Not here are fork and exec, sockets to anywhere, signals to others,
ptrace, io_uring (which goes round a filter), namespaces, other people's file modes and times, nor what tells one
submission of another through the libraries' files: F_GETLK, and fadvise, which empties the page cache. Untried on
aarch64.

Source: the kernel's Documentation/userspace-api/seccomp_filter.rst and its tables of numbers.
"""

import errno
import platform
import struct

# name:number on x86_64:number on aarch64
TABLE = """
read:0:63 write:1:64 close:3:57 fstat:5:80 newfstatat:262:79 stat:4:- lstat:6:- statx:332:291 lseek:8:62
pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 access:21:- faccessat:269:48 faccessat2:439:439 openat:257:56
open:2:- getdents64:217:61 readlink:89:- readlinkat:267:78 getcwd:79:17 chdir:80:49 fchdir:81:50 mkdir:83:-
mkdirat:258:34 unlink:87:- unlinkat:263:35 rmdir:84:- rename:82:- renameat:264:38 renameat2:316:276 ftruncate:77:46
fsync:74:82 fdatasync:75:83 statfs:137:43 fstatfs:138:44 dup:32:23 dup2:33:- dup3:292:24 pipe:22:-
pipe2:293:59 sendfile:40:71 copy_file_range:326:285 fcntl:72:25 ioctl:16:29
poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21
epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 socketpair:53:199 sendto:44:206 recvfrom:45:207 sendmsg:46:211
recvmsg:47:212 shutdown:48:210 getsockopt:55:209 setsockopt:54:208 getsockname:51:204 getpeername:52:205
futex:202:98 pause:34:- alarm:37:- getitimer:36:102 setitimer:38:103 nanosleep:35:101 clock_nanosleep:230:115
clock_gettime:228:113 clock_getres:229:114 gettimeofday:96:169 time:201:- times:100:153 restart_syscall:219:128
mmap:9:222 munmap:11:215 mremap:25:216 mprotect:10:226 madvise:28:233 brk:12:214 msync:26:227 mincore:27:232
rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137
rt_sigsuspend:130:133 sigaltstack:131:132 kill:62:129 tgkill:234:131
clone:56:220 clone3:435:435 set_robust_list:273:99 get_robust_list:274:100 rseq:334:293 set_tid_address:218:96
sched_yield:24:124 sched_getaffinity:204:123 getcpu:309:168 membarrier:324:283 exit:60:93 exit_group:231:94
wait4:61:260 waitid:247:95
getpid:39:172 gettid:186:178 getppid:110:173 getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177
getgroups:115:158 getresuid:118:148 getresgid:120:150 getpgrp:111:- getpgid:121:155 getsid:124:156
getpriority:140:141 getrlimit:97:163 prlimit64:302:261 getrusage:98:165 sysinfo:99:179 uname:63:160
getrandom:318:278 capget:125:90 prctl:157:167 arch_prctl:158:-
"""
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # as audit.h numbers them; column of the table

CLONE_THREAD, CLONE_NEW = 0x10000, 0x7E020000  # the second: every new namespace
O_WRONLY, O_RDWR, O_TRUNC, O_TMPFILE = 1, 2, 0x200, 0x400000
THREADS_ONLY = [(0, CLONE_THREAD | CLONE_NEW, (CLONE_THREAD,))]
NO_TRUNCATION_UNSEEN = (0, O_WRONLY, O_RDWR, O_TRUNC | O_WRONLY, O_TRUNC | O_RDWR)  # old Landlock sees only writing


def conditions(pid: int) -> dict[str, list[tuple[int, int, tuple[int, ...]]]]:
    """For some calls, what must hold: (number of the argument, bits looked at, values allowed), each of them."""
    return {
        "clone": THREADS_ONLY,
        "openat": [(2, O_TMPFILE | O_TRUNC | 3, NO_TRUNCATION_UNSEEN)],
        "open": [(1, O_TMPFILE | O_TRUNC | 3, NO_TRUNCATION_UNSEEN)],
        "mkdir": [(1, 0o700, (0o700,))],  # a folder that cannot be listed would hide what it takes
        "mkdirat": [(2, 0o700, (0o700,))],
        "kill": [(0, 0xFFFFFFFF, (pid,))],
        "tgkill": [(0, 0xFFFFFFFF, (pid,))],
        "prlimit64": [(0, 0xFFFFFFFF, (0, pid))],
        "socketpair": [(0, 0xFFFFFFFF, (1,)), (1, 0xF, (1,))],  # AF_UNIX, SOCK_STREAM: joined to each other for good
        "prctl": [(0, 0xFFFFFFFF, (3, 15, 16, 0x53564D41))],  # GET_DUMPABLE, SET_NAME, GET_NAME, SET_VMA
        "ioctl": [(1, 0xFFFFFFFF, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451))],  # of a terminal; FIONBIO, FIOCLEX
        "fcntl": [(1, 0xFFFFFFFF, (0, 1, 2, 3, 4, 6, 7, 37, 38, 1030))],  # no F_SETOWN: it sends signals; no F_GETLK
    }


LOAD, MASK, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06  # BPF: load a word, and, jump if equal, return
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000


def numbers(machine: str) -> dict[str, int]:
    """The calls of the table that this machine has."""
    column = ARCHITECTURES[machine][1]
    rows = (entry.split(":") for entry in TABLE.split())
    return {name: int(found[column]) for name, *found in rows if found[column] != "-"}


def compile_filter(pid: int, machine: str | None = None) -> bytes:
    """The program for a process with this number, on this machine. Raises: KeyError for an unknown machine."""
    machine = machine or platform.machine()
    must_hold = conditions(pid)
    lines = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, ARCHITECTURES[machine][0]), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for name, number in numbers(machine).items():
        if name == "clone3":  # its flags lie in memory, where no filter looks; the C library then falls back to clone
            block = [(RETURN, 0, 0, FAIL | errno.ENOSYS)]
        else:
            block = [line for condition in must_hold.get(name, ()) for line in _condition(*condition)]
            block.append((RETURN, 0, 0, ALLOW))
        lines += [(EQUAL, 0, len(block), number), *block]
    lines.append((RETURN, 0, 0, FAIL | errno.EPERM))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _condition(argument: int, mask: int, values: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Go on where the argument's low word has one of the values under the mask; else fail."""
    jumps = [(EQUAL, len(values) - k, 0, value) for k, value in enumerate(values)]
    return [(LOAD, 0, 0, 16 + 8 * argument), (MASK, 0, 0, mask), *jumps, (RETURN, 0, 0, FAIL | errno.EPERM)]
