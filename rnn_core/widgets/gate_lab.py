"""Hold or drag the gates of one unit while it reads a sequence: cell, state and time scale follow.

A gate is held by its weights alone (columns 0, bias the logit of the wanted value), so that any `step_forward`
can be driven: the learner's own as well as the reference.
"""

import numpy as np

from rnn_core import gru, lstm, one_gate, plots
from rnn_core.activations import sigmoid
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import Own

CELLS = {  # name -> reference, its gates, all its columns, and the gate that keeps
    "gated unit": (one_gate.step_forward, {"g": "share taken"}, "gn"),
    "LSTM": (lstm.step_forward, {"i": "input gate", "f": "forget gate", "o": "output gate"}, "ifgo"),
    "GRU": (gru.step_forward, {"r": "reset gate", "z": "update gate"}, "rzn"),
}
T, MARKS = 40, (4, 16, 29)


class GateLab(Widget):
    """One unit with gates reads 40 values, three of them marked; without a hand on them its gates open at marks.

    cell: "gated unit", "LSTM" or "GRU". own: the learner's `step_forward` for that cell, or None.
    """

    title = "Gate lab"

    def __init__(self, cell, own=None):
        reference, self.gates, self.columns = CELLS[cell]
        self.cell, self.step = cell, Own(own, reference, outputs=2 if cell == "LSTM" else 1)
        self.owns = (self.step,)
        rng = np.random.default_rng(5)
        marked = np.zeros(T)
        marked[list(MARKS)] = 1
        values = 0.5 * rng.uniform(-1, 1, T)
        values[list(MARKS)] = 0.9, -0.8, 0.5
        self.x = np.stack([values, marked], axis=1)
        self.start = {"held": {}, "at": MARKS[0]}
        super().__init__()
        self.show()

    def compute(self, controls):
        """Run the sequence with some gates held. Returns: inputs, gates and states of every step."""
        held = {gate: float(np.clip(value, 0, 1)) for gate, value in controls["held"].items() if gate in self.gates}
        weights = self._weights(held)
        h, c = np.zeros((1, 1)), np.zeros((1, 1))
        states, cells, gates = [], [], []
        for x in self.x:
            gates.append(self._gates(x[None], h, weights))
            if self.cell == "LSTM":
                h, c, _ = self.step(x[None], h, c, *weights)
                cells.append(c.item())
            else:
                h, _ = self.step(x[None], h, *weights)
            states.append(h.item())
        gates = {gate: [float(step[gate]) for step in gates] for gate in self.gates}
        at = int(np.clip(controls["at"], 0, T - 1))
        kept = self._kept(gates)[at]
        return {
            "title": f"{self.title}: {self.cell}", "value": self.x[:, 0], "marks": MARKS, "gates": gates,
            "names": self.gates, "state": states, "cell": cells, "held": held,
            "says": self._says(at, gates, states, cells, kept),
        }  # fmt: skip

    def static(self, picture):
        lines = {"input": picture["value"], "h": picture["state"]}
        if picture["cell"]:
            lines["c"] = picture["cell"]
        return plots.curves(range(T), lines, "step", "value", title=picture["title"], alt=picture["says"])

    def _kept(self, gates):
        """The share of the old value that every step keeps."""
        return {"gated unit": lambda: 1 - np.array(gates["g"]), "LSTM": lambda: np.array(gates["f"]),
                "GRU": lambda: np.array(gates["z"])}[self.cell]()  # fmt: skip

    def _says(self, at, gates, states, cells, kept):
        steps = "for ever" if kept > 0.9999 else f"{-1 / np.log(max(kept, 1e-9)):.1f} steps"
        shown = ", ".join(f"{name} {gates[gate][at]:.2f}" for gate, name in self.gates.items())
        memory = f"c = {cells[at]:.2f}, h = {states[at]:.2f}" if cells else f"h = {states[at]:.2f}"
        return f"Step {at}: {shown}; {memory}. It keeps {kept:.2f} of the old value: time constant {steps}."

    def _weights(self, held):
        """Gates that keep, and open at a mark; a held gate hears nothing and has the logit of its value as bias."""
        G = len(self.columns)
        W_x, W_h, b = np.zeros((2, G)), np.zeros((1, G)), np.zeros(G)
        opens = {"gated unit": "g", "LSTM": "i", "GRU": ""}[self.cell]
        for k, column in enumerate(self.columns):
            if column in opens:
                W_x[1, k], b[k] = 9, -4.5
            elif column in "fzr":
                W_x[1, k], b[k] = -9, 4.5
            elif column == "o":
                b[k] = 2
            else:
                W_x[0, k], W_h[0, k] = 1.5, 1 if self.cell == "GRU" else 0
            if column in held:
                W_x[:, k], b[k] = 0, np.log(max(held[column], 1e-9) / max(1 - held[column], 1e-9))
        return (W_x, W_h, b, np.zeros(G)) if self.cell == "GRU" else (W_x, W_h, b)

    def _gates(self, x, h, weights):
        W_x, W_h, *biases = weights
        a = sigmoid(x @ W_x + h @ W_h + sum(biases))[0]
        return dict(zip(self.columns, a, strict=True))
