"""A GPU as the program on the host sees it, in numpy: arrays that it knows by name only, and launches that are counted.

A program in Python does not compute on a GPU. It holds names of arrays that lie there, and asks for one operation after
the other. Each request is a launch, and takes its time whatever the size of the arrays. A view (the t-th step of an
array) is no launch: nothing is computed.
"""

import hashlib
from collections import Counter

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import NameMismatchError, ShapeError


def gates(u, p, c):
    """All that an LSTM step does after its product, in one operation.

    Shapes: u, p (N, 4H), the input's and the state's part of the sums, columns stacked i, f, g, o; c (N, H).
    Returns: h_next, c_next (N, H).
    """
    i, f, g, o = np.split(u + p, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


OPERATIONS = {
    "product": np.matmul,
    "add": np.add,
    "multiply": np.multiply,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "gates": gates,
}


class SimulatedGPU:
    """Arrays by name, the operations of `OPERATIONS` on them, and `launches`: how often each was asked for."""

    def __init__(self):
        self.arrays, self.launches = {}, Counter()

    def put(self, array):
        """Copy an array to the device. Returns: its name, which holds its shape and nothing of its numbers."""
        array = np.array(array)
        # by content: equal arrays have one name, so that the same work gives the same names in whatever order
        mark = hashlib.sha256(np.round(array.astype(np.float64), 6).tobytes()).hexdigest()[:6]
        name = f"array {mark} {array.shape}"
        self.arrays[name] = array
        return name

    def read(self, name):
        """A copy of the array on the host. Raises: NameMismatchError for what is no array's name."""
        if not isinstance(name, str) or name not in self.arrays:
            raise NameMismatchError(f"device: expected the name of an array on it, got {str(name)[:60]!r}")
        return self.arrays[name].copy()

    def launch(self, operation, *names):
        """Run one operation on arrays of the device.

        Returns: the name of the result; of "gates" the names of h_next and c_next.
        Raises: NameMismatchError for an unknown operation or array; ShapeError; TypeError for a wrong number of arrays.
        """
        if operation not in OPERATIONS:
            raise NameMismatchError(f"launch: expected one of {', '.join(OPERATIONS)}, got {str(operation)[:60]!r}")
        arrays = [self.read(name) for name in names]
        try:
            result = OPERATIONS[operation](*arrays)
        except ValueError as error:
            shapes = " and ".join(str(array.shape) for array in arrays)
            raise ShapeError(f"launch: expected shapes that fit a {operation}, got {shapes}") from error
        self.launches[operation] += 1
        return tuple(map(self.put, result)) if operation == "gates" else self.put(result)

    def step_of(self, name, t):
        """The t-th part (N, K) of an array (T, N, K): a view, which costs no launch."""
        return self.put(self.read(name)[t])

    def gate_of(self, name, k):
        """The k-th of four blocks of columns (N, H) of an array (N, 4H): a view, which costs no launch."""
        return self.put(np.split(self.read(name), 4, axis=1)[k])
