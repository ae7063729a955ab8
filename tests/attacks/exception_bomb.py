"""Raises exceptions that cannot be shown, or whose text is enormous."""


class Long(Exception):
    def __str__(self):
        return "x" * 10**8


class Mute(Exception):
    def __str__(self):
        raise SystemExit


def scale(x, factor):
    raise (Long if factor > 2 else Mute)(x)
