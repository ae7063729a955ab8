"""Prints without end.

Slow: yes
"""


def scale(x, factor):
    while True:
        print("x" * 10**6)
