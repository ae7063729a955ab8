import numpy as np
import pytest

from rnn_core import gradcheck
from rnn_core.errors import DtypeError, NameMismatchError, ShapeError

from .common import D, H

RNG = np.random.default_rng(0)
PARAMS = {"W": RNG.standard_normal((D, H)), "b": RNG.standard_normal(H)}
C = RNG.standard_normal((D, H))


def loss(p, scale=1.0):
    """Its gradient is known in closed form."""
    return scale * (np.sum(C * np.tanh(p["W"])) + np.exp(p["b"] / 2).sum())


def gradient(scale=1.0):
    return {"W": scale * C * (1 - np.tanh(PARAMS["W"]) ** 2), "b": scale * np.exp(PARAMS["b"] / 2) / 2}


def directions(loss, grads, seed=1):
    return gradcheck.check_directions(loss, PARAMS, grads, np.random.default_rng(seed))


def test_relative_error():
    error = gradcheck.relative_error
    assert error(3, 4) == 0.25 and error(1, -1) == 2 and error(0, 0) == 0 and error(0, 1e-300) == 1
    assert error([3.0, 4.0], [3.0, 0.0]) == 0.8
    assert error(9e-200, 1e-200) == pytest.approx(8 / 9)
    for wrong in (np.nan, np.inf):
        assert error(wrong, wrong) == np.inf
    with pytest.raises(ShapeError, match=r"n: expected shape \(2,\), got \(1,\)"):
        error([1, 2], [1])


def test_derivative_against_closed_forms():
    assert gradcheck.derivative(np.exp) == pytest.approx(1, rel=1e-12)
    assert gradcheck.derivative(lambda s: np.sin(100 * s)) == pytest.approx(100, rel=1e-10)
    assert gradcheck.derivative(lambda s: 5 + 1e-7 * np.tanh(s)) == pytest.approx(1e-7, rel=1e-6)
    assert gradcheck.derivative(lambda s: 5.0) == 0


@pytest.mark.parametrize("scale", [1.0, 1e-7, 1e-30])
def test_a_right_gradient_passes_at_any_size(scale):
    grads = gradient(scale)
    assert max(directions(lambda p: loss(p, scale), grads).values()) < 1e-10
    for error in gradcheck.check_elements(lambda p: loss(p, scale), PARAMS, grads).values():
        assert error.max() < 1e-7


def test_a_tiny_gradient_nine_times_too_large_is_caught():
    """It would pass with an absolute tolerance of 1e-6."""
    small = 1e-7
    tiny = gradient(small)
    assert max(directions(lambda p: 1 + loss(p, small), tiny).values()) < 1e-5
    wrong = {name: 9 * g for name, g in tiny.items()}
    errors = directions(lambda p: 1 + loss(p, small), wrong)
    assert errors == pytest.approx({"W": 8 / 9, "b": 8 / 9}, rel=1e-3)


def test_one_tiny_wrong_element_is_found():
    grads = gradient()
    C[1, 2] = 1e-7
    grads["W"][1, 2] = 9e-7 * (1 - np.tanh(PARAMS["W"][1, 2]) ** 2)
    error = gradcheck.check_elements(loss, PARAMS, grads)["W"]
    assert np.argwhere(error > 1e-3).tolist() == [[1, 2]]
    assert error[1, 2] == pytest.approx(8 / 9, rel=1e-3)


@pytest.mark.parametrize("wrong", ["sign", "zero", "one element", "off by 1e-5", "NaN", "infinity"])
def test_wrong_gradients_are_caught(wrong):
    grads = gradient()
    W = grads["W"]
    if wrong == "one element":
        W[0, 0] += 0.1
    else:
        W *= {"sign": -1, "zero": 0, "off by 1e-5": 1 + 1e-5}.get(wrong, 1)
        W[0, 0] = {"NaN": np.nan, "infinity": np.inf}.get(wrong, W[0, 0])
    errors = directions(loss, grads)
    assert errors["W"] > 9e-6 and errors["b"] < 1e-10


def test_both_zero_is_right_and_one_zero_is_wrong():
    nothing = {"W": np.zeros((D, H))}
    assert directions(lambda p: 3.0, nothing) == {"W": 0}
    assert directions(lambda p: 3.0, {"W": np.full((D, H), 1e-300)}) == {"W": 1}


def test_a_loss_that_is_not_a_number_is_wrong():
    assert directions(lambda p: np.nan, {"W": np.zeros((D, H))}) == {"W": np.inf}


def test_parameters_are_not_changed():
    before = {name: p.copy() for name, p in PARAMS.items()}
    directions(loss, gradient())
    assert all(np.array_equal(PARAMS[name], before[name]) for name in PARAMS)


def test_errors():
    with pytest.raises(DtypeError, match="W: expected float64"):
        single = {name: p.astype(np.float32) for name, p in PARAMS.items()}
        gradcheck.check_directions(loss, single, single, RNG)
    with pytest.raises(ShapeError, match="gradient of W: expected shape"):
        directions(loss, {"W": C.T})
    with pytest.raises(NameMismatchError, match="got U"):
        directions(loss, {"U": C})
