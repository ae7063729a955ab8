"""What the gate lab reads: numbers with marks, a real text, a measured series. Each step is a number and a mark."""

import functools
import re
from typing import NamedTuple

import numpy as np

from rnn_core.data.text import load_text

T, MARKS = 40, (4, 16, 29)
MOST = 60  # characters of a text
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", np.linspace(-0.4, 0.4, 26).tolist(), strict=True))
BRACKETS = {"(": 0.9, ")": -0.9}
KINDS = {
    "numbers": "numbers, three marked",
    "text": "a text, brackets marked",
    "prices": "a share price, months marked",
}


class Sequence(NamedTuple):
    """x (T, 2): numbers and marks; each step in words, and as a sign to draw (or none); and what all that means."""

    x: np.ndarray
    steps: list[str]
    signs: list[str]
    means: str


def sequence(kind, text):
    """The sequence of this kind. text: what is read where the kind is "text". Returns: Sequence."""
    return {"numbers": numbers, "text": lambda: characters(text), "prices": prices}[kind]()


@functools.cache
def numbers():
    """Small numbers drawn at random, with three large ones that are marked. Returns: Sequence."""
    values = 0.5 * np.random.default_rng(5).uniform(-1, 1, T)
    values[list(MARKS)] = 0.9, -0.8, 0.5
    return Sequence(_with_marks(values, MARKS), [""] * T, [], "x: drawn at random; three numbers are marked.")


def characters(text):
    """A text: what stands in brackets is between a 0.9 and a -0.9. Returns: Sequence."""
    text = str(text)[:MOST]
    values = np.array([BRACKETS.get(c, LETTERS.get(c.lower(), 0.0)) for c in text])
    marks = [t for t, c in enumerate(text) if c in BRACKETS]
    means = (
        f"x: a letter's place in the alphabet, from {LETTERS['a']:g} (a) to {LETTERS['z']:g} (z); 0 for other "
        f"characters. An opening bracket is {BRACKETS['(']:g}, a closing one {BRACKETS[')']:g}, and both are marked."
    )
    words = [f"'{c}'" if c != " " else "space" for c in text]
    return Sequence(_with_marks(values, marks), words, ["␣" if c == " " else c for c in text], means)


@functools.cache
def passage():
    """The first sentence with a short bracket in the help texts that come with Python. Returns: str."""
    words = r"[A-Za-z ,.;']"
    found = re.search(
        rf"(?<=[.] )[A-Z]{words}{{8,24}}\({words}{{6,16}}\){words}{{8,22}}(?= )", " ".join(load_text().split())
    )
    return found.group() if found else "Text (in brackets) and more text"


@functools.cache
def prices():
    """Forty closing prices of one company, with the first trading day of each month marked. Returns: Sequence."""
    from matplotlib.cbook import get_sample_data

    days = get_sample_data("goog.npz")["price_data"][-T - 1 :]
    months = days["date"].astype("datetime64[M]")
    close, dates = days["adj_close"][1:], days["date"][1:]
    middle, wide = close.mean(), 2 * close.std()
    words = [f"{date}, {price:.2f} dollars" for date, price in zip(dates, close, strict=True)]
    means = (
        f"x: Google's closing price on {T} trading days, {dates[0]} to {dates[-1]}: 0 is {middle:.0f} dollars, 1 is "
        f"{middle + wide:.0f}. The first trading day of a month is marked. From matplotlib's sample data."
    )
    first = months[1:] != months[:-1]
    signs = [f"{date:%b}" if new else "" for date, new in zip(dates.tolist(), first, strict=True)]
    return Sequence(_with_marks((close - middle) / wide, np.flatnonzero(first)), words, signs, means)


def _with_marks(values, marks):
    x = np.zeros((len(values), 2))
    x[:, 0] = values
    x[list(marks), 1] = 1
    return x
