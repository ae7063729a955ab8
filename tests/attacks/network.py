"""Tries to connect to a port of this machine.

Must: PermissionError|OSError
"""

import socket

report = attempt(lambda: socket.create_connection(("127.0.0.1", PORT), 2))
