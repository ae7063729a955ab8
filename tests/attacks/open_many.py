"""Opens files until there is room for no more.

Must: OSError
"""

report = attempt(lambda: [open("/dev/null") for _ in range(5000)] and "opened")
