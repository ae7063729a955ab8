"""From scores to sequences: draw the next id, feed it back, and go on.

Source of drawing by the largest of noisy scores: Gumbel (1954).
"""

import numpy as np

from rnn_core.errors import NonFiniteError, RangeError


def sample(logits, rng, temperature=1.0):
    """Draw ids with probability softmax(logits / temperature); temperature 0 takes the likeliest.

    Shapes: logits (..., V); the result (...). Units: logits in nats; the temperature has none.
    Returns: integer ids.
    Raises: RangeError for a negative or infinite temperature; NonFiniteError for logits that are NaN.
    """
    if not 0 <= temperature < np.inf:
        raise RangeError(f"temperature: expected a finite number of at least 0, got {temperature}")
    if np.isnan(logits).any():
        raise NonFiniteError("logits: expected numbers, got NaN")
    # the largest of logits / temperature + Gumbel noise is a draw from the softmax
    return np.argmax(logits + temperature * rng.gumbel(size=np.shape(logits)), axis=-1)


def generate(step, h, first_ids, length, rng, temperature=1.0):
    """Let a model write: each id that it draws is its next input.

    Shapes: first_ids (N,); h the state before them, of whatever form `step` takes.
        step(ids (N,), h) gives logits (N, V) and the next h.
    Units: as for `sample`.
    Returns: ids (N, length), without the first, and the state after the last id that was read.
    Raises: RangeError, NonFiniteError as for `sample`.
    """
    ids = np.empty((len(first_ids), length), dtype=int)
    read = np.asarray(first_ids)
    for t in range(length):
        logits, h = step(read, h)
        read = ids[:, t] = sample(logits, rng, temperature)
    return ids, h
