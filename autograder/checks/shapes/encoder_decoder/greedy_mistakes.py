"""Wrong greedy decoders, known by name."""

import numpy as np

from autograder.checks.shapes.encoder_decoder.greedy import GREEDY


def decoder(pick=np.argmax, ends="row", keep_state=True, feed="own", fill=None, offset=0):
    """A greedy decoder with one thing wrong."""

    def wrong(step, h, first_ids, length, end):
        read, N = np.array(first_ids), len(first_ids)
        ids = np.full((N, length), end if fill is None else fill)
        over = np.zeros(N, dtype=bool)
        for t in range(length):
            if offset:
                ids[:, t] = np.where(over, end, read)
                over = over | (ids[:, t] == end)
            logits, state = step(read, h)
            h = state if keep_state else h
            new = pick(logits, axis=1)
            if ends == "row":
                new = np.where(over, end if fill is None else fill, new)
            if not offset:
                ids[:, t] = new
                over = over | (new == end)
            if feed == "own":
                read = new
            elif feed == "late":
                read = ids[:, t - 1] if t else read
            if (ends == "any" and over.any()) or over.all():
                break
        return ids

    return wrong


GREEDY.mistake(
    "the end mark is forbidden at the first step",
    "A row may be over before its first word: the end mark is an id like the others, and may be the likeliest at "
    "every step. Take the largest of all scores.",
    greedy=lambda step, h, first_ids, length, end: _never_empty(step, h, first_ids, length, end),
)


def _never_empty(step, h, first_ids, length, end):
    first = True

    def pick(logits, axis):
        nonlocal first
        scores, first = np.where(first & (np.arange(logits.shape[1]) == end), -np.inf, logits), False
        return scores.argmax(axis=axis)

    return decoder(pick)(step, h, first_ids, length, end)


GREEDY.mistake(
    "it goes on past the end",
    "A row that has written the end mark is over. Its scores still come, since the batch is computed as one, but from "
    "then on it writes `end`. Remember for each row whether it is over.",
    greedy=decoder(ends="no"),
)
GREEDY.mistake(
    "all rows stop as soon as one of them ends",
    "Rows end at different steps. Leave the loop only when *all* are over, and until then fill only those that are.",
    greedy=decoder(ends="any"),
)
GREEDY.mistake(
    "the first ids are read at every step",
    "A decoder that reads the start mark at every step is not told what it has written. Set `read` to the new ids.",
    greedy=decoder(feed="first"),
)
GREEDY.mistake(
    "the state is not carried on",
    "`step` returns the next state beside the scores. Hand that one to the next step, not the first one again.",
    greedy=decoder(keep_state=False),
)
GREEDY.mistake(
    "the least likely id is taken",
    "The largest score belongs to the likeliest id: `argmax`.",
    greedy=decoder(pick=np.argmin),
)
GREEDY.mistake(
    "the ids begin with the first ids",
    "`first_ids` is what is read, the start mark, and not what was written. Column t holds what step t wrote.",
    greedy=decoder(offset=1),
)
GREEDY.mistake(
    "the words are read two steps late",
    "What step t writes is read at step t + 1. Here it is read one step later than that.",
    greedy=decoder(feed="late"),
)
GREEDY.mistake(
    "what follows the end is filled with 0",
    "0 is the id of some word. Whoever reads the row looks for `end`, and the task asks for it in every place behind.",
    greedy=decoder(fill=0),
)


def one_late(step, h, first_ids, length, end):
    """Column 0 stays as it was given, and what the first step wrote stands in column 1."""
    ids = decoder()(step, h, first_ids, length - 1, end)
    return np.hstack([np.full((len(ids), 1), end), ids])


GREEDY.mistake(
    "what is written stands one column late",
    "Column t holds what step t wrote, and steps are counted from 0. `first_ids` has no column of its own.",
    greedy=one_late,
)


def once(step, h, first_ids, length, end):
    """One step, and its ids at all places."""
    logits, _ = step(np.array(first_ids), h)
    return np.repeat(logits.argmax(axis=1)[:, None], length, axis=1)


GREEDY.mistake(
    "one step is taken, and its ids stand everywhere",
    "There has to be a call of `step` for each word, each with the ids and the state of the one before.",
    greedy=once,
)


GREEDY.mistake(
    "the array stops where the last row ends",
    "The result has `length` columns for every batch, also where all rows end early: fill it up with `end`.",
    greedy=lambda step, h, first_ids, length, end: _short(step, h, first_ids, length, end),
)


def _short(step, h, first_ids, length, end):
    ids = decoder()(step, h, first_ids, length, end)
    ends = (ids == end).all(axis=0)
    return ids[:, : int(ends.argmax()) + 1] if ends.any() else ids


@GREEDY.mistake(
    "the caller's first_ids are changed",
    "`read[:] = new` writes into the array that the caller still holds. `read = new` takes a new one.",
)
def in_place(step, h, first_ids, length, end):
    ids = decoder()(step, h, first_ids, length, end)
    first_ids[:] = ids[:, 0]
    return ids
