"""A loop drawn as a loop or drawn out, with its real numbers, and the formula behind every unit."""

import numpy as np

from rnn_core import plots
from rnn_core.widgets.base import Widget
from rnn_core.widgets.unroll import loops
from rnn_core.widgets.unroll.loops import CARRIED, NAMES
from rnn_core.widgets.unroll.steps import Steps


class Unroll(Widget):
    """One sequence goes through a small net, step by step; its state or its output goes round.

    functions: the learner's, by their names: `step_forward` or `unrolled` for the state, `output_probabilities` for
    the way out of a state, `joined_step` for an output that goes round.
    """

    title = "Unroll"

    def __init__(self, *functions, goes_round="state", seed=0):
        self.steps = Steps({function.__name__: function for function in functions})
        self.owns = tuple(self.steps.own.values())
        self.start = {
            "goes_round": goes_round, "drawing": "unrolled", "at": 2, "seed": seed, "changed": {},
            "unit": [CARRIED[goes_round], 2, 0], "T": 4, "D": 2, "H": 3, "V": 2,
        }  # fmt: skip
        super().__init__()
        self.show()

    def compute(self, controls):
        """Run the net. Returns: the numbers of every unit, and the formula of the one that is open."""
        sizes = {name: int(np.clip(controls[name], 1, most)) for name, most in loops.MOST.items()}
        made = controls["goes_round"], int(controls["seed"]), sizes
        arrays = loops.numbers(*made)
        changed = loops.change(arrays, controls["changed"])
        values = self.steps.run(arrays)
        before = self.steps.run(loops.numbers(*made)) if changed else values
        differs = {name: (np.abs(values[name] - before[name]) > 1e-9).astype(int) for name in values}
        at, unit = int(np.clip(controls["at"], 0, sizes["T"])), self._unit(controls["unit"], values, controls)
        picture = {
            "title": self.title, "goes_round": controls["goes_round"], "sizes": sizes, "at": at, "values": values,
            "unit": unit, "formula": unit and self._formula(unit, at, arrays, values), "changed": changed,
            "differs": differs, "names": NAMES, "carried": CARRIED[controls["goes_round"]],
        }  # fmt: skip
        return picture | {"says": self._says(picture), "whose": self._whose()}

    def static(self, picture):
        rows, labels = [], []
        for name, values in picture["values"].items():
            for i, numbers in enumerate(np.transpose(values)[:, 1:]):
                rows.append(numbers)
                labels.append(f"{NAMES[name]} {name}[{i}]")
        steps, title = range(1, picture["sizes"]["T"] + 1), f"What goes round: the {picture['goes_round']}"
        drawn = plots.heatmap(rows, labels, steps, "step", "unit", "value", title, picture["says"])
        most = np.abs(rows).max()
        for (row, column), value in np.ndenumerate(rows):
            colour = "white" if abs(value) > 0.6 * most else "black"
            drawn.figure.axes[0].text(column, row, f"{value:.2f}", ha="center", va="center", color=colour)
        return drawn

    def _unit(self, unit, values, controls):
        """The unit that is open, or None when a net of this size has none there."""
        if not unit or unit[0] not in values:
            return None
        name, t, i = unit
        first = 0 if name == CARRIED[controls["goes_round"]] else 1  # only what goes round is there before step 1
        T, width = len(values[name]) - 1, values[name].shape[1]
        return [name, t, i] if first <= t <= T and 0 <= i < width else None

    def _formula(self, unit, at, arrays, values):
        name, t, i = unit
        about = {
            "name": f"{name}[{i}]",
            "of": f"{NAMES[name]} {t}",
            "value": values[name][t, i],
            "key": loops.key(unit),
        }
        if about["key"] or t > at:
            return about | {"kind": "given" if about["key"] else "waiting"}
        about |= loops.formula(unit, arrays, values) | {"kind": "computed"}
        own = self.steps.used[-1] if name == "y" else self.steps.used[0]
        wrong = own.function is not None and abs(about["value"] - about["result"]) > 1e-6
        return about | {"returned_by": own.name if wrong else ""}

    def _whose(self):
        """Which of the functions at work the learner did not hand over, in words."""
        lent = [name for name, own in self.steps.own.items() if own in self.steps.used and own.function is None]
        return f"{' and '.join(lent)}: not yours, but the course's own." if lent else ""

    def _says(self, picture):
        at, values, formula = picture["at"], picture["values"], picture["formula"]
        shown = [
            f"{NAMES[name]} {at}: {', '.join(f'{v:.2f}' for v in numbers[at])}"
            for name, numbers in values.items()
            if at or name == CARRIED[picture["goes_round"]]
        ]
        parts = [f"The {picture['goes_round']} goes round. {at} of {picture['sizes']['T']} steps done", *shown]
        if picture["changed"]:
            late = sum(int(d[1 : at + 1].sum()) for d in picture["differs"].values())
            parts.append(f"numbers that you changed: {len(picture['changed'])}, units that differ: {late}")
        if formula and formula["kind"] == "computed":
            made = f"{formula['end']} makes {formula['result']:.2f} of the sum {formula['sum']:.2f}"
            other = (
                f", but your {formula['returned_by']} returned {formula['value']:.2f}" if formula["returned_by"] else ""
            )
            parts.append(f"open: {formula['name']} of {formula['of']}, where {made}{other}")
        return "; ".join(parts) + "."
