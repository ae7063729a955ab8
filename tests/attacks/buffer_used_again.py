"""Names one buffer of a megabyte ten thousand times: ten gigabytes for whoever copies.

Ended: yes
"""


def scale(x, factor):
    node = {"array": "uint8", "shape": [2**20], "at": 0}
    say(frame({"returned": {"list": [node] * 10**4}, "printed": ""}, [bytes(2**20)]))
    return x, 0.0
