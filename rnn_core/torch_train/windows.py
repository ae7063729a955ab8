"""Windows for truncated backpropagation through time, and an order of the data that can be taken up again.

A window is some steps of N documents side by side; row n of a window goes on where row n of the window before ended,
or begins a new document. Source: Williams & Peng (1990).
"""

from typing import NamedTuple

import numpy as np

from rnn_core.errors import RangeError


class Window(NamedTuple):
    """Some steps of N documents.

    Shapes: inputs, targets (N, T) ids; mask (N, T), True where there is a target, real steps first; begins (N,), True
        where a document begins here. Without mask all steps are real; without begins no document begins.
    """

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None = None
    begins: np.ndarray | None = None


def document_windows(documents, N, T, order=None):
    """Read documents in N rows, T steps at a time; a row whose document has ended takes the next one.

    So a document begins at the first step of a window, and its last window may be shorter: the mask says so. Rows for
    which nothing is left are empty.

    Shapes: documents a list of arrays of ids, each of at least 2; order, the documents' places in the list in the
        order in which they are read, None for that of the list. Returns: iterator over `Window`.
    Raises: RangeError for a document without a second id.
    """
    for k, ids in enumerate(documents):
        if len(ids) < 2:
            raise RangeError(f"documents: expected at least 2 ids in each, got {len(ids)} in number {k}")
    waiting = list(range(len(documents)) if order is None else order)[::-1]
    rows = [(np.zeros(0, np.int64), 0)] * N  # a document, and where in it
    while True:
        begins = np.zeros(N, bool)
        for n, (ids, at) in enumerate(rows):
            if at + 1 >= len(ids) and waiting:
                rows[n], begins[n] = (np.asarray(documents[waiting.pop()]), 0), True
        inputs, targets, mask = np.zeros((N, T), np.int64), np.zeros((N, T), np.int64), np.zeros((N, T), bool)
        for n, (ids, at) in enumerate(rows):
            real = max(0, min(T, len(ids) - 1 - at))
            inputs[n, :real], targets[n, :real] = ids[at : at + real], ids[at + 1 : at + 1 + real]
            mask[n, :real], rows[n] = True, (ids, at + real)
        if not mask.any():
            return
        yield Window(inputs, targets, mask, begins)


def shuffled(count, seed, turn):
    """The order of `count` things in one pass over the data; another pass has another one.

    It hangs on nothing but these numbers: neither on what was drawn before nor on the number of processes.

    Returns: integers (count,).
    """
    return np.random.default_rng([seed, turn]).permutation(count)
