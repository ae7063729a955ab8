"""Starts threads until there is room for no more.

Must: RuntimeError|it started more
Ended: B
Slow: yes
"""

import threading
import time

threading.stack_size(2**16)


def fill():
    for number in range(600):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        time.sleep(0.0005)
    return number


report = attempt(fill)
