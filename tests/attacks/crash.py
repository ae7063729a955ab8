"""Crashes the interpreter.

Ended: yes
"""

import ctypes


def scale(x, factor):
    ctypes.string_at(0)
