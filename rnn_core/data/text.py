"""A real English text that comes with Python, its characters as ids, and n-gram models to beat.

Source of the smoothing: Witten & Bell (1991), The zero-frequency problem, in its interpolated form.
"""

import functools

import numpy as np

from rnn_core.errors import NameMismatchError, RangeError, check_ids, check_shapes


@functools.cache
def load_text():
    """Load the help texts of the Python that runs, with characters outside ASCII replaced by `?`.

    The text differs between versions of Python, and so does its length.

    Returns: str.
    """
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics)).encode("ascii", "replace").decode()


class Vocabulary:
    """The characters of a text, sorted; a character's id is its place among them."""

    def __init__(self, text):
        ascii = text.isascii()  # then a search for each is much faster than a set of all
        self.characters = "".join(c for c in map(chr, range(128)) if c in text) if ascii else "".join(sorted(set(text)))
        codes = _codes(self.characters)
        self._ids = np.full(codes.max(initial=0) + 2, -1)  # by code; the last place stands for all codes beyond
        self._ids[codes] = np.arange(len(codes))
        self._of_bytes = self._ids.take(np.arange(256), mode="clip").astype(np.int8).tobytes()  # ASCII comes first

    def __len__(self):
        return len(self.characters)

    def encode(self, text):
        """Turn text into ids. Returns: integers (L,). Raises: NameMismatchError for a foreign character."""
        if text.isascii():  # then a table of bytes is much faster, and small
            ids = np.frombuffer(text.encode().translate(self._of_bytes), np.int8)
        else:
            ids = self._ids.take(_codes(text), mode="clip")
        if ids.min(initial=0) < 0:
            foreign = text[int(np.argmax(ids < 0))]
            raise NameMismatchError(f"text: expected characters of the vocabulary, got {foreign!r}")
        return ids.astype(int)

    def decode(self, ids):
        """Turn ids (L,) back into text. Raises: DtypeError, RangeError for ids outside the vocabulary."""
        return "".join(self.characters[i] for i in check_ids("ids", ids, len(self)))


def _codes(text):
    """The code point of each character (L,)."""
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def split(ids, held_out=0.1):
    """Keep the last part of a sequence for testing. Returns: the part for training, the held-out part."""
    if not 0 < held_out < 1:
        raise RangeError(f"held_out: expected a share between 0 and 1, got {held_out}")
    cut = round(len(ids) * (1 - held_out))
    return ids[:cut], ids[cut:]


def ngram_bits(train_ids, test_ids, order, V):
    """Score a text by an n-gram model, which predicts a character from the order - 1 before it.

    Counts of long contexts are blended with those of shorter ones: with c occurrences of a context and u
    different characters after it, p = (count + u p_shorter) / (c + u); the shortest is uniform, 1 / V.

    Shapes: train_ids, test_ids (L,) ids below V. Units: bits a character; order 1 ignores all context.
    Returns: float, the mean over the test text.
    Raises: RangeError for an order below 1 or so large that contexts cannot be numbered, or for
        texts shorter than the order; ShapeError.
    """
    if not (order >= 1 and V**order < 2**63):
        raise RangeError(f"order: expected from 1 to {int(63 / np.log2(V))} for {V} symbols, got {order}")
    check_shapes(train_ids=(train_ids, ("L",)), test_ids=(test_ids, ("L",)))
    if min(len(train_ids), len(test_ids)) < order:
        raise RangeError(f"ids: expected at least {order}, got {len(train_ids)} and {len(test_ids)}")
    train, test = check_ids("train_ids", train_ids, V), check_ids("test_ids", test_ids, V)
    p = np.full(len(test), 1 / V)
    for n in range(1, order + 1):
        seen, count = np.unique(_ngrams(train, n, V), return_counts=True)
        contexts, start = np.unique(seen // V, return_index=True)  # seen is sorted: contexts stand together
        c, u = np.add.reduceat(count, start), np.diff(start, append=len(seen))

        asked = _ngrams(test, n, V)
        count = _look_up(asked, seen, count)
        c, u = _look_up(asked // V, contexts, c), _look_up(asked // V, contexts, u)
        shorter = p[n - 1 :]  # the first n - 1 characters have no context of this length
        p[n - 1 :] = np.where(c > 0, (count + u * shorter) / np.maximum(c + u, 1), shorter)
    return float(-np.log2(p).mean())


def _ngrams(ids, n, V):
    """Each n ids in a row as one number, the last id in the last place: (L - n + 1,)."""
    places = len(ids) - n + 1
    return sum(ids[i : i + places].astype(np.int64) * V ** (n - 1 - i) for i in range(n))


def _look_up(keys, table, values):
    """The value of each key, 0 for one that is not in the sorted table."""
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return np.where(table[at] == keys, values[at], 0)
