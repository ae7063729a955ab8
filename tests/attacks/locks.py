"""Locks the libraries' files to make others wait, leases one, and asks who has locked it: a message to another student.

Must: ^(OSError|PermissionError)( (OSError|PermissionError))*$
"""

import fcntl
import os
import struct

ASK = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 5, 1, 0)
with open(os.__file__) as file:
    tries = [
        attempt(lambda: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)),
        attempt(lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)),
        attempt(lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)),
        attempt(lambda: fcntl.fcntl(file, fcntl.F_NOTIFY, fcntl.DN_ACCESS)),
        attempt(lambda: fcntl.fcntl(file, fcntl.F_GETLK, ASK)),
        attempt(lambda: fcntl.fcntl(file, fcntl.F_OFD_GETLK, ASK)),
    ]
report = " ".join(sorted(set(tries)))
