"""Sends an answer a byte at a time, so that each read succeeds and the whole never ends.

Slow: yes

Ended: yes
"""


def scale(x, factor):
    import signal
    import time

    signal.setitimer(signal.ITIMER_REAL, 0)
    say(struct.pack("!IIQ", 2**23, 0, 0))
    while True:
        say(b" ")
        time.sleep(0.01)
    return x, 0.0
