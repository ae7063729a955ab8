"""Tries to send a datagram, which Landlock does not see.

Must: PermissionError|FileNotFoundError
"""

import socket

report = attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"secret", ("127.0.0.1", PORT)))
