"""Tries to outlive its grading: no signal at its parent's death, none accepted, threads that go on.

Must: errno 1
Slow: yes
"""

import signal
import threading
import time

report = syscalls((157, 1, 0, 0, 0, 0))
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
threading.Thread(target=time.sleep, args=(10**6,)).start()


def scale(x, factor):
    time.sleep(10**6)
