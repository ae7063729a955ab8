"""Tasks that ask for something seen long ago: the first symbol, the last marked symbol, a sum of two marked numbers.

Sources: Hochreiter & Schmidhuber (1997), Long short-term memory, who had the first and the last; Bengio, Simard &
Frasconi (1994), Learning long-term dependencies with gradient descent is difficult.
"""

import numpy as np

from rnn_core.errors import RangeError

SYMBOLS = 4  # what is to be recalled
DISTRACTORS = 4  # other symbols, that say nothing


def first_symbol(rng, N, T):
    """Recall the first of T symbols at the end; the others are distractors, of another kind.

    Shapes: x (N, T, 8), one-hot: 4 symbols, then 4 distractors; targets (N,). The lag is T - 1 steps.
    Returns: x (float32) and targets, whole numbers from 0 to 3. Raises: RangeError for fewer than 2 steps.
    """
    _at_least(T, 2)
    targets = rng.integers(SYMBOLS, size=N)
    ids = SYMBOLS + rng.integers(DISTRACTORS, size=(N, T))
    ids[:, 0] = targets
    return np.eye(SYMBOLS + DISTRACTORS, dtype=np.float32)[ids], targets


def last_marked(rng, N, T, marks=4):
    """Recall the symbol at the last mark. One to `marks` marks stand in the first half; what follows them is noise.

    Shapes: x (N, T, 5): 4 symbols one-hot, then the mark (1 or 0); targets (N,).
    Returns: x (float32) and targets, whole numbers from 0 to 3.
    Raises: RangeError where the marks do not fit into the first half.
    """
    _at_least(T, 2 * marks)
    ids = rng.integers(SYMBOLS, size=(N, T))
    places = np.argsort(rng.random((N, T // 2)), axis=1)[:, :marks]  # different places in each row
    marked = np.zeros((N, T), bool)
    for row, count in enumerate(rng.integers(1, marks + 1, size=N)):
        marked[row, places[row, :count]] = True
    last = T - 1 - np.argmax(marked[:, ::-1], axis=1)
    x = np.eye(SYMBOLS + 1, dtype=np.float32)[ids]
    x[:, :, SYMBOLS] = marked
    return x, ids[np.arange(N), last]


def adding(rng, N, T):
    """Add the two marked numbers of T: one is marked in each half.

    Shapes: x (N, T, 2): a number, then the mark (1 or 0); targets (N, 1).
    Units: numbers in [0, 1); whoever always says 1 has a squared error of 1/6 on average.
    Returns: x and targets (float32). Raises: RangeError for fewer than 2 steps.
    """
    _at_least(T, 2)
    rows = np.arange(N)
    x = np.zeros((N, T, 2), np.float32)
    x[:, :, 0] = rng.random((N, T))
    first, second = rng.integers(T // 2, size=N), rng.integers(T // 2, T, size=N)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, (x[rows, first, 0] + x[rows, second, 0])[:, None]


def _at_least(T, steps):
    if steps > T:
        raise RangeError(f"T: expected at least {steps} steps, got {T}")
