"""What the loop shows, against both nets run by hand."""

import numpy as np
import pytest

from rnn_core import rnn
from rnn_core.activations import softmax
from rnn_core.widgets.unroll import loops, steps
from rnn_core.widgets.unroll.unroll import Unroll

SIZES = {"T": 5, "D": 3, "H": 4, "V": 2}


def move(widget, **controls):
    """Move controls as a person does, and give back the picture."""
    turn = widget.picture["controls"].get("turn", 0) + 1
    widget.controls = {**widget.picture["controls"], **controls, "turn": turn}
    return widget.picture


def state_net(arrays):
    h, states, outputs = arrays["h0"], [], []
    for x in arrays["x"]:
        h = np.tanh(x @ arrays["W_xh"] + h @ arrays["W_hh"] + arrays["b"])
        states.append(h)
        outputs.append(softmax(h @ arrays["W_hy"] + arrays["b_y"]))
    return np.array(states), np.array(outputs)


def test_the_state_net_shows_its_numbers():
    picture = move(Unroll(), seed=3, **SIZES)
    states, outputs = state_net(loops.numbers("state", 3, SIZES))
    np.testing.assert_allclose(picture["values"]["h"][1:], states, atol=1e-5)
    np.testing.assert_allclose(picture["values"]["y"][1:], outputs, atol=1e-5)
    assert picture["values"]["h"][0] == [0] * 4


def test_the_output_net_shows_its_numbers():
    picture = move(Unroll(goes_round="output"), seed=3, **SIZES)
    arrays, y = loops.numbers("output", 3, SIZES), np.zeros(2)
    for t, x in enumerate(arrays["x"], 1):
        y = softmax(np.concatenate([x, y]) @ arrays["W"] + arrays["b"])
        np.testing.assert_allclose(picture["values"]["y"][t], y, atol=1e-5)
    assert set(picture["values"]) == {"x", "y"}


def test_a_net_of_another_size_shares_numbers_and_a_seed_gives_them_again():
    small, large = (loops.numbers("state", 7, SIZES | {"H": H}) for H in (2, 4))
    np.testing.assert_array_equal(small["W_hh"], large["W_hh"][:2, :2])
    np.testing.assert_array_equal(small["x"], large["x"])
    widget = Unroll()
    first = widget.picture["values"]
    assert move(widget, seed=8)["values"] != first
    assert move(widget, seed=0, at=0)["values"] == first


@pytest.mark.parametrize("goes_round, unit", [("state", ["h", 3, 1]), ("state", ["y", 3, 0]), ("output", ["y", 3, 1])])
def test_the_formula_is_a_sum_of_products_that_gives_the_unit(goes_round, unit):
    picture = move(Unroll(goes_round=goes_round), unit=unit, at=4)
    formula = picture["formula"]
    products = [term["value"] * term["weight"] for term in formula["terms"]]
    np.testing.assert_allclose(products, [term["product"] for term in formula["terms"]], atol=1e-4)
    total = sum(products) + formula["bias"]["value"]
    assert formula["sum"] == pytest.approx(total, abs=1e-4)
    j = unit[2]
    end = np.tanh(total) if formula["end"] == "tanh" else softmax(np.array(formula["sums"]))[j]
    name, t, _ = unit
    assert formula["result"] == pytest.approx(end, abs=1e-4) == picture["values"][name][t][j]
    for term in formula["terms"]:
        source, step, i = term["unit"]
        assert picture["values"][source][step][i] == term["value"]
        assert term["weight_name"].endswith(f", {j}]")
    assert f"the sum {total:.2f}" in picture["says"] and not formula["returned_by"]


def test_a_formula_names_the_place_of_its_weights():
    """The output that comes back meets the rows of W below those of the input, as in the lesson."""
    formula = move(Unroll(goes_round="output"), unit=["y", 2, 1], at=2, D=3)["formula"]
    assert [term["weight_name"] for term in formula["terms"]] == [f"W[{row}, 1]" for row in range(5)]
    assert [term["unit"] for term in formula["terms"][3:]] == [["y", 1, 0], ["y", 1, 1]]


def test_a_changed_input_reaches_its_own_step_and_later_ones_alone():
    picture = move(Unroll(), changed={"x 2 0": 2.5}, at=4)
    assert np.array(picture["differs"]["h"]).any(axis=1).tolist() == [False, False, False, True, True]
    assert picture["values"]["x"][3][0] == 2.5
    assert "numbers that you changed: 1, units that differ: 11" in picture["says"]


