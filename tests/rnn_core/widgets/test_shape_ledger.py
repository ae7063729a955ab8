"""What the ledger says of broken arrays, against numpy run by hand."""

import numpy as np
import pytest

from rnn_core import rnn
from rnn_core.widgets.shape_ledger.shape_faults import FAULTS, arrays_of, broken
from rnn_core.widgets.shape_ledger.shape_ledger import SEQUENCE, STEP, TYPED, ShapeLedger

SIZES = {"N": 2, "T": 5, "D": 3, "H": 4}
EQUAL = dict.fromkeys("NTDH", 4)


def step_forward(x, h, W_xh, W_hh, b):
    """A learner's, without a check at the door."""
    return np.tanh(x @ W_xh + h @ W_hh + b), None


def forward(x, h0, W_xh, W_hh, b):
    """A learner's, which makes room first."""
    (N, T, _), H = x.shape, len(b)
    h = np.empty((N, T, H))
    for t in range(T):
        h0, _ = step_forward(x[:, t], h0, W_xh, W_hh, b)
        h[:, t] = h0
    return h, []


def shown(functions=(step_forward, forward), **controls):
    """The picture for these controls."""
    ledger = ShapeLedger(*functions)
    ledger.controls = {**ledger.start, **controls, "turn": 1}
    return ledger.picture


@pytest.mark.parametrize("whole", [False, True])
def test_right_arrays_fit_and_have_the_shapes_of_the_lesson(whole):
    picture = shown(whole=whole)
    shapes = {name: tuple(block["shape"]) for name, block in picture["blocks"].items()}
    assert shapes["x"] == ((2, 5, 3) if whole else (2, 3))
    assert (shapes["W_xh"], shapes["W_hh"], shapes["b"]) == ((3, 4), (4, 4), (4,))
    assert shapes["from_input"] == shapes["from_state"] == shapes["total"] == shapes["h_next"] == (2, 4)
    assert shapes.get("h") == ((2, 5, 4) if whole else (2, 4))
    assert picture["says"].split(". ")[1] == "Every array fits" and not picture["failed"]
    assert "agrees with the reference" in picture["note"]


@pytest.mark.parametrize("sizes", [SIZES, EQUAL])
@pytest.mark.parametrize("whole", [False, True])
def test_the_map_tells_how_every_fault_ends(whole, sizes):
    roles, function, checked = (SEQUENCE, forward, rnn.forward) if whole else (STEP, step_forward, rnn.step_forward)
    picture, good = shown(whole=whole, sizes=sizes), arrays_of(roles, sizes)
    right = function(*(named.array for named in good.values()))[0]
    for fault, row in zip(FAULTS, picture["map"], strict=True):
        for name, sign in zip(good, row, strict=True):
            given = {**good, name: broken(good[name], fault)}
            if given[name] is None:
                assert sign == "·"
                continue
            args = [named.array for named in given.values()]
            try:
                got = function(*args)[0]
            except (ValueError, IndexError, TypeError):
                assert sign == "×", (fault, name)
                continue
            if got.shape == right.shape and np.allclose(got, right):
                assert sign == "=", (fault, name)
                continue
            try:
                checked(*args)
                assert sign == "!!", (fault, name)
            except ValueError:
                assert sign == "!", (fault, name)
    signs = [sign for row in picture["map"] for sign in row]
    assert picture["silent"] == signs.count("!") + signs.count("!!") > 0


def test_equal_sizes_hide_faults_that_different_ones_show():
    assert shown(sizes=EQUAL)["silent"] > shown(sizes=SIZES)["silent"]
    fault = {"x": "swap the first two axes"}
    different, equal = shown(broken=fault), shown(broken=fault, sizes=EQUAL)
    assert different["failed"] == "from_input"
    assert "If all sizes were equal, there would be no error, and a wrong result." in different["says"]
    assert equal["failed"] == "" and "16 of 16 numbers are wrong" in equal["says"]
    assert "N of x was matched with D of W_xh, because both are 4" in equal["says"]


def test_a_function_that_checks_at_its_door_lets_less_through():
    def careful(x, h, W_xh, W_hh, b):
        return rnn.step_forward(x, h, W_xh, W_hh, b)

    signs = [sign for row in shown((careful, None))["map"] for sign in row]
    assert "!" not in signs and signs.count("!!") == shown((careful, None))["silent"] == 1


def test_a_column_as_bias_is_silent_where_H_equals_N():
    fault = {"broken": {"b": "new axis at the end"}, "array": "b"}
    loud, silent = shown(**fault), shown(**fault, sizes={**SIZES, "N": 4})
    with pytest.raises(ValueError) as raised:
        np.ones((2, 4)) + np.ones((4, 1))
    assert f"ValueError: {raised.value}" in loud["judges"][0][1] and loud["judges"][1][1] in loud["judges"][0][1]
    good = arrays_of(STEP, {**SIZES, "N": 4})
    x, h, W_xh, W_hh, b = (named.array for named in good.values())
    right, wrong = np.tanh(x @ W_xh + h @ W_hh + b), np.tanh(x @ W_xh + h @ W_hh + b[:, None])
    np.testing.assert_array_equal(silent["blocks"]["h_next"]["wrong"], ~np.isclose(right, wrong))
    np.testing.assert_allclose(silent["blocks"]["h_next"]["rows"], wrong, atol=1e-3)
    assert silent["judges"][0][1] == "No error."
    assert silent["judges"][2][1] == "ShapeError: b: expected shape (4,), got (4, 1)"


