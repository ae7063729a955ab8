"""Returns a result that is larger than a frame may be."""


def scale(x, factor):
    return np.zeros(2**24 + 1), 0.0
