"""Sends a tree that is nested far deeper than any value.

Ended: yes
"""


def scale(x, factor):
    say(frame(b'{"printed": "", "returned": ' + b'{"list": [' * 400 + b"1" + b"]}" * 400 + b"}"))
    return x, 0.0
