"""Makes folders in folders, deeper than what counts or clears them away can follow.

Must: .
Ended: perhaps
Slow: yes
"""

import os


def deepen():
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    return "made"


try:
    report = deepen()
except OSError:
    report = "made"
