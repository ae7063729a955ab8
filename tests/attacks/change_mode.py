"""Tries to change the mode of a file that belongs to its own user.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

import os

report = attempt(lambda: os.chmod(CANARY, 0o777))
