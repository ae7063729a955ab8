"""Tries to use open files that were left to it.

Must: its own socket
"""

import os


def look():
    found = {}
    for number in range(3, 1024):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}") if os.path.exists("/proc/self") else os.fstat(number)
        except OSError:
            try:
                found[number] = os.fstat(number)
            except OSError:
                pass
    return sorted(found)


found = look()
report = f"succeeded: {found}" if found != [3] else "its own socket"
