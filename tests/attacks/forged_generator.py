"""Sends a random generator with a state that lies beyond its own memory.

Ended: yes
"""


def scale(x, factor):
    state = {"dict": [["bit_generator", "MT19937"], ["state", {"dict": [["pos", 2**31]]}]]}
    say(frame({"returned": {"rng": "MT19937", "state": state}, "printed": ""}))
    return x, 0.0
