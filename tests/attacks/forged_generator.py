"""Sends a random generator with a state that lies beyond its own memory.

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
    state = {"dict": [["bit_generator", "MT19937"], ["state", {"dict": [["pos", 2**31]]}]]}
    say(frame({"returned": {"rng": "MT19937", "state": state}, "printed": ""}))
    return x, 0.0
