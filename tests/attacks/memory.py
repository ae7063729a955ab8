"""Takes memory until there is none.

Must: MemoryError
"""


def eat():
    taken = []
    while len(taken) < 1024:
        taken.append(bytearray(2**20))
    return len(taken)


report = attempt(eat)
