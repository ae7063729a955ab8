"""Tries to make a device, and to type into the grader's terminal.

Must: PermissionError|FileNotFoundError|OSError
"""

import fcntl
import os


def device():
    for run in (
        lambda: os.mknod("disk", 0o60600, os.makedev(254, 0)),
        lambda: os.mkfifo("pipe"),
        lambda: fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), 0x5412, b"x"),
        lambda: fcntl.ioctl(0, 0x5412, b"x"),
    ):
        try:
            return run() or "done"
        except OSError as error:
            last = error
    raise last


report = attempt(device)
