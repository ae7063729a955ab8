"""Sends an answer a byte at a time, so that each read succeeds and the whole never ends.

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
    import signal
    import time

    signal.setitimer(signal.ITIMER_REAL, 0)
    say(struct.pack("!IIQ", 2**23, 0, 0))
    while True:
        say(b" ")
        time.sleep(0.01)
    return x, 0.0
