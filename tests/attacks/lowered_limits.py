"""Tries to change the limits of the process that forked it, and the priorities of others.

Must: errno 1|errno 38
"""

report = syscalls(
    (302, PARENT, 7, BUFFER, 0),
    (141, 1, 0, 19),
    (144, PARENT, 3, BUFFER),
    (203, PARENT, 8, BUFFER),
    (251, 1, PARENT, 0),
)
