"""Tries to write into a file that everybody may write.

Must: PermissionError|FileNotFoundError
Outside: untouched
"""

report = attempt(lambda: open(CANARY, "a").write("x"))