def test_a_changed_weight_changes_every_step():
    widget = Unroll()
    picture = move(widget, changed={"W_xh 0 1": 9}, at=4)
    arrays = loops.numbers("state", 0, SIZES | {"T": 4, "D": 2, "H": 3})
    arrays["W_xh"][0, 1] = 9
    np.testing.assert_allclose(picture["values"]["h"][1:], state_net(arrays)[0], atol=1e-5)
    assert np.array(picture["differs"]["h"]).any(axis=1).tolist() == [False, True, True, True, True]


def test_a_number_that_the_net_has_not_is_left_out():
    changed = {"W 0 0": 1, "b 3": 1, "h0 -1": 3, "x 0": 1, "x 9 0": 2, "b 1": 1e9}
    picture = move(Unroll(), changed=changed, unit=["h", 1, 1])
    assert picture["changed"] == ["b 1"] and picture["formula"]["bias"]["value"] == 1000


@pytest.mark.parametrize("unit", [["h", 9, 0], ["y", 0, 0], ["z", 1, 1], ["h", 1, 5], ["x", 0, 0], None])
def test_a_unit_that_is_not_there_opens_nothing(unit):
    picture = move(Unroll(), unit=unit)
    assert picture["formula"] is None and not picture["problem"]


@pytest.mark.parametrize(
    "unit, kind", [(["h", 0, 1], "given"), (["x", 4, 1], "given"), (["h", 3, 0], "waiting"), (["h", 2, 0], "computed")]
)
def test_what_comes_from_outside_and_what_is_to_come_are_told_apart(unit, kind):
    assert move(Unroll(), unit=unit, at=2)["formula"]["kind"] == kind


def step_forward(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h @ W_hh), None  # the bias is forgotten


def unrolled(x, h0, layers):
    assert all(np.shape(W_xh) == (2, 3) and W_xh.base is None for W_xh, _, _ in layers)
    for W_xh, *_ in layers:
        W_xh[:] = 0  # spoils its own copies
    return np.full((1, x.shape[1], 3), 0.25)


def joined_step(x, y_prev, W, b):
    return np.full((1, 2), 0.5)


def output_probabilities(h, W_hy, b_y):
    raise NotImplementedError


def test_a_wrong_step_is_drawn_and_its_formula_says_what_it_should_be():
    picture = move(Unroll(step_forward), unit=["h", 1, 0], at=3)
    formula, x = picture["formula"], np.array(picture["values"]["x"])
    W_xh = loops.numbers("state", 0, picture["sizes"])["W_xh"]
    assert formula["returned_by"] == "step_forward"
    assert formula["value"] == pytest.approx(np.tanh(x[1] @ W_xh)[0], abs=1e-5)
    assert formula["result"] == pytest.approx(np.tanh(x[1] @ W_xh + formula["bias"]["value"])[0], abs=1e-5)
    assert "differs" in picture["note"] and "but your step_forward returned" in picture["says"]


def test_a_right_step_agrees():
    assert Unroll(rnn.step_forward).picture["note"] == "Drawn from your step_forward; it agrees with the reference."


def test_only_functions_that_were_called_are_spoken_of():
    widget = Unroll(unrolled, joined_step)
    assert "your unrolled. It differs" in widget.picture["note"] and "joined" not in widget.picture["note"]
    assert np.unique(widget.picture["values"]["h"][1:]) == 0.25
    picture = move(widget, goes_round="output")
    assert "your joined_step. It differs" in picture["note"] and "unrolled" not in picture["note"]
    assert np.unique(picture["values"]["y"][1:]) == 0.5


def test_what_was_not_handed_over_is_told():
    widget = Unroll(unrolled, joined_step)
    assert widget.picture["whose"] == "output_probabilities: not yours, but the course's own."
    assert move(widget, goes_round="output")["whose"] == ""
    assert move(Unroll(step_forward), goes_round="output")["whose"].startswith("joined_step: not yours")


def test_what_is_not_written_is_told():
    picture = Unroll(step_forward, output_probabilities).picture
    assert "output_probabilities is not written yet. The picture shows the reference." in picture["note"]
    np.testing.assert_allclose(np.sum(picture["values"]["y"][1:], axis=1), 1, atol=1e-5)


def test_the_references_are_those_of_the_lessons():
    rng = np.random.default_rng(0)
    x, h0, weights = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 5)), rnn_weights(rng)
    np.testing.assert_allclose(steps.unrolled(x, h0, [weights] * 6), rnn.forward(x, h0, *weights)[0], rtol=1e-12)


def rnn_weights(rng):
    return rng.normal(size=(3, 5)), rng.normal(size=(5, 5)), rng.normal(size=5)


@pytest.mark.parametrize("goes_round", ["state", "output"])
def test_the_static_picture_says_the_same(goes_round):
    widget = Unroll(goes_round=goes_round)
    assert widget.static(widget.picture).alt == widget.picture["says"]
