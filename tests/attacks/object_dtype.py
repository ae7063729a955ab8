"""Sends an array of objects, whose bytes would be pointers.

Ended: yes
"""


def scale(x, factor):
    node = {"array": "object", "shape": [6], "at": 0}
    say(frame({"returned": {"tuple": [{"tuple": [node, node]}, {"list": []}]}, "printed": ""}, [bytes(48)]))
    return x, 0.0
