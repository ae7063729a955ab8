"""Tries to trace another process, to read its memory and to take its files.

Must: errno 1|errno 38
"""

report = syscalls(
    (101, 16, PARENT, 0, 0),
    (310, PARENT, BUFFER, 1, BUFFER, 1, 0),
    (438, 3, 0, 0),
    (434, PARENT, 0),
    (312, PARENT, PARENT, 0, 0, 0),
)
