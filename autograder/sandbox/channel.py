"""Frames over a socket: a header of lengths, JSON, and the byte strings that a value of `wire` has beside it.

Every length is bounded before anything is read; what does not fit is a `WireError`.
"""

import json
import socket
import struct
import time
from collections.abc import Sequence
from itertools import accumulate

from autograder.wire import WireError

HEAD = struct.Struct("!IIQ")  # bytes of JSON, number of buffers, bytes of all buffers
MAX_JSON, MAX_BUFFERS, MAX_BYTES = 2**23, 2**16, 2**27
AT_ONCE = 2**20  # bytes of buffers that are joined to be sent in one go
AHEAD = 2**16  # bytes that are taken in one go, if they are there: most frames are smaller


class Channel:
    """One end of a socket over which frames go: a header of lengths, the lengths of the buffers, JSON, the buffers.

    A deadline is a time of `time.monotonic`; None waits for ever.
    """

    def __init__(self, sock: socket.socket):
        self.sock, self.came = sock, bytearray()

    def send(self, message: dict, buffers: Sequence[bytes] = (), deadline: float | None = None) -> None:
        """Send a frame. Raises: WireError when it is too large, before any of it is sent; OSError."""
        text = json.dumps(message).encode()
        lengths = [len(buffer) for buffer in buffers]
        _check_lengths(len(text), len(lengths), sum(lengths))
        head = HEAD.pack(len(text), len(lengths), sum(lengths)) + struct.pack(f"!{len(lengths)}Q", *lengths)
        small = sum(lengths) < AT_ONCE
        for part in [b"".join((head, text, *buffers))] if small else [head + text, *buffers]:
            self.sock.settimeout(_left(deadline))
            self.sock.sendall(part)

    def receive(self, deadline: float | None = None) -> tuple[dict, list[memoryview]]:
        """The next frame. Raises: WireError; EOFError when the other end is closed; OSError, as is TimeoutError."""
        text_length, count, total = HEAD.unpack(self._exactly(HEAD.size, deadline))
        _check_lengths(text_length, count, total)
        lengths = struct.unpack(f"!{count}Q", self._exactly(8 * count, deadline))
        if sum(lengths) != total:
            raise WireError(f"buffers of {sum(lengths)} bytes where {total} were announced")
        text, data = self._exactly(text_length, deadline), memoryview(self._exactly(total, deadline))
        ends = list(accumulate(lengths))
        buffers = [data[end - length : end] for end, length in zip(ends, lengths, strict=True)]
        try:
            message = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WireError(f"not JSON: {error}") from error
        if not isinstance(message, dict):
            raise WireError(f"expected an object, got {type(message).__name__}")
        return message, buffers

    def _exactly(self, length: int, deadline: float | None) -> bytes:
        while len(self.came) < length:
            self.sock.settimeout(_left(deadline))
            part = self.sock.recv(AHEAD)  # no builtin here: a student may have patched it
            if not part:
                raise EOFError("the other end is closed")
            self.came += part
        taken = bytes(memoryview(self.came)[:length])
        del self.came[:length]
        return taken


def _check_lengths(text: int, count: int, total: int) -> None:
    if text > MAX_JSON or count > MAX_BUFFERS or total > MAX_BYTES:
        raise WireError(f"a frame of {text} bytes of JSON and {count} arrays of {total} bytes is too large")


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left
