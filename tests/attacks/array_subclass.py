"""Tries to return an array whose own methods lie about its bytes, its shape and its equality."""


class Lying(np.ndarray):
    shape = property(lambda self: (2, 3))

    def __eq__(self, other):
        return np.ones((2, 3), bool)

    def tobytes(self, *args):
        return bytes(10**6)

    def __array_finalize__(self, source):
        pass


def scale(x, factor):
    return np.zeros((2, 3)).view(Lying), np.zeros(()).view(Lying)
