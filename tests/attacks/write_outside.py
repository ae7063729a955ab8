"""Tries to write where everybody on the machine may write.

Must: PermissionError|FileNotFoundError
Outside: untouched
Off: landlock on B
"""

report = attempt(lambda: open(OUTSIDE + "/written", "w").write("x"))
