"""Tries every way of the standard library to start a program.

Must: PermissionError|FileNotFoundError
"""

import multiprocessing
import os
import subprocess


def spawn():
    for run in (
        lambda: subprocess.run(["/bin/true"], check=True),
        lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1] == 0 or 1 / 0,
        lambda: os.system("true") == 0 or 1 / 0,
        lambda: multiprocessing.get_context("fork").Process(target=print).start(),
        lambda: os.execv("/bin/true", ["true"]),
    ):
        try:
            return run() or "done"
        except (OSError, ZeroDivisionError) as error:
            last = error
    raise last


report = attempt(spawn)
