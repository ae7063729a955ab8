import numpy as np
import pytest
import torch

from rnn_core import leaky, rnn
from rnn_core.errors import RangeError

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import D, H, N, agree

SHAPES = {"W_xh": (D, H), "W_hh": (H, H), "b": (H,), "leak": (H,)}


def unit_of_torch(x, h, W_xh, W_hh, b, leak):
    return [h + leak * (torch.tanh(torch.nn.functional.linear(x, W_xh.T, b) + h @ W_hh) - h)]


def into_range(args):
    """What was drawn for the leak, brought to between 0.3 and 0.7: differences must stay inside (0, 1]."""
    *others, leak = args
    return [*others, (0.5 + 0.2 * np.tanh(leak)).astype(leak.dtype)]


UNITS = Twin(leaky.forward, leaky.backward, unit_of_torch, SHAPES, prepare=into_range)
SHARED = UNITS._replace(shapes={**SHAPES, "leak": ()})


def test_all_that_a_cell_must_do():
    cell_checks.check(UNITS, leaky.step_forward, leaky.step_backward)


@pytest.mark.parametrize("mask", [None, cell_checks.MASK])
def test_one_leak_for_all_units(mask):
    cell_checks.agrees_with_torch(SHARED, N=3, mask=mask)
    cell_checks.agrees_with_differences(SHARED, mask)
    cell_checks.keeps_types_and_arguments(SHARED)
    (*args, leak), (dh,) = draw(SHARED)
    h, cache = leaky.forward(*args, float(leak))  # a plain number will do
    assert np.array_equal(h, leaky.forward(*args, leak)[0])
    assert np.shape(leaky.backward(dh, cache)[-1]) == ()


def test_saturated_sums():
    (*args, leak), (dh,) = draw(UNITS)
    h, cache = leaky.forward(*(1e4 * a for a in args), leak)
    assert all(np.isfinite(a).all() for a in (h, *leaky.backward(dh, cache)))


def test_a_leak_of_one_is_the_tanh_cell():
    (*args, _), (dh,) = draw(UNITS)
    h, cache = leaky.forward(*args, np.ones(H))
    want, plain = rnn.forward(*args)
    agree(h, want, 1e-14)
    for got, expected in zip(leaky.backward(dh, cache)[:-1], rnn.backward(dh, plain), strict=True):
        agree(got, expected, 1e-13)


@pytest.mark.parametrize("steps", [0.5, 1, 10, 100])
def test_the_response_to_a_step_decays_with_its_time_constant(steps):
    """An input that jumps to a constant: what is missing to the new value falls as exp(-t / steps), exactly."""
    W_xh, b = np.array([[0.3]]), np.array([0.1])
    h, _ = leaky.forward(np.ones((1, 60, 1)), np.zeros((1, 1)), W_xh, np.zeros((1, 1)), b, leaky.leak_for(steps))
    t, new = np.arange(1, 61), np.tanh(0.4)
    agree(new - h[0, :, 0], new * np.exp(-t / steps), 1e-13)
    assert leaky.time_constant(leaky.leak_for(steps)) == pytest.approx(steps, rel=1e-12)


def test_the_gradient_fades_with_the_same_time_constant():
    """Without weights between units dh0 is exp(-T / steps) of what arrives at the last state."""
    steps, T = np.array([1.0, 10, 100]), 50
    leak = leaky.leak_for(steps)
    _, cache = leaky.forward(np.zeros((N, T, D)), np.ones((N, 3)), np.zeros((D, 3)), np.zeros((3, 3)), 0 * leak, leak)
    dh = np.zeros((N, T, 3))
    dh[:, -1] = 1
    _, dh0, *_ = leaky.backward(dh, cache)
    agree(dh0[0] / np.exp(-T / steps), np.ones(3), 1e-12)


def test_time_constants():
    assert leaky.time_constant(1.0) == 0
    assert leaky.time_constant(1 - np.exp(-0.25)) == pytest.approx(4, rel=1e-12)
    assert leaky.time_constant(1e-9) == pytest.approx(1e9, rel=1e-8)  # close to 1 / leak
    assert leaky.leak_for(np.array([1e12])) == pytest.approx(1e-12, rel=1e-9)
    for leak in (0, -0.1, 1.1, np.array([0.5, 0]), np.nan):
        with pytest.raises(RangeError, match=r"^leak: "):
            leaky.time_constant(leak)
    for steps in (0, -1, np.array([2, 0]), np.nan):
        with pytest.raises(RangeError, match=r"^steps: "):
            leaky.leak_for(steps)


def test_a_leak_outside_its_range_is_refused():
    (x, h0, *weights, _), _ = draw(UNITS)
    for leak in (0.0, 1.5, np.zeros(H)):
        with pytest.raises(RangeError, match=r"^leak: "):
            leaky.forward(x, h0, *weights, leak)
        with pytest.raises(RangeError, match=r"^leak: "):
            leaky.step_forward(x[:, 0], h0, *weights, leak)


def test_the_check_can_fail():
    args, dhs = draw(UNITS)
    (want,), _ = by_torch(UNITS, args, dhs)
    args[-1] = 1 - args[-1]  # the other convention
    with pytest.raises(AssertionError):
        agree(leaky.forward(*args)[0], want)
