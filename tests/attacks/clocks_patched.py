"""Tries to stop the clocks and to switch the timer off, then loops.

Ended: yes
Slow: yes
"""

import signal
import time

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0


def scale(x, factor):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass
