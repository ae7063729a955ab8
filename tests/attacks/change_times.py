"""Tries to change the times of a file.

Must: PermissionError|FileNotFoundError
Outside: untouched
Off: seccomp on B as user
"""

import os

report = attempt(lambda: os.utime(CANARY, (0, 0)))
