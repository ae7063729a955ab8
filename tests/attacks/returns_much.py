"""Returns so much with every call that what is kept of all calls could fill the memory."""

much = np.zeros(40 * 2**20, np.int8)


def scale(x, factor):
    return much, 0.0
