"""Wrong batches for a decoder, known by name."""

import numpy as np

from autograder.checks.shapes.encoder_decoder.decoder_batch import BATCH
from autograder.checks.shapes.encoder_decoder.reference import decoder_batch


def batch_mistake(name, words):
    """Name a wrong batch by what it makes of the right one and of the arguments."""

    def add(compute):
        def wrong(sentences, start, end, feed="true"):
            return compute(*decoder_batch(sentences, start, end, feed), sentences, start, end, feed)

        BATCH.mistake(name, words, decoder_batch=wrong)

    return add


def filled(sentences, first, last, fill, T=None):
    """Rows of words with something before and behind them."""
    rows = [[*first, *words, *last] for words in sentences]
    T = T or max(len(words) for words in sentences) + 1
    return np.array([(row + [fill] * T)[:T] for row in rows])


SHIFT = (
    "The decoder reads a word and must write the *next* one. If target and input are the same word, it learns to copy "
    "what it is handed. Targets: the words, then the end mark."
)
batch_mistake("the targets are not shifted: they are the inputs", SHIFT)(
    lambda i, t, m, s, start, end, feed: (i, filled(s, [start], [], end), m)
)
batch_mistake(
    "the start mark is missing",
    "Before the first word is written there is none to read. The start mark stands there: each row of inputs begins "
    "with it, and everything else moves one place to the right.",
)(lambda i, t, m, s, start, end, feed: (i if feed == "none" else filled(s, [], [], end), t, m))
batch_mistake(
    "the mask does not count the end mark",
    "A decoder that is never asked for the end mark never learns to stop. It is a target like any word: a sentence "
    "with K words has K + 1 real steps.",
)(lambda i, t, m, s, *_: (i, t, np.arange(m.shape[1]) < np.array([len(words) for words in s])[:, None]))
batch_mistake(
    "the mask counts the padding too",
    "Only the words and one end mark behind them are real. What fills up the row must not count.",
)(lambda i, t, m, *_: (i, t, np.ones_like(m)))
batch_mistake(
    "the mask is inverted",
    "True marks what is real, here as everywhere in the course.",
)(lambda i, t, m, *_: (i, t, ~m))
batch_mistake(
    'the true words are fed where feed is "none"',
    'With `feed="none"` the decoder is told nothing: every input is the start mark.',
)(lambda i, t, m, s, start, end, feed: (filled(s, [start], [], end), t, m))
batch_mistake(
    'with feed "none" only the first input is the start mark',
    "Nothing is fed at *any* step, so every input is the start mark, and not the end mark after the first step.",
)(
    lambda i, t, m, s, start, end, feed: (
        i if feed == "true" else np.where(np.arange(i.shape[1]) == 0, start, end) + 0 * i,
        t,
        m,
    )
)
batch_mistake(
    'with feed "none" the inputs are zeros',
    "0 is the id of some word. What says nothing here is the start mark, at every step.",
)(lambda i, t, m, s, start, end, feed: (i if feed == "true" else 0 * i, t, m))
batch_mistake(
    'with feed "none" the targets are start marks as well',
    "What the decoder reads changes, what it must write does not: change a copy, or the inputs alone.",
)(lambda i, t, m, s, start, end, feed: (i, t if feed == "true" else np.full_like(t, start), m))
batch_mistake(
    "the places left over are filled with 0",
    "0 is the id of some word. The task asks for the end mark in the padding of inputs and targets.",
)(
    lambda i, t, m, s, start, end, feed: (
        i if feed == "none" else filled(s, [start], [], 0),
        filled(s, [], [end], 0),
        m,
    )
)
batch_mistake(
    "the end mark is missing in the targets",
    "Behind the last word the decoder must write the end mark, or it never learns to stop; here 0 stands there.",
)(lambda i, t, m, s, start, end, feed: (i, filled(s, [], [], 0), m))
batch_mistake(
    "there is one step too many",
    "Start mark and words are the inputs, words and end mark the targets: each is one longer than the sentence, "
    "not two. T is the length of the longest sentence plus 1.",
)(
    lambda i, t, m, s, start, end, feed: (
        np.hstack([i, np.full((len(i), 1), start if feed == "none" else end)]),
        np.hstack([t, np.full((len(i), 1), end)]),
        np.hstack([m, np.zeros((len(i), 1), bool)]),
    )
)
batch_mistake(
    "the last step is cut off",
    "T must leave room for the longest sentence *and* its end mark: its length plus 1.",
)(lambda i, t, m, *_: (i[:, :-1], t[:, :-1], m[:, :-1]))
batch_mistake(
    "inputs and targets are exchanged",
    "The arrays are right. The order is `inputs, targets, mask`.",
)(lambda i, t, m, *_: (t, i, m))
batch_mistake(
    "the sentences are padded in front",
    "The words of a row begin at its first step; what is left over stands behind them.",
)(
    lambda i, t, m, s, start, end, feed: (
        i if feed == "none" else np.array([np.roll(row, -k) for row, k in zip(i, m.sum(axis=1), strict=True)]),
        np.array([np.roll(row, -k) for row, k in zip(t, m.sum(axis=1), strict=True)]),
        m[:, ::-1],
    )
)


@BATCH.mistake(
    "the caller's sentences are changed",
    "`words.append(end)` or `words.insert(0, start)` changes the list that the caller still holds. `[*words, end]` "
    "makes a new one.",
)
def appended(sentences, start, end, feed="true"):
    found = decoder_batch(sentences, start, end, feed)
    for words in sentences:
        words.append(end)
    return found
