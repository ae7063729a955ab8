"""Empties the system's memory of a library's file: what is read of it then is quick, which the next process could time.

Must: ^PermissionError$
"""

import os

with open(os.__file__) as file:
    report = attempt(lambda: os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED))
