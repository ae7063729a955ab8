"""Tries to read the memory, the environment and the command line of the grader.

Must: PermissionError|FileNotFoundError
"""


def spy():
    for name in ("mem", "environ", "cmdline", "maps", "fd/0"):
        for number in (GRADER, 1):
            try:
                return open(f"/proc/{number}/{name}", "rb").read(100)
            except OSError as error:
                last = error
    raise last


report = attempt(spy)
