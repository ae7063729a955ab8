"""Tries to read the course: its checks, its reference, its solutions.

Must: PermissionError|FileNotFoundError
"""

import glob
import os
import sys


def hunt():
    places = [*sys.path, COURSE, "/course"]
    patterns = ("autograder/checks/*/*.py", "rnn_core/rnn.py", "solutions/*/*.py", "autograder/spec.py")
    for place in places:
        for pattern in patterns:
            for path in glob.glob(os.path.join(place, pattern)):
                return path, open(path).read(100)
    for path in ("autograder/checks/__init__.py", "rnn_core/rnn.py", "solutions/02_recurrent_cell/recurrent_cell.py"):
        open(os.path.join(COURSE, path)).read()


report = attempt(hunt)
