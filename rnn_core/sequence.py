"""Sequences as arrays: one-hot vectors, masks for unequal lengths, and a long text cut into streams.

Source of truncated backpropagation with carried state: Williams & Peng (1990).
"""

import numpy as np

from rnn_core.errors import RangeError, check_ids, check_shapes


def one_hot(ids, V, dtype=np.float64):
    """Write each id as a vector of zeros with a single 1.

    Shapes: ids any; the result (..., V). Returns: array of type `dtype`.
    Raises: DtypeError, RangeError for ids that are not whole numbers from 0 to V - 1.
    """
    ids = check_ids("ids", ids, V)
    return np.eye(V, dtype=dtype)[ids]


def lengths_to_mask(lengths, T):
    """Mark the real steps of sequences that were filled up to T steps.

    Shapes: lengths (N,). Units: steps.
    Returns: boolean (N, T), True at the first lengths[n] steps of row n.
    Raises: DtypeError, RangeError for lengths that are not whole numbers from 0 to T.
    """
    check_shapes(lengths=(lengths, ("N",)))
    return np.arange(T) < check_ids("lengths", lengths, T + 1)[:, None]


def stream_batches(ids, N, T):
    """Cut a long text into N parallel streams, and walk along them T steps at a time.

    Row n of a chunk continues row n of the chunk before: the state can be carried over. Targets are the
    inputs one step later. What does not fill a last chunk is left out.

    Shapes: ids (L,). Returns: iterator over pairs inputs (N, T), targets (N, T).
    Raises: RangeError if the text is too short for one chunk.
    """
    check_shapes(ids=(ids, ("L",)))
    steps = (len(ids) - 1) // N  # of each stream
    if steps < T:
        raise RangeError(f"ids: expected at least {N * T + 1} for {N} streams of {T} steps, got {len(ids)}")
    inputs = np.reshape(ids[: N * steps], (N, steps))
    targets = np.reshape(ids[1 : N * steps + 1], (N, steps))
    return ((inputs[:, t : t + T], targets[:, t : t + T]) for t in range(0, steps - T + 1, T))
