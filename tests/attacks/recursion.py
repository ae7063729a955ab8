"""Recurses without end, in Python and in C.

Ended: perhaps
"""


def scale(x, factor):
    if factor > 2:
        return scale(x, factor)
    import sys

    sys.setrecursionlimit(10**8)
    return repr(nested()), 0.0


def nested():
    tree = []
    for _ in range(10**5):
        tree = [tree]
    return tree
