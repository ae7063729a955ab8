"""Announces four thousand million arrays.

Ended: yes
"""


def scale(x, factor):
    say(struct.pack("!IIQ", 100, 2**32 - 1, 100) + bytes(4096))
    return x, 0.0
