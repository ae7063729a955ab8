"""Returns one long text beside many short ones: numpy would make an array of them in which each is as long.

Ended: yes
"""


def scale(x, factor):
    return ["a" * 4_000_000] + [""] * 1000, 0.0
