"""Sleeps for ever.

Slow: yes
"""

import time


def scale(x, factor):
    time.sleep(10**6)
