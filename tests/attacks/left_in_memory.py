"""Tries to leave a message for the next student in folders that lie in memory.

Must: PermissionError|FileNotFoundError|OSError
"""


def leave():
    for path in (
        "/dev/shm/message",
        "/run/message",
        "/var/tmp/message",
        "/message",
        "/course/message",
        "/home/message",
    ):
        try:
            return open(path, "w").write("x")
        except OSError as error:
            last = error
    raise last


report = attempt(leave)
