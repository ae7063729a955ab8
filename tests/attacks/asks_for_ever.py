"""Calls back again and again, with numbers that nobody gave out.

Ended: yes
"""


def scale(x, factor):
    for number in (0, -1, 10**9, "0", None):
        say(frame({"ask": number, "args": {"tuple": [{"tuple": []}, {"dict": []}]}}))
    return x, 0.0
