"""Sends half an answer and waits.

Slow: yes

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
    import time

    say(frame({"returned": None, "printed": "x" * 1000})[:500])
    time.sleep(1000)
    return x, 0.0
