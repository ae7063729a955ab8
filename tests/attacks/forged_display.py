"""Says that its cell showed other things than outputs, a page with a script among them.

Ended: perhaps
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


script = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}
outputs = [script, 3, [], {"output_type": "stream", "name": "stdout", "text": {"a": 1}}, {"output_type": ["error"]}]
say(frame({"returned": {"outputs": outputs, "error": None}, "printed": ""}))
