"""Tries to list folders: homes, the course, the grader's temporary files.

Must: PermissionError|FileNotFoundError
"""

import os


def look():
    seen = []
    for folder in ("/home", "/root", "/var", "/srv", "/mnt", os.path.dirname(CANARY), os.path.dirname(NEIGHBOUR)):
        try:
            seen += [f"{folder}/{name}" for name in os.listdir(folder)]
        except OSError as error:
            last = error
    seen = [name for name in seen if "pyenv" not in name and not name.startswith("/bin")]
    if seen and NEIGHBOUR != "/tmp":
        return seen
    if [name for name in seen if "secret" in name]:
        return seen
    raise PermissionError


report = attempt(look)
