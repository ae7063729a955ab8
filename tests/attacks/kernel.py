"""Tries the calls through which kernels have been broken.

Must: errno 1|errno 38
"""

report = syscalls(
    (321, 0, BUFFER, 64),
    (298, BUFFER, 0, -1, -1, 0),
    (323, 0),
    (250, 0, 0, 0),
    (248, BUFFER, BUFFER, 0, 0, -3),
    (175, 0, 0, 0),
    (246, 0, 0, 0, 0),
    (135, 0x0040000),
)
