"""Tries to find the expected value in the local variables of the functions that called it.

Must: nothing
"""

import sys

report = "nothing"


def scale(x, factor):
    global report
    frame = sys._getframe(1)
    while frame:
        for name, value in frame.f_locals.items():
            if name in ("want", "expected", "reference", "exercise", "rng", "seed", "check"):
                report = f"succeeded: {name}"
            if isinstance(value, np.ndarray) and value.shape == x.shape and np.array_equal(value, factor * x):
                report = f"succeeded: {name}"
                return value, value.sum()
        frame = frame.f_back
    return x, 0.0
