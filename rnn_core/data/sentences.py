"""Generated sentences about a film: which words turn the meaning, and whether it is praise in the end.

Three places of a sentence can turn its meaning: how it opens, a negation at the verb, and how it ends.
"""

import itertools

import numpy as np

OPENINGS = {"": 1, "they say": 1, "i think": 1, "i doubt that": -1, "nobody says that": -1}
SUBJECTS = ("the film", "the plot", "the music", "this story")
VERBS = {"is": 1, "was": 1, "is not": -1, "was never": -1}
DEGREES = ("", "very", "really")
ADJECTIVES = {"good": 1, "great": 1, "warm": 1, "clever": 1, "bad": -1, "dull": -1, "cold": -1, "weak": -1}
ENDINGS = {"": 1, "and that is true": 1, "and i mean it": 1, "but that is false": -1}
PARTS = (OPENINGS, SUBJECTS, VERBS, DEGREES, ADJECTIVES, ENDINGS)
FILLER = ("we", "went", "home", "by", "bus", "it", "rained", "and", "the", "evening", "was", "long")
WORDS = tuple(sorted({word for part in (*PARTS, FILLER) for phrase in part for word in phrase.split()}))
LABELS = ("complaint", "praise")
KEPT = 5  # one sentence in so many is kept for the test


def every():
    """All sentences of the grammar.

    Returns: a list of (words, tags, label): words a list of texts; tags a list of 0 and 1 of the same length, 1 for
        a word to whose left in its own clause an odd number of words turn the meaning; label 1 for praise, else 0.
    """
    return [_sentence(*phrases) for phrases in itertools.product(*PARTS)]


def _sentence(opening, subject, verb, degree, adjective, ending):
    turned = OPENINGS[opening] < 0
    words, tags = opening.split(), [0] * len(opening.split())  # what turns is itself not turned
    words += subject.split() + verb.split()
    tags += [int(turned)] * (len(words) - len(tags))
    rest = [degree, adjective] if degree else [adjective]
    words, tags = words + rest, tags + [int(turned != (VERBS[verb] < 0))] * len(rest)
    words += ending.split()  # a clause of its own
    tags += [0] * len(ending.split())
    sign = OPENINGS[opening] * VERBS[verb] * ADJECTIVES[adjective] * ENDINGS[ending]
    return words, tags, int(sign > 0)


def split(rng):
    """All sentences in a random order, a fifth of them kept for the test. Returns: train and test, lists."""
    found = every()
    found = [found[k] for k in rng.permutation(len(found))]
    kept = len(found) // KEPT
    return found[kept:], found[:kept]


def ids(words):
    """The ids of a list of words."""
    return [WORDS.index(word) for word in words]


def with_filler(rng, words, count, before=False):
    """A list of words with `count` random words that say nothing behind it, or before it."""
    filler = rng.choice(FILLER, count).tolist()
    return filler + words if before else words + filler


def draw(rng, sentences, N, tags=False, change=None, T=None):
    """Draw N sentences as a batch, with their labels or, with `tags`, a tag for every word.

    `change`, if given, is applied to each list of words before it is written as ids.

    Shapes: ids (N, T), targets (N,) or (N, T), mask (N, T), with T as for `padded`. Returns: these three.
    """
    drawn = [sentences[k] for k in rng.integers(len(sentences), size=N)]
    rows = [ids(words if change is None else change(words)) for words, _, _ in drawn]
    inputs, mask = padded(rows, T)
    targets = padded([row for _, row, _ in drawn], T)[0] if tags else np.array([label for *_, label in drawn])
    return inputs, targets, mask


def padded(rows, T=None):
    """Rows of numbers side by side in one array, filled up with 0 to T steps (or as many as the longest has).

    Shapes: rows a list of N lists; the results (N, T).
    Returns: integer array and mask, True where a number is real.
    """
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max() if T is None else T) < lengths[:, None]
    filled = np.zeros(mask.shape, int)
    filled[mask] = np.concatenate([np.asarray(row, int) for row in rows])
    return filled, mask
