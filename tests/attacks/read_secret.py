"""Tries to read a file that everybody on the machine may read.

Must: PermissionError|FileNotFoundError
"""

report = attempt(lambda: open(CANARY).read())
