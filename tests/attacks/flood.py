"""Sends as much as the socket takes, for ever.

Slow: yes

Ended: yes
"""


def scale(x, factor):
    good = frame({"returned": None, "printed": "x" * 10**6})
    while True:
        say(good)
    return x, 0.0
