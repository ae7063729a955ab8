"""Announces an answer of 2**60 bytes.

Ended: yes
"""


def scale(x, factor):
    say(struct.pack("!IIQ", 100, 1, 2**60) + bytes(4096))
    return x, 0.0
