"""Tries to move, to remove and to link files that everybody may move.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

import os


def move():
    for run in (
        lambda: os.rename(CANARY, OUTSIDE + "/moved"),
        lambda: os.unlink(CANARY),
        lambda: os.link(CANARY, "linked"),
        lambda: os.mkdir(OUTSIDE + "/folder"),
        lambda: os.setxattr(CANARY, "user.x", b"1"),
    ):
        try:
            return run() or "done"
        except OSError as error:
            last = error
    raise last


report = attempt(move)
