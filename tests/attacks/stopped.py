"""Stops its own process with a signal that cannot be caught, and waits.

Ended: B
Slow: yes
"""

import os
import signal


def scale(x, factor):
    os.kill(os.getpid(), signal.SIGSTOP)
    while True:
        signal.pause()
