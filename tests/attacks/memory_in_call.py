"""Returns more than there is memory for."""


def scale(x, factor):
    return np.broadcast_to(1.0, (10**5, 10**5)), 0.0
