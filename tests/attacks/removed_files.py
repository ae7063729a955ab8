"""Fills the disk with files that it removes while they are open or mapped, where no count sees them.

Must: OSError|PermissionError
"""

import mmap
import os


def fill():
    kept = []
    for number in range(64):
        with open(f"file{number}", "w+b") as file:
            file.write(bytes(8 * 2**20))
            file.flush()
            kept.append(mmap.mmap(file.fileno(), 4096))
        os.remove(f"file{number}")
    return len(kept)


report = attempt(fill)
