"""Tries to read a secret through a link in its own folder, and to leave the link for the grader.

Must: PermissionError|FileNotFoundError
"""

import os


def by_link():
    os.symlink(CANARY, "link")
    return open("link").read()


report = attempt(by_link)
