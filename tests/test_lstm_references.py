"""The references that lesson 6 has of its own, against `rnn_core`, torch and central differences."""

import numpy as np
import pytest
import torch

from autograder.checks.lstm import reference
from rnn_core import lstm
from rnn_core.cells import LSTM
from rnn_core.init import lstm_params
from rnn_core.torch_weights import to_torch

N, T, D, H, V = 4, 6, 3, 5, 2
CLOSE = dict(rtol=1e-10, atol=1e-13)


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def draw(rng):
    shapes = (N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
    return [0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("mask", [None, np.arange(T) < np.array([[3], [0], [6], [1]])])
def test_the_sequence_is_that_of_rnn_core(rng, mask):
    args, (dh, dc) = draw(rng), rng.standard_normal((2, N, T, H))
    h, c, cache = reference.forward(*args, mask)
    h_fast, c_fast, fast = lstm.forward(*args, mask)
    grads, grads_fast = reference.backward(dh, dc, cache), lstm.backward(dh, dc, fast)
    for ours, theirs in zip((h, c, *grads), (h_fast, c_fast, *grads_fast), strict=True):
        np.testing.assert_allclose(ours, theirs, **CLOSE)


def test_the_gates_are_those_of_the_step(rng):
    x, h, c, *weights = draw(rng)
    cache = lstm.step_forward(x[:, 0], h, c, *weights)[2]
    dh, dc = rng.standard_normal((2, N, H))
    da, dc_old = reference.gate_gradients(dh, dc, cache)
    dx, dh_old, dc_want, *_, db = lstm.step_backward(dh, dc, cache)
    np.testing.assert_allclose(dc_old, dc_want, **CLOSE)
    np.testing.assert_allclose(da.sum(axis=0), db, **CLOSE)
    np.testing.assert_allclose(da @ weights[0].T, dx, **CLOSE)
    np.testing.assert_allclose(da @ weights[1].T, dh_old, **CLOSE)


def test_the_size_and_the_start(rng):
    params = lstm_params(rng, D, H, V, forget_bias=2.5)
    assert reference.lstm_numbers(D, H, V) == sum(p.size for p in params.values())
    np.testing.assert_array_equal(reference.start_bias(H, 2.5), params["b"])
    torch_numbers = sum(p.numel() for p in to_torch(LSTM, params).parameters())
    assert torch_numbers == reference.lstm_numbers(D, H, V) - (H * V + V) + 4 * H  # torch has a second bias
    for steps in (3.0, 21.0, 150.0):
        kept = torch.sigmoid(torch.tensor(reference.forget_bias_for(steps), dtype=torch.float64)).item()
        assert 1 / (1 - kept) == pytest.approx(steps)


@pytest.mark.parametrize("job, wanted", [("hold", "c"), ("hide", "c"), ("erase", "0"), ("add", "c + g"), ("pass", "g")])
def test_the_jobs_of_clamped_gates(rng, job, wanted):
    x, h, c, W_xh, W_hh, _ = draw(rng)
    h_next, c_next, cache = lstm.step_forward(x[:, 0], h, c, W_xh, W_hh, reference.clamped_bias(job, H))
    g = cache[7]
    np.testing.assert_allclose(c_next, {"c": c, "0": 0 * c, "c + g": c + g, "g": g}[wanted], atol=1e-9)
    np.testing.assert_allclose(h_next, 0 * c if job == "hide" else np.tanh(c_next), atol=1e-9)
