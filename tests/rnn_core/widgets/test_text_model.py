import numpy as np
import pytest

from rnn_core import gru, lstm
from rnn_core.cells import GRU, LSTM, TANH
from rnn_core.data.text import Vocabulary
from rnn_core.errors import NonFiniteError, RangeError, ShapeError
from rnn_core.nets import net_params
from rnn_core.widgets.memory_map import text_model
from rnn_core.widgets.memory_map.influence import as_net, gradients
from rnn_core.widgets.memory_map.text_model import TextModel

VOCABULARY = Vocabulary("abc de\n")
TEXT = "abba cede"
AGREES = "Drawn from your gradient by forward and backward; it agrees with the reference."


def params_of(cell, dtype=np.float64):
    return net_params(np.random.default_rng(3), cell, len(VOCABULARY), 4, len(VOCABULARY), dtype=dtype)


def test_it_reads_what_comes_next():
    params = params_of(TANH)
    reading = TextModel(TANH, params, VOCABULARY).read(TEXT)
    ids = VOCABULARY.encode(TEXT)
    strengths, log_p = gradients(TANH, params, ids, np.append(ids[1:], -1))
    np.testing.assert_array_equal(reading.strengths, strengths)
    np.testing.assert_array_equal(reading.log_p, log_p)
    assert [*reading.targets] == [*ids[1:], log_p[-1].argmax()]


def test_it_answers_once_for_a_text_and_again_after_training(monkeypatch):
    calls = []
    monkeypatch.setattr(text_model, "gradients", lambda *args: calls.append(1) or gradients(*args))
    params = params_of(GRU)
    model = TextModel(GRU, params, VOCABULARY)
    first = model.read(TEXT)
    assert model.read(TEXT) is first and len(calls) == 1
    model.read("abc")
    assert len(calls) == 2
    params["layer1.b_x"] += 0.1  # as an optimizer does, in place
    assert np.abs(model.read(TEXT).strengths - first.strengths).max() > 1e-4 and len(calls) == 3
    for k in range(2 * text_model.KEPT):
        model.read("a" * (k + 1))
    assert len(model.answers) == text_model.KEPT


def test_characters_are_replaced_by_a_space_and_a_space_by_an_e():
    model = TextModel(TANH, params_of(TANH), VOCABULARY)
    assert VOCABULARY.decode(model._others(VOCABULARY.encode("a e"))) == " e "
    alone = TextModel(TANH, {}, Vocabulary("xyz"))
    assert Vocabulary("xyz").decode(alone._others(np.array([0, 1, 2]))) == "yxx"
    assert [*TextModel(TANH, {}, Vocabulary("x"))._others(np.array([0, 0]))] == [0, 0]


def own(source):
    """A cell of GRU with the functions that a notebook with this source holds, and the notebook."""
    notebook = {"gru": gru}
    exec(source, notebook)
    return GRU._replace(forward=notebook["forward"], backward=notebook["backward"]), notebook


WRITTEN = """
def step(*args):
    return gru.step_forward(*args)

def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    step(x[:, 0], h0, W_xh, W_hh, b_x, b_h)
    return gru.forward(x, h0, W_xh, W_hh, b_x, b_h, mask)

def backward(dh, cache):
    return gru.backward(dh, cache)
"""


def test_the_learners_cell_is_taken_and_compared():
    cell, notebook = own(WRITTEN)
    model = TextModel(cell, params_of(GRU, np.float32), VOCABULARY)
    want = TextModel(GRU, params_of(GRU, np.float32), VOCABULARY).read(TEXT)
    np.testing.assert_allclose(model.read(TEXT).strengths, want.strengths, rtol=1e-3)
    assert model.note == AGREES
    exec("def backward(dh, cache):\n    dx, *rest = gru.backward(dh, cache)\n    return 2 * dx, *rest", notebook)
    np.testing.assert_allclose(model.read(TEXT).strengths, 2 * want.strengths, rtol=1e-3)
    assert "It differs from the reference by up to" in model.note


def test_a_helper_that_is_run_again_counts_too():
    cell, notebook = own(WRITTEN)
    model = TextModel(cell, params_of(GRU), VOCABULARY)
    model.read(TEXT)
    exec("def step(*args):\n    raise NotImplementedError", notebook)
    model.read(TEXT)
    assert model.note == ("gradient by forward and backward is not written yet. The picture shows the reference.")


@pytest.mark.parametrize(
    "fault, told",
    {
        "raise NotImplementedError": "is not written yet",
        "return 1 / 0": "raised ZeroDivisionError: division by zero",
        "return 'nothing'": "forward returned str where 2 values are expected",
        "return x, h0, None": "forward returned 3 values where 2 values are expected",
        "return x * float('nan'), None": "gradient by forward and backward",
        "while True: pass": "took more than",
    }.items(),
)  # fmt: skip
def test_a_fault_is_told_and_the_reference_is_drawn(fault, told, monkeypatch):
    monkeypatch.setattr("rnn_core.widgets.own.SECONDS", 0.2)
    cell, _ = own(WRITTEN.replace("    step(x", f"    {fault}\n    step(x"))
    model = TextModel(cell, params_of(GRU), VOCABULARY)
    reading = model.read(TEXT)
    assert told in model.note and "The picture shows the reference." in model.note
    np.testing.assert_array_equal(reading.strengths, TextModel(GRU, params_of(GRU), VOCABULARY).read(TEXT).strengths)
    model.read(TEXT)
    assert told in model.note  # a kept answer keeps what was said of it


def test_both_states_of_an_lstm_get_a_gradient():
    """A learner's backward may add dc[:, t] without asking whether there is a dc."""

    def backward(dh, dc, cache):
        return lstm.backward(dh, dc + 0, cache)

    model = TextModel(LSTM._replace(backward=backward), params_of(LSTM), VOCABULARY)
    model.read(TEXT)
    assert model.note == AGREES


def test_a_cell_without_a_twin_is_drawn_as_it_is():
    strange = TANH._replace(weights=("W_hh", "W_xh", "b"), forward=lambda x, h, W_hh, W_xh, b, mask=None: (
        TANH.forward(x, h, W_xh, W_hh, b, mask=mask)))  # fmt: skip
    model = TextModel(strange, params_of(TANH), VOCABULARY)
    want = TextModel(TANH, params_of(TANH), VOCABULARY).read(TEXT)
    np.testing.assert_array_equal(model.read(TEXT).strengths, want.strengths)
    assert model.note == ""


def test_what_cannot_be_read_is_said():
    params = params_of(TANH)
    with pytest.raises(NonFiniteError, match="the training ran away"):
        TextModel(TANH, params | {"b_y": params["b_y"] * np.nan}, VOCABULARY).read(TEXT)
    with pytest.raises(ShapeError, match=r"expected weights for 3 characters \(the vocabulary\), got \(7, 7\)"):
        TextModel(TANH, params, Vocabulary("abc")).read("abc")
    with pytest.raises(RangeError, match="expected W_xh, W_hy and b_y among them, got none"):
        TextModel(TANH, {}, VOCABULARY).read(TEXT)
    assert as_net(params) == params
