"""Fills its folder with one file, then with many.

Must: OSError|it wrote more
Ended: B
Slow: yes
"""


def fill():
    written = 0
    for number in range(64):
        with open(f"file{number}", "wb", buffering=0) as file:
            for _ in range(8):
                written += file.write(bytes(2**20))
    return written


report = attempt(fill)
