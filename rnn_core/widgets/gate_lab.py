"""Hold or drag the gates of one unit while it reads a sequence: cell, state and time scale follow."""

import numpy as np

from rnn_core import plots
from rnn_core.widgets.base import Widget
from rnn_core.widgets.gate_cells import CELLS, LEAK, gates_of, states_of, weights_for
from rnn_core.widgets.gate_sequences import KINDS, MARKS, MOST, passage, sequence
from rnn_core.widgets.own import Own


class GateLab(Widget):
    """One unit reads a sequence with marks; without a hand on them its gates open at marks.

    cell: "leaky unit", "gated unit", "LSTM" or "GRU". own: the learner's `step_forward` for that cell, for the leaky
    unit `forward`, or None.
    """

    title = "Gate lab"

    def __init__(self, cell, own=None):
        reference, self.gates, columns, self.keeps = CELLS[cell]
        self.cell, self.step = cell, Own(own, reference, outputs=2 if cell == "LSTM" else 1)
        self.owns, self.always = (self.step,), not columns  # a leak is a number: it cannot be let go
        held = {"leak": LEAK} if self.always else {}
        self.start = {"held": held, "at": MARKS[0], "sequence": "numbers", "text": passage()}
        super().__init__()
        self.show()

    def compute(self, controls):
        """Run the sequence with some gates held. Returns: inputs, gates and states of every step."""
        controls = {**self.start, **controls}
        held = {gate: float(np.clip(value, 0, 1)) for gate, value in controls["held"].items() if gate in self.gates}
        if self.always:
            held = {"leak": max(held.get("leak", LEAK), 0.01)}
        kind = controls["sequence"] if controls["sequence"] in KINDS else "numbers"
        read = sequence(kind, controls["text"])
        run = self._run(kind, controls["text"], held)
        free = self._run(kind, controls["text"], {})["h"] if held and not self.always else None
        if self.step.fault:  # perhaps in the second run only
            run = self._run(kind, controls["text"], held)
        marks = np.flatnonzero(read.x[:, 1])
        at = (marks[0] if len(marks) else 0) if controls["at"] is None else controls["at"]
        at = int(np.clip(at, 0, max(0, len(read.x) - 1)))
        return {
            "title": f"{self.title}: {self.cell}", "value": read.x[:, 0], "marks": marks, "gates": run["gates"],
            "names": self.gates, "state": run["h"], "cell": run["c"], "held": held,
            "free": [] if free is None else free,
            "at": at, "sequence": kind, "sequences": KINDS, "text": controls["text"], "most": MOST, "signs": read.signs,
            "means": read.means, "always": self.always, "says": self._says(at, read.steps, run, free),
        }  # fmt: skip

    def static(self, picture):
        lines = {"input": picture["value"], "h": picture["state"]}
        if picture["cell"]:
            lines["c"] = picture["cell"]
        steps = range(len(picture["value"]))
        return plots.curves(steps, lines, "step", "value", title=picture["title"], alt=picture["says"])

    def _run(self, kind, text, held):
        """All steps with these gates held. Returns: dict of gates, h and c (empty but for the LSTM)."""

        def work():
            x, weights = sequence(kind, text).x, weights_for(self.cell, held)
            states = states_of(self.cell, self.step, x, weights, held)
            if self.step.fault:  # the steps before came from the learner: then all from the reference
                states = states_of(self.cell, self.step, x, weights, held)
            h, c = (np.array(part, dtype=float).reshape(-1) for part in states)
            return {"gates": gates_of(self.cell, x, h, weights, held), "h": h, "c": c}

        return self.step.once((kind, text if kind == "text" else "", *sorted(held.items())), work)

    def _says(self, at, steps, run, free):
        if not steps:
            return "The text is empty. Type some characters."
        kept = float(self.keeps(run["gates"])[at])
        lasts = "for ever" if kept > 0.9999 else f"{-1 / np.log(max(kept, 1e-9)):.1f} steps"
        shown = ", ".join(f"{name} {run['gates'][gate][at]:.2f}" for gate, name in self.gates.items())
        memory = f"c = {run['c'][at]:.2f}, " if len(run["c"]) else ""
        told = f"Step {at}{f' ({steps[at]})' if steps[at] else ''}: {shown}; {memory}h = {run['h'][at]:.2f}. "
        told += f"It keeps {kept:.2f} of the old value: time constant {lasts}."
        return told if free is None else f"{told} With all gates let go h would be {free[at]:.2f}."
