"""Tries to read a secret through the root folders of other processes.

Must: PermissionError|FileNotFoundError
"""


def by_proc():
    for number in ("self", "1", str(GRADER), "thread-self"):
        try:
            return open(f"/proc/{number}/root{CANARY}").read()
        except OSError as error:
            last = error
    raise last


report = attempt(by_proc)
