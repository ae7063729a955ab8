"""Announces buffers whose lengths do not add up.

Ended: yes
"""


def scale(x, factor):
    say(struct.pack("!IIQ", 2, 1, 8) + struct.pack("!Q", 2**40) + b"{}" + bytes(8))
    return x, 0.0
