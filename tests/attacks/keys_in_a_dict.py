"""Returns a dict of more numbers than are taken, honestly made: its own end of the pipe refuses it."""

many = dict.fromkeys(range(10_000), 0)


def scale(x, factor):
    return many, 0.0
