"""Fills its folder with empty files.

Must: OSError|it wrote more
Ended: B
Slow: yes
"""


def fill():
    for number in range(200_000):
        open(f"file{number}", "w").close()
    return number


report = attempt(fill)
