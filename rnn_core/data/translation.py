"""Made-up sentences to translate: a small English, and a small language built like Japanese.

Both say who does what to whom, and perhaps where and when. English says `the`, has its verb in the middle and may
begin with the time. The other language has its verb last, marks each part with a particle behind it (wa: who, o: whom,
de: where) and leaves two places free: the time stands first or after who, the place before or after whom. So a
sentence has up to four right translations, all with the same words.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from rnn_core.errors import NameMismatchError, RangeError

NOUNS = {
    "cat": "neko",
    "dog": "inu",
    "bird": "tori",
    "horse": "uma",
    "child": "kodomo",
    "teacher": "sensei",
    "girl": "shoujo",
    "doctor": "isha",
}
VERBS = {"sees": "miru", "calls": "yobu", "follows": "ou", "helps": "tasukeru", "seeks": "sagasu", "waits-for": "matsu"}
PLACES = {"garden": "niwa", "town": "machi", "house": "ie", "park": "kouen"}
TIMES = {"today": "kyou", "tomorrow": "ashita", "now": "ima", "often": "yoku"}

START, END = "<start>", "<end>"
ENGLISH = (END, "the", "in", *NOUNS, *VERBS, *PLACES, *TIMES)
JAPANESE = (START, END, "wa", "o", "de", *(w for words in (NOUNS, VERBS, PLACES, TIMES) for w in words.values()))
START_ID, END_ID = JAPANESE.index(START), JAPANESE.index(END)


class Meaning(NamedTuple):
    """What a sentence says, in English words; place and time may be None."""

    who: str
    does: str
    whom: str
    where: str | None = None
    when: str | None = None


def meanings():
    """Everything that can be said: nobody does anything to themselves. Returns: list of `Meaning`."""
    every = product(NOUNS, VERBS, NOUNS, (None, *PLACES), (None, *TIMES))
    return [Meaning(*words) for words in every if words[0] != words[2]]


def split(rng, held_out=0.2):
    """Part all meanings by chance. Units: held_out is a share. Returns: two lists, for training and for testing.

    Raises: RangeError for a share that leaves one of the lists empty.
    """
    every = meanings()
    order = rng.permutation(len(every))
    cut = round(held_out * len(every))
    if not 0 < cut < len(every):
        raise RangeError(f"held_out: expected a share that leaves something on both sides, got {held_out}")
    return [every[k] for k in order[cut:]], [every[k] for k in order[:cut]]


def english(meaning, time_first=False):
    """Say it in English. Returns: list of words."""
    who, does, whom, where, when = meaning
    words = ["the", who, does, "the", whom, *(("in", "the", where) if where else ())]
    if when:
        words = [when, *words] if time_first else [*words, when]
    return words


def japanese(meaning):
    """Every right translation. Returns: list of lists of words, without <start> and <end>."""
    who, does, whom, where, when = meaning
    who, whom, does = [NOUNS[who], "wa"], [NOUNS[whom], "o"], [VERBS[does]]
    when, where = [TIMES[when]] if when else [], [PLACES[where], "de"] if where else []
    first = [when + who, who + when] if when else [who]
    then = [where + whom, whom + where] if where else [whom]
    return [a + b + does for a in first for b in then]


def encode(words, vocabulary):
    """The ids of words. Raises: NameMismatchError for a word that the vocabulary lacks."""
    for word in words:
        if word not in vocabulary:
            raise NameMismatchError(f"encode: expected a word of the vocabulary, got {word!r}")
    return [vocabulary.index(word) for word in words]


def decode(ids, vocabulary):
    """The words of ids, up to <end>. Returns: list of words."""
    words = [vocabulary[k] for k in ids]
    return words[: words.index(END)] if END in words else words


def draw_pairs(rng, among, N, free=True):
    """Draw N meanings with replacement, and for each one English sentence and one of its translations.

    With `free` False the time stands first and the place before whom, always: one right order a meaning.

    Returns: list of `Meaning`, list of English sentences, list of translations, both as lists of words.
    """
    drawn = [among[k] for k in rng.integers(len(among), size=N)]
    sources = [english(meaning, rng.random() < 0.5) for meaning in drawn]
    orders = [japanese(meaning) for meaning in drawn]
    return drawn, sources, [each[rng.integers(len(each)) if free else 0] for each in orders]


def pad(rows, fill):
    """Ragged lists of ids side by side.

    Returns: ids (N, T), T that of the longest, the places left over filled with `fill`; mask (N, T), 1 where an id
        is real.
    """
    T = max(map(len, rows), default=0)
    ids, mask = np.full((len(rows), T), fill), np.zeros((len(rows), T), np.int64)
    for n, row in enumerate(rows):
        ids[n, : len(row)], mask[n, : len(row)] = row, 1
    return ids, mask


def batch(rng, among, N, free=True):
    """Draw one batch for `seq2seq.seq2seq_loss_and_grads`.

    Shapes: source and its mask (N, S); target, from <start> to <end>, and its mask (N, T + 1).
    Returns: the drawn meanings, and the tuple of source, mask, target, mask.
    """
    drawn, sources, targets = draw_pairs(rng, among, N, free)
    source, mask = pad([encode(words, ENGLISH) for words in sources], ENGLISH.index(END))
    target, counts = pad([encode([START, *words, END], JAPANESE) for words in targets], END_ID)
    return drawn, (source, mask, target, counts)


def exact(ids, among):
    """Which rows are right: up to <end>, which must be there, one of the translations of the row's meaning.

    Shapes: ids (N, T); among holds N meanings. Returns: boolean array (N,).
    """
    return np.array(
        [END_ID in row and decode(row, JAPANESE) in japanese(m) for row, m in zip(ids, among, strict=True)], bool
    )
