"""Three examples for each shape, the first of which a person may replace by typing."""

from functools import cache

import numpy as np

from rnn_core.data import digits, sentences, translation

SHAPES = ("one-to-one", "one-to-many", "many-to-one", "aligned many-to-many", "encoder-decoder")
LABELS = {
    "one-to-one": "a digit of your own",
    "one-to-many": "two digits of your own",
    "many-to-one": "words of your own",
    "aligned many-to-many": "words of your own",
    "encoder-decoder": "English of your own",
}
USUAL = {
    "one-to-one": ("3", "8", "5"),
    "one-to-many": ("7 2", "4 4", "0 9"),
    "many-to-one": ("i doubt that the plot was really clever", "the film is good", "the music is not bad"),
    "encoder-decoder": ("now the cat calls the dog", "the child sees the bird", "the girl helps the horse"),
}
USUAL["aligned many-to-many"] = USUAL["many-to-one"]
MOST = {"many-to-one": 9, "aligned many-to-many": 9, "encoder-decoder": 7}  # words that there is room for


def examples(shape, typed):
    """The batch for a shape, with a typed text in its first row.

    Returns: a tuple as the function of `shape_tables` takes it, and what is to be said about the typing.
    """
    if shape.startswith("one"):
        count = 1 if shape == "one-to-one" else 2
        first = [int(sign) for sign in typed if sign in "0123456789"][:count]
        told = "" if len(first) == count else f"Type {'a digit' if count == 1 else 'two digits'} from 0 to 9."
        rows = [[int(sign) for sign in text.split()] for text in USUAL[shape]]
        rows = rows if told else [first, *rows[1:]]
        return (_images([row[0] for row in rows]) if count == 1 else _scenes(rows)), told
    known = translation.ENGLISH[1:] if shape == "encoder-decoder" else sentences.WORDS
    first, told = _words(typed, known, MOST[shape])
    rows = [first, *(text.split() for text in USUAL[shape][1:])]
    if shape == "encoder-decoder":
        wanted = [_meanings().get(tuple(words)) for words in rows]
        lacking = wanted[0] is None
    else:
        found = [_grammar().get(tuple(words), (None, -1)) for words in rows]
        wanted = [tags for tags, _ in found] if shape.startswith("aligned") else np.array([label for _, label in found])
        lacking = found[0][1] < 0
    return (rows, wanted), told + " The grammar has no such sentence, so it has no target." * lacking


@cache
def _grammar():
    return {tuple(words): (tags, label) for words, tags, label in sentences.every()}


@cache
def _meanings():
    """Each English sentence without a place, time first, with its first translation."""
    told = [meaning for meaning in translation.meanings() if meaning.where is None]
    return {tuple(translation.english(m, first)): translation.japanese(m)[0] for m in told for first in (True, False)}


def _words(typed, known, most):
    words = typed.lower().split()
    strange = [word for word in words if word not in known]
    told = f"Left out, no word of this grammar: {', '.join(strange[:5])}." if strange else ""
    words = [word for word in words if word in known]
    return words[:most], told + f" Only the first {most} words are read." * (len(words) > most)


@cache
def _by_number():
    images, numbers = digits.load()[1]
    return [images[numbers == k] for k in range(10)]


def _images(numbers):
    return np.stack([_by_number()[k][7 * place] for place, k in enumerate(numbers)]), np.array(numbers)


def _scenes(pairs):
    scenes = [np.concatenate([_by_number()[left][3], _by_number()[right][4]]) for left, right in pairs]
    return np.stack(scenes), [digits.caption(*pair) for pair in pairs]
