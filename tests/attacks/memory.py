"""Takes memory until there is none.

Must: MemoryError
Off: limits on A, B
"""


def eat():
    taken = []
    while len(taken) < 1024:
        taken.append(bytearray(2**20))
    return len(taken)


report = attempt(eat)
