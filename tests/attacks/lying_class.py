"""Tries to pass as an array by a `__class__` that lies."""


class Array:
    __class__ = np.ndarray
    dtype, shape, ndim, size, nbytes = np.dtype(float), (2, 3), 2, 6, 48

    def __array__(self, *args, **kwargs):
        raise RuntimeError

    def ravel(self):
        return [1.0] * 6


def scale(x, factor):
    return Array(), Array()
