"""Tries the kinds of memory that no limit of a process counts, and that would outlive it.

Must: errno 1|errno 38
"""

report = syscalls(
    (29, 0, 10**8, 0o1600),
    (319, BUFFER, 0),
    (240, BUFFER, 0o102, 0o600, 0),
    (220, 1, 1, 0o1600),
    (64, 1, 1, 0o1600),
    (447, 0),
)
