"""Sends an integer of eight million digits.

Ended: yes
"""


def scale(x, factor):
    say(frame({"returned": {"int": "f" * (2**23 - 100)}, "printed": ""}))
    return x, 0.0
