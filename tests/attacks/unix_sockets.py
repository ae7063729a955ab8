"""Tries to reach a service of this machine by a named or an abstract socket.

Must: PermissionError|FileNotFoundError
"""

import socket


def connect():
    for family in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        one = socket.socket(socket.AF_UNIX, family)
        return one.connect("\0" + ABSTRACT) or "connected"


report = attempt(connect)
