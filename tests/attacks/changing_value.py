"""Has a thread change the answer all the time, so that each look meets another function.

Must: .
"""

import itertools
import threading
import time

answers = [lambda x, factor: (x, 0.0), lambda x, factor: (x + factor, x.sum()), lambda x, factor: None]
scale, report = answers[0], "running"


def change():
    global scale
    for answer in itertools.cycle(answers):
        scale = answer
        time.sleep(0.001)


threading.Thread(target=change, daemon=True).start()
