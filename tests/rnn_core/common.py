"""What the tests of rnn_core share: sizes that all differ, and a strict comparison."""

import numpy as np

N, T, D, H, V = 2, 5, 3, 7, 11
# the gap in row 0 is in the middle, that of row 1 at the end, and row 2 is empty
MASK = np.array([[1, 0, 1, 1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]])


def agree(got, want, rtol=1e-10):
    """Equal up to rtol of the largest magnitude; NaN never agrees."""
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape
    size = np.abs(want).max(initial=0)
    assert np.abs(got - want).max(initial=0) <= rtol * size, (got, want)
