"""Tries to get namespaces of its own, in which it would be root, to mount, and to change its root.

Must: errno 1|errno 38
"""

report = syscalls(
    (272, 0x10000000),
    (272, 0x20000),
    (165, 0, 0, 0, 0, 0),
    (161, BUFFER),
    (155, BUFFER, BUFFER),
    (308, 3, 0),
    (428, -100, BUFFER, 1),
)
