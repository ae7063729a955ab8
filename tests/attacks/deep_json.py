"""Sends JSON of a million brackets.

Ended: yes
"""


def scale(x, factor):
    say(frame(b"[" * 10**6 + b"]" * 10**6))
    return x, 0.0
