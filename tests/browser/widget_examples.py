"""Each widget as a lesson shows it: what stands above it, and the cell that makes it."""

from typing import NamedTuple


class Example(NamedTuple):
    """set_up and source are cells; own is the learner's function that the widget takes, with its signature."""

    set_up: str
    source: str
    own: str = ""
    moves: str = ""  # the label of a slider, or the name of a button, that changes the picture


EXAMPLES = {
    "gate_lab": Example(
        "from rnn_core import lstm\nfrom rnn_core.widgets import GateLab",
        'GateLab("LSTM", step_forward)',
        "step_forward(x, h, c, W_xh, W_hh, b)",
        "step",
    ),
}
RIGHT = {"gate_lab": "return lstm.step_forward(x, h, c, W_xh, W_hh, b)"}
