"""Says of its own cell that it failed, in a form in which no error comes.

Ended: yes
Must: made no sense
"""

import json
import os
import struct
import time


def frame(message, buffers=()):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    sizes = [len(buffer) for buffer in buffers]
    head = struct.pack("!IIQ", len(text), len(sizes), sum(sizes)) + struct.pack(f"!{len(sizes)}Q", *sizes)
    return head + text + b"".join(buffers)


def say(data):
    while data:
        data = data[os.write(3, data) :]


say(frame({"returned": {"outputs": [], "error": [1]}, "printed": ""}))
time.sleep(1)
