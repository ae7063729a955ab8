"""Loops inside a function of the interpreter, where no signal is handled.

Ended: yes
Slow: yes
"""


def scale(x, factor):
    return sum(range(10**15)), 0.0
