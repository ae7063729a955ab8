"""Takes shared memory, which the limit of data does not count.

Must: OSError|MemoryError
"""

import mmap


def eat():
    area = mmap.mmap(-1, 2**31)
    for place in range(0, 2**31, 2**12):
        area[place] = 1
    return len(area)


report = attempt(eat)
