"""Nets read a word that a learner types, reorders, blends and paints: what each believes at every picture."""

import textwrap

import numpy as np

from rnn_core import diagrams
from rnn_core.data.letters import LETTERS, NOISE, SIZE, posterior
from rnn_core.widgets.base import Widget
from rnn_core.widgets.reader import paper
from rnn_core.widgets.reader.reading import Net


class Reader(Widget):
    """Two or three nets read the same pictures, which come in one by one.

    readers: dict from what a net is called to (the learner's function or None, its weights). words: those that the
    nets were trained on, with their probabilities. The word at the start is the first of them.
    """

    title = "Reader"

    def __init__(self, readers, words, seed=8):
        self.nets = {name: Net(function, weights) for name, (function, weights) in readers.items()}
        self.owns = tuple(net.own for net in self.nets.values())
        self.words = words
        self.word = next(iter(words))
        self.start = {
            "word": self.word, "order": [], "at": len(self.word), "share": 0.4, "noise": NOISE, "seed": seed,
            "ink": {}, "blank": [], "best": False, "strokes": 0,
        }  # fmt: skip
        super().__init__()
        self.show()

    def compute(self, controls):
        """Draw the word and let every net read it. Returns: pictures, and the beliefs at each."""
        word, problem = paper.check_word(str(controls["word"]))
        self.word = word = self.word if problem else word  # after a slip the last word that could be drawn stays
        T = len(word)
        order = list(controls["order"])
        if sorted(order) != list(range(T)):
            order = list(range(T))
        shown = "".join(paper.EMPTY if k in controls["blank"] else word[k] for k in order)
        share = float(np.clip(controls["share"], 0, 1)) if shown[-1] in "YT" else None
        told = [self._told(letter, k, controls) for letter, k in zip(shown, order, strict=True)]
        if share is not None:
            told[-1] += f" (share of Y {share:.2f})"
        clean, x = self._pictures(shown, order, share, controls)
        beliefs = {name: net(x) for name, net in self.nets.items()}
        best = self._best(x) if controls["best"] else {}
        at = int(np.clip(controls["at"], 0, T))
        now = max(at - 1, 0)
        return {
            "title": self.title, "problem": problem, "letters": LETTERS, "size": SIZE, "shown": shown, "order": order,
            "at": at, "now": now, "share": share, "clean": np.rint(100 * clean[now]).astype(int),
            "pictures": [np.rint(100 * np.clip(picture, 0, 1)).astype(int) for picture in x],
            "beliefs": beliefs, "best": best, "reads": {name: self._likeliest(b) for name, b in beliefs.items()},
            "touched": order[now] in controls["blank"] or bool(controls["ink"].get(str(order[now]))),
            "says": self._says(told, at, beliefs, best, controls["best"]), "whose": self._whose(),
        }  # fmt: skip

    def static(self, picture):
        images = np.reshape(picture["pictures"], (-1, SIZE, SIZE)) / 100
        beliefs = {textwrap.fill(name, 12): np.array(belief) for name, belief in picture["beliefs"].items()}
        return diagrams.readings(images, LETTERS, beliefs, alt=picture["says"])

    def _pictures(self, shown, order, share, controls):
        """The pictures without noise and with it, in the order they are read: (T, D) each."""
        seed, spread = controls["seed"], float(np.clip(controls["noise"], 0, 2))
        clean, seen = [], []
        for place, (letter, k) in enumerate(zip(shown, order, strict=True)):
            glyph = paper.clean(letter, share if place == len(order) - 1 else None, k, seed)
            ink = controls["ink"].get(str(k), {})  # the pen writes over the noise
            clean.append(paper.painted(glyph, ink).ravel())
            seen.append(paper.painted(glyph + spread * paper.noise(k, seed), ink).ravel())
        return np.array(clean), np.array(seen)

    def _best(self, x):
        """The best beliefs there can be for one who knows the words of the training; none beyond their length."""
        T, longest = len(x), len(next(iter(self.words)))
        if longest < T:
            return {}
        x = np.concatenate([x, np.zeros((longest - T, x.shape[1]))])[None]  # what comes later counts for nothing
        return {
            "one picture": posterior(x, self.words, context=False)[0, :T],
            "all pictures so far": posterior(x, self.words)[0, :T],
        }

    def _whose(self):
        """Which nets run without a function of the learner's, in words."""
        lent = [name for name, net in self.nets.items() if net.own.function is None]
        return f"{' and '.join(lent)}: run by the course's own function." if lent else ""

    def _likeliest(self, belief):
        return [[LETTERS[int(row.argmax())], float(row.max())] for row in belief]

    def _told(self, letter, k, controls):
        if controls["ink"].get(str(k)):
            return "one drawn by hand" if letter == paper.EMPTY else f"{letter} drawn over"
        return "an empty one" if letter == paper.EMPTY else letter

    def _says(self, told, at, beliefs, best, wanted):
        if not at:
            return f"None of {len(told)} pictures has been read."
        named = beliefs | {f"best possible from {name}": belief for name, belief in best.items()}
        likeliest = {name: self._likeliest(belief)[at - 1] for name, belief in named.items()}
        parts = [f"{name}: {letter}, belief {p:.2f}" for name, (letter, p) in likeliest.items()]
        if wanted and not best:
            parts.append("the best possible is known for words as long as those of the training only")
        what = f"{at} of {len(told)} pictures read: {', '.join(told[:at])}."
        return f"{what} The last of them is read so: {'; '.join(parts)}."
