"""Fills the disk with files that never had a name.

Must: OSError|PermissionError
"""

import os


def fill():
    for _ in range(64):
        file = os.open(".", os.O_TMPFILE | os.O_RDWR)
        for _ in range(8):
            os.write(file, bytes(2**20))
    return "filled"


report = attempt(fill)