def test_a_transposed_W_hh_is_found_by_no_check_of_shapes():
    picture = shown(broken={"W_hh": "swap the first two axes"})
    assert picture["judges"][2] == ["The course's check", "Finds nothing."]
    assert "H old of h was matched with H new of W_hh" in picture["says"]


def test_time_first_is_silent_where_N_equals_T():
    fault = {"whole": True, "broken": {"x": "swap the first two axes"}}
    loud, silent = shown(**fault), shown(**fault, sizes={**SIZES, "N": 5})
    assert loud["failed"] == "both" and loud["t"] == 0 and "step 0" in loud["judges"][0][1]
    assert "numbers are wrong" in silent["says"] and silent["judges"][2][1] == "Finds nothing."


@pytest.mark.parametrize(
    "text, shape",
    [("(H, 1)", (4, 1)), ("N,D", (2, 3)), (" 7 , N + 1", (7, 3)), ("D-1", (2,)), ("", ()), ("1,2,3", (1, 2, 3))],
)
def test_a_shape_that_is_typed_is_taken(text, shape):
    picture = shown(broken={"x": TYPED}, shapes={"x": text})
    assert tuple(picture["blocks"]["x"]["shape"]) == shape and not picture["problem"]


@pytest.mark.parametrize("text", ["D, foo", "9", "0", "1,1,1,1", "-1", "N 3", "+", "é", "99999999999999", "T-8", "%"])
def test_what_is_no_shape_is_told_and_the_array_stays(text):
    picture = shown(broken={"x": TYPED}, shapes={"x": text})
    assert picture["problem"].startswith("x: ") and picture["says"].split(". ")[1] == "Every array fits"


def test_nonsense_from_outside_leaves_the_picture_before():
    ledger = ShapeLedger()
    before = ledger.picture["says"]
    for turn, controls in enumerate([{"broken": {"x": "no such fault"}}, {"sizes": 3}, {"broken": 7}], 1):
        ledger.controls = {**controls, "turn": turn}
        assert ledger.picture["problem"] and ledger.picture["says"] == before
    ledger.controls = {"broken": {"nothing": "take [0]"}, "array": "nothing", "sizes": EQUAL, "turn": 9}
    assert not ledger.picture["problem"] and ledger.picture["array"] == "x"


def test_two_faults_at_once():
    picture = shown(broken={"x": "swap the first two axes", "W_xh": "swap the first two axes"})
    assert picture["failed"] == "from_input"
    assert "x has shape (D, N)" in picture["says"] and "W_xh has shape (H, D)" in picture["says"]


def test_a_function_that_is_not_written_is_replaced_and_told():
    def mine(x, h, W_xh, W_hh, b):
        raise NotImplementedError

    picture = shown((mine, None), broken={"x": "take [0]"})
    assert "not written yet. The picture shows the reference." in picture["note"]
    assert picture["judges"][1][0] == "The reference" and picture["silent"] == shown()["silent"]


def test_a_function_that_never_ends_on_a_broken_array_is_ended():
    def mine(x, h, W_xh, W_hh, b):
        while x.ndim != 2:
            pass
        return np.tanh(x @ W_xh + h @ W_hh + b), None

    picture = shown((mine, None))
    assert "took more than 2 s" in picture["note"] and picture["silent"] == shown()["silent"]


@pytest.mark.parametrize("answer", ["text", None, (np.nan, 1), ([1, [2]], None)])
def test_whatever_comes_back_for_a_broken_array_is_told(answer):
    def mine(x, h, W_xh, W_hh, b):
        return (np.tanh(x @ W_xh + h @ W_hh + b), None) if x.shape == (2, 3) else answer

    picture = shown((mine, None), broken={"x": "first axis + 1"})
    assert not picture["problem"] and "agrees" in picture["note"]
    assert picture["judges"][1][1] == "No error. The result is no array of numbers."


def test_the_static_picture_says_what_the_widget_says():
    ledger = ShapeLedger(step_forward, forward)
    assert ledger.static(ledger.picture).alt == ledger.picture["says"]
    assert ledger.static(ledger.picture).png()[:4] == b"\x89PNG"


def test_a_function_that_spoils_its_arguments_spoils_nothing_here():
    def mine(x, h, W_xh, W_hh, b):
        h_next = np.tanh(x @ W_xh + h @ W_hh + b)
        for array in (x, h, W_xh, W_hh, b):
            array *= 0
        return h_next, None

    rude, good = (
        shown((mine, None), broken={"W_hh": "swap the first two axes"}),
        shown((None, None), broken={"W_hh": "swap the first two axes"}),
    )
    assert rude["map"][0] == good["map"][0] and rude["blocks"] == good["blocks"]
