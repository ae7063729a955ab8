"""Tries to fork.

Must: PermissionError|FileNotFoundError
"""

import os


def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)


report = attempt(fork)
