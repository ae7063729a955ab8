"""Tries to empty a file by opening it for reading with O_TRUNC, and by truncate.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

import os


def empty():
    try:
        os.close(os.open(CANARY, os.O_RDONLY | os.O_TRUNC))
    except OSError:
        os.truncate(CANARY, 0)


report = attempt(empty)
