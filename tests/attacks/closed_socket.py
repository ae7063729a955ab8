"""Closes the only socket it has.

Ended: yes
"""


def scale(x, factor):
    os.close(3)
    return x, 0.0
