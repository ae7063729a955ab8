"""Tries to read the folder of another student's process.

Must: PermissionError|FileNotFoundError
"""

report = attempt(lambda: open(NEIGHBOUR + "/mine.txt").read() if NEIGHBOUR != "/tmp" else open("/tmp/mine.txt").read())
