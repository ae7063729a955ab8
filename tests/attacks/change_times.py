"""Tries to change the times of a file.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

import os

report = attempt(lambda: os.utime(CANARY, (0, 0)))
