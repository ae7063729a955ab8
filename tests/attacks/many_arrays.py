"""Returns a dict of thousands of arrays, whose text numpy would write for minutes."""

arrays = [np.zeros(1000, np.float16)] * 16_000


def scale(x, factor):
    return {0: arrays}, 0.0
