"""Tries to make a call under the numbers of another architecture (x32).

Must: errno 1|errno 38
"""

report = syscalls((0x40000000 + 57,), (0x40000000 + 41, 2, 1, 0))
