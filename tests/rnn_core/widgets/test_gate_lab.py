"""What the gate lab shows, against the cells run by hand."""

import numpy as np
import pytest

from rnn_core import gru, leaky, lstm, one_gate
from rnn_core.data.text import load_text
from rnn_core.widgets.gate_lab import MARKS, GateLab

CELLS = {"LSTM": lstm.step_forward, "GRU": gru.step_forward, "gated unit": one_gate.step_forward}


def ask(lab, **controls):
    """Move controls. Returns: the picture."""
    lab.controls = {**lab.picture["controls"], **controls, "turn": lab.picture["controls"].get("turn", 0) + 1}
    return lab.picture


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


@pytest.mark.parametrize("leak", [0.05, 0.4, 1])
def test_the_leaky_unit_is_the_learners_own(leak):
    def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
        h, states = h0, []
        for t in range(x.shape[1]):
            h = (1 - leak) * h + leak * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
            states.append(h)
        return np.stack(states, axis=1), None

    lab = GateLab("leaky unit", leaky_forward)
    picture = ask(lab, held={"leak": leak})
    h = 0.0
    for t, x in enumerate(picture["value"]):
        h = (1 - leak) * h + leak * np.tanh(1.5 * x)
        assert picture["state"][t] == pytest.approx(h, rel=1e-4)
    assert picture["note"] == "Drawn from your leaky_forward; it agrees with the reference."
    assert f"keeps {1 - leak:.2f} of the old value" in picture["says"] and picture["free"] == []
    assert ask(GateLab("leaky unit", leaky.forward), held={"leak": 0})["held"] == {"leak": 0.01}  # 0 is no leak


def test_a_real_text_is_read_and_the_unit_knows_what_is_in_brackets():
    lab = GateLab("LSTM", lstm.step_forward)
    picture = ask(lab, sequence="text", at=None)
    text = picture["text"]
    assert text in " ".join(load_text().split()) and 20 < len(text) <= 60
    opens, shuts = text.index("("), text.index(")")
    assert picture["marks"] == [opens, shuts] and picture["at"] == opens
    assert "".join(picture["signs"]).replace("␣", " ") == text
    cells = np.array(picture["cell"])
    assert np.all(cells[opens:shuts] > 0.5) and np.all(cells[shuts:] < -0.5) and np.all(np.abs(cells[:opens]) < 0.3)
    picture = ask(lab, text="a (b) (c)", at=99)
    assert picture["marks"] == [2, 4, 6, 8] and picture["says"].startswith("Step 8 (')')")
    assert picture["value"][0] == -0.4 and picture["value"][1] == 0
    assert ask(lab, text="x" * 200)["signs"] == ["x"] * 60
    picture = ask(lab, text="")
    assert picture["says"] == "The text is empty. Type some characters." and not picture["problem"]
    assert lab.static(picture).alt == picture["says"]


def test_a_measured_series_is_read_with_its_days():
    from matplotlib.cbook import get_sample_data

    days = get_sample_data("goog.npz")["price_data"][-40:]
    picture = ask(GateLab("gated unit"), sequence="prices", at=3)
    assert f"Step 3 ({days['date'][3]}, {days['adj_close'][3]:.2f} dollars)" in picture["says"]
    close = days["adj_close"]
    np.testing.assert_allclose(picture["value"], (close - close.mean()) / (2 * close.std()), rtol=1e-4)
    months = [str(day)[:7] for day in days["date"]]
    assert [months[k - 1] != months[k] for k in picture["marks"]] == [True] * len(set(months[1:]) - {months[0]})
    assert [sign for sign in picture["signs"] if sign] == ["Sep", "Oct"]
    for mark in picture["marks"]:  # it takes a marked price
        assert picture["state"][mark] == pytest.approx(np.tanh(1.5 * picture["value"][mark]), abs=0.03)


def test_what_is_let_go_is_drawn_beside_what_is_held():
    lab = GateLab("GRU", gru.step_forward)
    free = lab.picture["state"]
    picture = ask(lab, held={"z": 0.5})
    assert picture["free"] == free and f"With all gates let go h would be {free[4]:.2f}" in picture["says"]
    assert ask(lab, held={})["free"] == []


def test_the_cell_is_not_run_again_for_another_step(monkeypatch):
    calls = []
    space = {"lstm": lstm, "calls": calls}
    source = "def step_forward(*args):\n    calls.append(1)\n    return lstm.step_forward(*args)"
    exec(source, space)
    lab = GateLab("LSTM", space["step_forward"])
    note = lab.picture["note"]
    first = len(calls)
    for at in (5, 6, 7):
        assert ask(lab, at=at)["note"] == note and f"Step {at}:" in lab.picture["says"]
    assert first == len(calls) == 40
    exec(source.replace("(*args)\n    calls", "(*args)\n    0\n    calls"), space)  # the cell is run again
    ask(lab, at=8)
    assert len(calls) == 80


def test_after_a_fault_all_of_the_picture_is_the_references():
    count, bad = iter(range(40)), 20

    def step_forward(*args):
        h, c, cache = lstm.step_forward(*args)
        if next(count) == bad:
            raise ValueError("in the middle")
        return h + 1, c, cache

    lab = GateLab("LSTM", step_forward)
    assert "raised ValueError: in the middle" in lab.picture["note"]
    assert lab.picture["state"] == GateLab("LSTM").picture["state"]
    count, bad = iter(range(80)), 60  # the held run goes through, the free one does not
    picture = ask(lab, held={"f": 0.5})
    assert "in the middle" in picture["note"]
    want = ask(GateLab("LSTM"), held={"f": 0.5})
    assert (picture["state"], picture["free"]) == (want["state"], want["free"])


def test_the_static_picture_shows_cell_and_state():
    lab = GateLab("LSTM")
    assert lab.static(lab.picture).alt == lab.picture["says"]
