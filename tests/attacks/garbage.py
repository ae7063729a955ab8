"""Sends noise in place of an answer.

Ended: yes
"""


def scale(x, factor):
    say(os.urandom(4096))
    return x, 0.0
