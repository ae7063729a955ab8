"""From scores to sequences: draw the next id, feed it back, and go on.

Sources: drawing by the largest of noisy scores: Gumbel (1954); among the k likeliest: Fan, Lewis & Dauphin
(2018), Hierarchical neural story generation.
"""

import numpy as np

from rnn_core.errors import NonFiniteError, RangeError


def sample(logits, rng, temperature=1.0, top_k=None):
    """Draw ids with probability softmax(logits / temperature); temperature 0 takes the likeliest.

    With `top_k` only the k likeliest can be drawn (of equal ones the first).

    Shapes: logits (..., V); the result (...). Units: logits in nats; the temperature has none.
    Returns: integer ids. Temperature 0 needs no rng.
    Raises: RangeError for a negative or infinite temperature, or for a top_k below 1; NonFiniteError for
        logits that are NaN.
    """
    if not 0 <= temperature < np.inf:
        raise RangeError(f"temperature: expected a finite number of at least 0, got {temperature}")
    if top_k is not None and top_k < 1:
        raise RangeError(f"top_k: expected at least 1, got {top_k}")
    if np.isnan(logits).any():
        raise NonFiniteError("logits: expected numbers, got NaN")
    if temperature == 0:
        return np.argmax(logits, axis=-1)
    if top_k is not None:
        others = np.argsort(np.negative(logits), axis=-1, kind="stable")[..., top_k:]
        logits = np.array(logits, float)
        np.put_along_axis(logits, others, -np.inf, axis=-1)
    # the largest of logits / temperature + Gumbel noise is a draw from the softmax
    return np.argmax(logits + temperature * rng.gumbel(size=np.shape(logits)), axis=-1)


def generate(step, h, first_ids, length, rng, temperature=1.0, top_k=None, end=None):
    """Let a model write: each id that it draws is its next input.

    With `end`, a row that has drawn this id is over: `end` fills it up to `length`.

    Shapes: first_ids (N,); h the state before them, of whatever form `step` takes.
        step(ids (N,), h) gives logits (N, V) and the next h.
    Units: as for `sample`.
    Returns: ids (N, length), without the first, and the state after the last id that was read.
    Raises: RangeError, NonFiniteError as for `sample`.
    """
    read = np.asarray(first_ids)
    ids = np.full((len(read), length), 0 if end is None else end)
    over = np.zeros(len(read), dtype=bool)
    for t in range(length):
        logits, h = step(read, h)
        drawn = sample(logits, rng, temperature, top_k)
        read = ids[:, t] = np.where(over, end, drawn) if over.any() else drawn
        over = over | (end is not None and read == end)
        if over.all():
            break
    return ids, h
