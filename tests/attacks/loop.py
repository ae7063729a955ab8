"""Loops for ever, and is stopped without the loss of its process.

Slow: yes
"""


def scale(x, factor):
    while True:
        pass
