"""Sends handles and callbacks that do not exist.

Ended: yes
"""


def scale(x, factor):
    say(frame({"returned": {"handle": -1, "what": "__class__"}, "printed": ""}))
    return x, 0.0
