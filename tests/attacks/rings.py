"""Tries io_uring, which goes round a filter of system calls.

Must: errno 1|errno 38
"""

report = syscalls((425, 8, BUFFER))
