"""Tries to kill the process that forked it, the grader, and all processes.

Must: PermissionError|ProcessLookupError
"""

import os
import signal


def kill():
    for number in (os.getppid(), GRADER, -1, 0, -GRADER):
        try:
            return os.kill(number, signal.SIGTERM if number in (0, -1) else 0) or f"reached {number}"
        except OSError as error:
            last = error
    raise last


signal.signal(signal.SIGTERM, signal.SIG_IGN)
report = attempt(kill)
