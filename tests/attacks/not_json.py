"""Sends bytes that are no JSON, and JSON that is no object.

Ended: yes
"""


def scale(x, factor):
    say(frame(b"[1, 2") if factor > 2 else frame(b"[]"))
    return x, 0.0
