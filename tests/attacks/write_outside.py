"""Tries to write where everybody on the machine may write.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

report = attempt(lambda: open(OUTSIDE + "/written", "w").write("x"))
