"""A trained character model, as the memory map reads it: the learner's weights, and the learner's cell if given."""

from typing import NamedTuple

import numpy as np

from rnn_core.cells import GRU, LSTM, TANH
from rnn_core.errors import NonFiniteError, RangeError, ShapeError
from rnn_core.widgets.memory_map.influence import as_net, changes, chosen, gradients, reach
from rnn_core.widgets.own import Own
from rnn_core.widgets.used import newest, used_by

KEPT, SHARES = 8, (0.5, 0.9)  # texts whose answers are kept; the shares of the influence whose reach is told


class Reading(NamedTuple):
    """strengths (L, L) and log_p (L, V): row k is what is foretold after k + 1 characters; targets (L,) their ids.

    far: how many characters back half of the influence lies, and 90 % of it: medians of the later half of the text,
    whose places have enough before them; None where there is no influence.
    """

    strengths: np.ndarray
    log_p: np.ndarray
    targets: np.ndarray
    far: list[float] | None


class TextModel:
    """One model: `cell` of `rnn_core.cells`, or one with the learner's forward and backward in it; params; vocabulary.

    `read` answers for a whole text at once and keeps the answer until text, weights or functions change.
    """

    def __init__(self, cell, params, vocabulary):
        self.cell, self.params, self.vocabulary = cell, params, vocabulary
        twin = next((known for known in (TANH, LSTM, GRU) if known[2:] == cell[2:]), None)
        self.mine = twin is not None and (cell.forward, cell.backward) != (twin.forward, twin.backward)
        self.twin = twin or cell
        self.call = Own(self._by_theirs if self.mine else None, self._by_twin, outputs=2)
        self.call.name = f"gradient by {cell.forward.__name__} and {cell.backward.__name__}"
        self.answers = {}
        self.note = ""

    def begin(self):
        """Nothing to forget: the note belongs to the kept answer."""

    def unknown(self, text):
        """The characters of a text that the vocabulary does not hold. Returns: set of str."""
        return set(text) - set(self.vocabulary.characters)

    def read(self, text, measure="gradient"):
        """Read a text of known characters. Returns: Reading. Raises: what stands in the way of it."""
        self.note, params = "", as_net(self.params)
        self._check(params)
        used = used_by(self.cell.forward, self.cell.backward) if self.mine else []
        marks = (text, measure, *(hash(p.tobytes()) for p in params.values()), *map(id, used))
        if marks not in self.answers:
            while len(self.answers) >= KEPT:
                del self.answers[next(iter(self.answers))]
            self.call.begin()
            reading = self._compute(params, text, measure)
            self.answers[marks] = reading, self.call.note, used  # kept, so that no other thing gets one of these ids
        reading, self.note, _ = self.answers[marks]
        return reading

    def _compute(self, params, text, measure):
        if self.mine:  # float64, so that rounding is not taken for a difference
            params = {name: p.astype(float) for name, p in params.items()}
        ids = self.vocabulary.encode(text)
        targets = np.append(ids[1:], -1)
        if measure == "gradient":
            strengths, log_p = self.call(gradients, params, ids, targets)
        else:
            strengths, log_p = self.call(changes, params, ids, targets, self._others(ids))
        return Reading(np.tril(strengths), log_p, chosen(targets, log_p), usual_reach(strengths))

    def _by_twin(self, kind, *args):
        return kind(self.twin, *args)

    def _by_theirs(self, kind, *args):
        return kind(newest_cell(self.cell), *args)

    def _others(self, ids):
        """A space in the place of each character, and an e in that of a space."""
        known = self.vocabulary.characters
        pair = [*(c for c in " e" if c in known), *(c for c in known if c not in " e")][:2]
        first, second = (known.index(c) for c in (pair * 2)[:2])
        return np.where(ids == first, second, first)

    def _check(self, params):
        V = len(self.vocabulary)
        missing = [name for name in ("layer1.W_xh", "W_hy", "b_y") if name not in params]
        if missing:
            raise RangeError(f"params: expected W_xh, W_hy and b_y among them, got {', '.join(self.params) or 'none'}")
        if params["layer1.W_xh"].shape[0] != V or params["b_y"].shape != (V,):
            got = params["layer1.W_xh"].shape[0], *params["b_y"].shape
            raise ShapeError(f"params: expected weights for {V} characters (the vocabulary), got {got}")
        if not all(np.isfinite(p).all() for p in params.values()):
            raise NonFiniteError("params: expected finite numbers, got NaN or infinity: the training ran away")


def usual_reach(strengths):
    """The median of `reach` over the later half of a text, for half of the influence and for 90 % of it."""
    L = len(strengths)
    late = [strengths[k, : k + 1] for k in range(L) if k + 1 >= L / 2]
    found = [[reach(row, share) for row in late if row.any()] for share in SHARES]
    return [float(np.median(some)) for some in found] if all(found) else None


def newest_cell(cell):
    """The cell with its functions as they stand now. Returns: Cell."""
    forward = Returning(newest(cell.forward), len(cell.states) + 1)
    return cell._replace(forward=forward, backward=newest(cell.backward))


class Returning:
    """A function that must return so many values; otherwise it is said what it returned."""

    def __init__(self, function, values):
        self.function, self.values, self.__name__ = function, values, function.__name__

    def __call__(self, *args, **more):
        got = self.function(*args, **more)
        if not isinstance(got, tuple) or len(got) != self.values:
            what = f"{len(got)} values" if isinstance(got, tuple) else type(got).__name__
            raise ShapeError(f"{self.__name__} returned {what} where {self.values} values are expected")
        return got
