"""Tries to have the last word when its process ends."""

import atexit
import os
import sys

atexit.register(lambda: os.write(3, b'{"score": 3}'))
sys.excepthook = lambda *args: os.write(3, b'{"score": 3}')


def scale(x, factor):
    sys.exit(0)
