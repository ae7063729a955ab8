"""Sends an array of 48 bytes as if it had a million million elements.

Ended: yes
"""


def scale(x, factor):
    node = {"array": "float64", "shape": [10**6, 10**6], "at": 0}
    say(frame({"returned": {"tuple": [{"tuple": [node, node]}, {"list": []}]}, "printed": ""}, [bytes(48)]))
    return x, 0.0
