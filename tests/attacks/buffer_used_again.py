"""Names one buffer of a megabyte ten thousand times: ten gigabytes for whoever copies.

Ended: yes
"""

import json
import os
import struct


def frame(message, buffers=()):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    sizes = [len(buffer) for buffer in buffers]
    head = struct.pack("!IIQ", len(text), len(sizes), sum(sizes)) + struct.pack(f"!{len(sizes)}Q", *sizes)
    return head + text + b"".join(buffers)


def say(data):
    while data:
        data = data[os.write(3, data) :]


def scale(x, factor):
    node = {"array": "uint8", "shape": [2**20], "at": 0}
    say(frame({"returned": {"list": [node] * 10**4}, "printed": ""}, [bytes(2**20)]))
    return x, 0.0
