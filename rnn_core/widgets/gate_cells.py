"""One unit of each cell, with weights that open its gates at marks, and a hand on some of the gates.

A gate is held by its weights alone (columns 0, bias the logit of the wanted value), so that any `step_forward`
can be driven: the learner's own as well as the reference. A leaky unit has no gate: its leak is a number.
"""

import numpy as np

from rnn_core import gru, leaky, lstm, one_gate
from rnn_core.activations import sigmoid

CELLS = {  # name -> reference, its gates, all its columns, and what share of the old value a step keeps
    "leaky unit": (leaky.forward, {"leak": "share taken"}, "", lambda gates: 1 - gates["leak"]),
    "gated unit": (one_gate.step_forward, {"g": "share taken"}, "gn", lambda gates: 1 - gates["g"]),
    "LSTM": (lstm.step_forward, {"i": "input gate", "f": "forget gate", "o": "output gate"}, "ifgo", lambda g: g["f"]),
    "GRU": (gru.step_forward, {"r": "reset gate", "z": "update gate"}, "rzn", lambda gates: gates["z"]),
}
LEAK = 0.1  # of the leaky unit, to begin with


def states_of(cell, step, x, weights, held):
    """Run a sequence. Shapes: x (T, 2), numbers and marks. Returns: T states, and the cell states of an LSTM."""
    h, c, states, cells = np.zeros((1, 1)), np.zeros((1, 1)), [], []
    if cell == "leaky unit":
        return (step(x[None], h, *weights, held["leak"])[0] if len(x) else [], [])
    for x_t in x[:, None]:
        if cell == "LSTM":
            h, c, _ = step(x_t, h, c, *weights)
            cells.append(c)
        else:
            h, _ = step(x_t, h, *weights)
        states.append(h)
    return states, cells


def weights_for(cell, held):
    """Gates that keep, and open at a mark; a held gate hears nothing and has the logit of its value as bias."""
    if cell == "leaky unit":
        return np.array([[1.5], [0.0]]), np.zeros((1, 1)), np.zeros(1)
    columns = CELLS[cell][2]
    G = len(columns)
    W_x, W_h, b = np.zeros((2, G)), np.zeros((1, G)), np.zeros(G)
    opens = {"gated unit": "g", "LSTM": "i", "GRU": ""}[cell]
    for k, column in enumerate(columns):
        if column in opens:
            W_x[1, k], b[k] = 9, -4.5
        elif column in "fzr":
            W_x[1, k], b[k] = -9, 4.5
        elif column == "o":
            b[k] = 2
        else:
            W_x[0, k], W_h[0, k] = 1.5, 1 if cell == "GRU" else 0
        if column in held:
            W_x[:, k], b[k] = 0, np.log(max(held[column], 1e-9) / max(1 - held[column], 1e-9))
    return (W_x, W_h, b, np.zeros(G)) if cell == "GRU" else (W_x, W_h, b)


def gates_of(cell, x, h, weights, held):
    """The gates of every step, from the states before it. Shapes: x (T, 2); h (T,). Returns: dict of (T,)."""
    _, gates, columns, _ = CELLS[cell]
    if cell == "leaky unit":
        return {"leak": np.full(len(x), held["leak"])}
    W_x, W_h, *biases = weights
    before = np.append(0.0, h)[: len(x), None]  # (T, 1)
    a = sigmoid(x @ W_x + before @ W_h + sum(biases))
    return {gate: a[:, columns.index(gate)] for gate in gates}
