"""A word as pictures on paper: typed, put into another order, blended, and painted over by hand."""

import numpy as np

from rnn_core.data.letters import LETTERS, SIZE, draw, shifts

EMPTY = " "  # a picture with nothing on it
GLYPHS = {letter: draw(letter) for letter in LETTERS} | {EMPTY: np.zeros((SIZE, SIZE))}
MOST = 8  # pictures that find room


def check_word(text):
    """Letters as they can be drawn, and what is wrong with the text, in words ("" if nothing is)."""
    word = text.upper()
    strange = sorted({letter for letter in word if letter not in LETTERS + EMPTY})
    if strange:
        return word, f"There are no strokes for {' and '.join(strange)}: take letters of {LETTERS}, or a space."
    if not word:
        return word, f"Type at least one letter of {LETTERS}."
    return word[:MOST], ""


def clean(letter, share, k, seed):
    """One letter as it is written the `seed`-th time, without noise; k is its place in the typed word.

    share: how much of a Y is in a Y or T, or None for a plain letter. Returns: array (12, 12).
    """
    glyph = GLYPHS[letter] if share is None else share * GLYPHS["Y"] + (1 - share) * GLYPHS["T"]
    return shifts(glyph)[np.random.default_rng((seed, k)).integers(9)]


def noise(k, seed):
    """Noise of size 1 over the k-th letter of the typed word: it stays with the letter wherever that is moved."""
    return np.random.default_rng((seed, k, 1)).standard_normal((SIZE, SIZE))


def painted(picture, ink):
    """Put what was painted by hand over a picture; ink: dict from the number of a pixel to 1 (ink) or 0 (paper)."""
    picture = picture.copy()
    for pixel, value in ink.items():
        if 0 <= int(pixel) < picture.size:
            picture.flat[int(pixel)] = float(np.clip(value, 0, 1))
    return picture
