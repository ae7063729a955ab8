"""What the gate lab shows, against the cells run by hand."""

import numpy as np
import pytest

from rnn_core import gru, lstm, one_gate
from rnn_core.widgets.gate_lab import MARKS, GateLab

CELLS = {"LSTM": lstm.step_forward, "GRU": gru.step_forward, "gated unit": one_gate.step_forward}


@pytest.mark.parametrize("cell", CELLS)
def test_untouched_it_holds_what_was_marked(cell):
    picture = GateLab(cell, CELLS[cell]).picture
    held = np.array(picture["state"] if cell != "LSTM" else picture["cell"])
    for mark, end in zip(MARKS, (*MARKS[1:], 40), strict=True):
        assert abs(held[end - 1] / held[mark] - 1) < 0.2
        assert np.sign(held[mark]) == np.sign(picture["value"][mark])
    assert "agrees" in picture["note"]


@pytest.mark.parametrize("cell, gate", [("LSTM", "i"), ("LSTM", "f"), ("LSTM", "o"), ("GRU", "r"), ("GRU", "z")])
@pytest.mark.parametrize("value", [0, 0.3, 1])
def test_a_held_gate_has_its_value_at_every_step(cell, gate, value):
    lab = GateLab(cell)
    lab.controls = {"held": {gate: value}, "turn": 1}
    np.testing.assert_allclose(lab.picture["gates"][gate], value, atol=1e-6)
    others = set(lab.picture["gates"]) - {gate}
    assert all(np.ptp(lab.picture["gates"][other]) > 0 or other == "o" for other in others)


def test_the_cell_state_follows_from_the_gates():
    lab = GateLab("LSTM")
    lab.controls = {"held": {"f": 0.7, "i": 0.4}, "turn": 1}
    c = 0.0
    for t, x in enumerate(lab.picture["value"]):
        c = 0.7 * c + 0.4 * np.tanh(1.5 * x)
        assert lab.picture["cell"][t] == pytest.approx(c, abs=1e-4)
    assert f"time constant {-1 / np.log(0.7):.1f} steps" in lab.picture["says"]


def test_an_open_reset_gate_lets_the_old_state_into_the_new_one():
    """The state before the second mark is positive, so the candidate there is pulled up."""
    lab = GateLab("GRU", gru.step_forward)
    free = lab.picture["state"][MARKS[1]]
    lab.controls = {"held": {"r": 1}, "turn": 1}
    assert lab.picture["state"][MARKS[1]] > free + 0.1
    assert "agrees" in lab.picture["note"]


def test_what_comes_from_outside_is_kept_within_bounds():
    lab = GateLab("LSTM")
    lab.controls = {"held": {"f": 7, "nothing": 1}, "at": 10**6, "turn": 1}
    assert lab.picture["held"] == {"f": 1.0} and lab.picture["says"].startswith("Step 39:")
    lab.controls = {"held": "words", "turn": 2}
    assert lab.picture["problem"] and lab.picture["says"].startswith("Step 39:")


def test_the_static_picture_shows_cell_and_state():
    lab = GateLab("LSTM")
    assert lab.static(lab.picture).alt == lab.picture["says"]
