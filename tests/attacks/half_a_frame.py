"""Sends half an answer and waits.

Slow: yes

Ended: yes
"""


def scale(x, factor):
    import time

    say(frame({"returned": None, "printed": "x" * 1000})[:500])
    time.sleep(1000)
    return x, 0.0
