"""Calls back again and again, with numbers that nobody gave out.

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
    for number in (0, -1, 10**9, "0", None):
        say(frame({"ask": number, "args": {"tuple": [{"tuple": []}, {"dict": []}]}}))
    return x, 0.0
