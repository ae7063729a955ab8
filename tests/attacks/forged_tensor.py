"""Sends tensors that are none: of more numbers than there are bytes, of objects, one within another.

Ended: yes
"""


def scale(x, factor):
    beyond = {"tensor": {"array": "float64", "shape": [2**40, 3], "at": 0}}
    objects = {"tensor": {"array": "object", "shape": [6], "at": 0}}
    for node in (beyond, objects, {"tensor": objects}, {"tensor": {"rng": "PCG64", "state": 1}}):
        say(frame({"returned": {"tuple": [{"tuple": [node, node]}, {"list": []}]}, "printed": ""}, [bytes(48)]))
    return x, 0.0
