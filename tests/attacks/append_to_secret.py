"""Tries to write into a file that everybody may write.

Must: PermissionError|FileNotFoundError
Outside: untouched
Off: landlock on B
"""

report = attempt(lambda: open(CANARY, "a").write("x"))
