"""What happens at every step of a batch, for each of the five shapes: read, held, said, wanted, counted.

Column 0 is the start, before the first step; column k is step k.
"""

from typing import NamedTuple

import numpy as np

from rnn_core.activations import log_softmax
from rnn_core.data import digits, sentences, translation
from rnn_core.widgets.shape_picker.shape_nets import states_of

TAGS = "as it is", "turned"


class Table(NamedTuple):
    """A batch of N sequences over C columns.

    Shapes: read, N lists of C texts; h (N, C, H); log_p (N, C, V), of `words`; targets (N, C), -1 where there is
        none; real, counts, kept (N, C): a step that is no padding, an output in the loss, a state that was copied.
    """

    read: list
    h: np.ndarray
    log_p: np.ndarray
    words: tuple
    targets: np.ndarray
    real: np.ndarray
    counts: np.ndarray
    kept: np.ndarray
    start: str = "a state of zeros"
    encoder: int = 0  # columns that read and say nothing

    @property
    def losses(self):
        """The loss of every output that counts, NaN elsewhere. Units: nats."""
        picked = np.take_along_axis(self.log_p, np.maximum(self.targets, 0)[..., None], axis=2)[..., 0]
        return np.where(self.counts, -picked, np.nan)


def one_to_one(net, images, numbers):
    """A step from zeros: images (N, 64)."""
    h, h0, _ = states_of(net, images[:, None])
    counts = np.ones((len(images), 1), bool)
    return _table(net, [["the image"]] * len(images), h, h0, digits.NUMBERS, numbers[:, None], counts, counts)


def many_to_one(net, rows, labels, last_real, blind=False):
    """All words go in, one label comes out: `last_real` says where it is read. A label may be -1, unknown."""
    ids, mask = _words(rows)
    h, h0, _ = states_of(net, ids)
    last = last_real(h, np.ones_like(mask) if blind else mask)
    column = _nearest(np.concatenate([h0[:, None], h], axis=1), last)
    targets, counts = np.full((len(ids), ids.shape[1] + 1), -1), np.zeros((len(ids), ids.shape[1] + 1), bool)
    targets[np.arange(len(ids)), column] = labels
    counts[targets >= 0] = True
    table = _table(net, _texts(ids, sentences.WORDS), h, h0, sentences.LABELS, targets[:, 1:], mask, counts[:, 1:])
    table.log_p[np.arange(len(ids)), column] = log_softmax(last @ net["W_hy"] + net["b_y"])
    return table._replace(targets=targets, counts=counts)


def aligned(net, rows, tags, blind=False):
    """All words go in, at every one a tag comes out. Tags are lists, None where they are unknown."""
    ids, mask = _words(rows)
    known = np.array([row is not None for row in tags])
    targets, _ = sentences.padded(
        [row or [0] * len(words) for row, words in zip(tags, rows, strict=True)], ids.shape[1]
    )
    h, h0, _ = states_of(net, ids)
    counts = (np.ones_like(mask) if blind else mask) & known[:, None]
    return _table(net, _texts(ids, sentences.WORDS), h, h0, TAGS, np.where(counts, targets, -1), mask, counts)


def one_to_many(net, scenes, captions, shift_by_one, blind=False, own=False):
    """The scene sets the first state, and a caption is written word by word."""
    inputs, targets, mask = _shifted(shift_by_one, captions, digits.START, digits.END, len(digits.WORDS))
    h0 = states_of(net, inputs[:, :1], scenes)[1]
    inputs, h = _written(net, inputs, h0, own)
    counts = np.ones(inputs.shape, bool) if blind else mask
    read = _texts(inputs, digits.WORDS)
    table = _table(net, read, h, h0, digits.WORDS, np.where(counts, targets, -1), mask, counts)
    return table._replace(start="a state made of the scene")


def encoder_decoder(net, rows, translations, shift_by_one, blind=False, own=False):
    """One cell reads, its last state is the first of another one that writes. A translation may be None."""
    source, mask = translation.pad([translation.encode(words, translation.ENGLISH) for words in rows], 0)
    source, mask = np.atleast_2d(source), mask > 0
    read_h, h0, _ = states_of(net["encoder"], source, mask=np.ones_like(mask) if blind else mask)
    ids = [translation.encode(words or [], translation.JAPANESE) for words in translations]
    marks = translation.START_ID, translation.END_ID
    inputs, targets, real = _shifted(shift_by_one, ids, *marks, len(translation.JAPANESE))
    known = np.array([words is not None for words in translations])
    inputs, h = _written(net["decoder"], inputs, read_h[:, -1], own | ~known)
    counts = (np.ones(inputs.shape, bool) if blind else real) & known[:, None]
    S = source.shape[1]
    nothing = np.zeros(mask.shape, bool)
    read = [
        a + b for a, b in zip(_texts(source, translation.ENGLISH), _texts(inputs, translation.JAPANESE), strict=True)
    ]
    table = _table(
        net["decoder"], read, np.concatenate([read_h, h], axis=1), h0, translation.JAPANESE,
        np.concatenate([np.full(mask.shape, -1), np.where(counts, targets, -1)], axis=1),
        np.concatenate([mask, np.where(known[:, None], real, True)], axis=1), np.concatenate([nothing, counts], axis=1),
    )  # fmt: skip
    if not blind:
        table.kept[:, 1 : S + 1] = ~mask
    return table._replace(encoder=S)


def _table(net, read, h, h0, words, targets, real, counts):
    h = np.concatenate([h0[:, None], h], axis=1)
    log_p = log_softmax(h @ net["W_hy"] + net["b_y"])
    none = np.zeros((len(h), 1), bool)
    real, counts = (np.concatenate([none, np.asarray(part) > 0], axis=1) for part in (real, counts))
    targets = np.concatenate([np.full((len(h), 1), -1), targets], axis=1)
    return Table([["", *row] for row in read], h, log_p, words, targets, real, counts, np.zeros_like(real))


def _words(rows):
    """Lists of words as ids (N, T) and mask, with at least one column."""
    ids = [sentences.ids(words) for words in rows]
    return sentences.padded(ids, max(1, *map(len, ids)))


def _shifted(shift_by_one, rows, start, end, V):
    """What a learner's function says, as ids that there are and a mask of true and false."""
    inputs, targets, mask = shift_by_one(rows, start, end)
    inputs, targets = (np.clip(np.asarray(ids).astype(int), 0, V - 1) for ids in (inputs, targets))
    return inputs, targets, np.asarray(mask) > 0


def _texts(ids, words):
    return [[words[k] for k in row] for row in ids]


def _nearest(states, wanted):
    """The column whose state is the nearest to what was picked, for each row; the earliest of several."""
    return np.abs(states - wanted[:, None]).max(axis=2).argmin(axis=1)


def _written(net, inputs, h0, own):
    """Run a cell that writes; rows with `own` True read their own likeliest word in place of the true one."""
    h, inputs, own = h0, inputs.copy(), np.broadcast_to(own, len(inputs))
    states = []
    for t in range(inputs.shape[1]):
        if t:
            said = (h @ net["W_hy"] + net["b_y"]).argmax(axis=1)
            inputs[:, t] = np.where(own, said, inputs[:, t])
        h = states_of(net, inputs[:, t : t + 1], h0=h)[0][:, 0]
        states.append(h)
    return inputs, np.stack(states, axis=1)
