"""Tries to make joined sockets of a kind that can send to anybody.

Must: PermissionError|FileNotFoundError
"""

import socket


def send():
    one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"x", "\0" + ABSTRACT)


report = attempt(send)
