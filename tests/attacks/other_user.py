"""Tries to become another user and to get capabilities.

Must: errno 1|errno 38
"""

report = syscalls((105, 0), (117, 0, 0, 0), (126, BUFFER, BUFFER), (157, 24, 0, 0, 0, 0), (157, 8, 1, 0, 0, 0))
