"""Sends short texts beside long ones: each array of texts pads to the longest.

Ended: yes
"""


def scale(x, factor):
    node = {"text": [4000], "items": ["a" * 4000] + [""] * 3999}
    say(frame({"returned": {"list": [node] * 300}, "printed": ""}))
    return x, 0.0
