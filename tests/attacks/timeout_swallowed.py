"""Tries to swallow the exception that ends its time.

Ended: yes
Slow: yes
"""


def scale(x, factor):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
