import numpy as np
import pytest

from rnn_core import gradcheck
from rnn_core.dropout import dropout_backward, dropout_forward
from rnn_core.errors import RangeError, ShapeError

from .common import H, N, T


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_mean_stays(share):
    x = np.random.default_rng(0).uniform(1, 2, (400, 500))
    y, _ = dropout_forward(x, share, np.random.default_rng(1))
    kept = y != 0
    assert y[kept] == pytest.approx(x[kept] / (1 - share), rel=1e-14)
    assert kept.mean() == pytest.approx(1 - share, abs=4 * np.sqrt(share * (1 - share) / x.size))
    assert abs(y.mean() - x.mean()) < 4 * np.sqrt(np.mean(x**2) * share / (1 - share) / x.size)


def test_rows_and_columns_are_dropped_one_by_one():
    """The number kept in each row and column varies as that of independent draws."""
    y, _ = dropout_forward(np.ones((400, 500)), 0.5, np.random.default_rng(0))
    for axis in (0, 1):
        kept = (y != 0).sum(axis=axis)
        assert kept.var() == pytest.approx(0.25 * y.shape[axis], rel=0.25)


def test_the_generator_decides():
    x = np.ones((N, T, H))
    first, again, other = (dropout_forward(x, 0.5, np.random.default_rng(seed))[0] for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_it_is_off_at_evaluation_and_at_zero():
    x, dy = np.random.default_rng(0).standard_normal((2, N, T, H))
    for y, cache in (dropout_forward(x, 0.5, None), dropout_forward(x, 0.0, np.random.default_rng(0))):
        assert np.array_equal(y, x) and np.array_equal(dropout_backward(dy, cache), dy)


def test_gradient_against_differences():
    x, dy = np.random.default_rng(0).standard_normal((2, N, T, H))
    _, cache = dropout_forward(x, 0.4, np.random.default_rng(2))
    errors = gradcheck.check_elements(
        lambda p: np.sum(dy * dropout_forward(p["x"], 0.4, np.random.default_rng(2))[0]),
        {"x": x},
        {"x": dropout_backward(dy, cache)},
    )
    assert errors["x"].max() < 1e-7


def test_types_stay():
    x = np.ones((N, T), np.float32)
    for rng in (None, np.random.default_rng(0)):
        y, cache = dropout_forward(x, 0.5, rng)
        assert y.dtype == dropout_backward(y, cache).dtype == np.float32


def test_errors():
    for wrong in (-0.1, 1, np.nan):
        with pytest.raises(RangeError, match="share: expected a number from 0 to below 1"):
            dropout_forward(np.ones(3), wrong, None)
    _, cache = dropout_forward(np.ones((N, T)), 0.5, None)
    with pytest.raises(ShapeError, match=r"^dy: expected shape \(2, 5\), got \(2, 1\)"):
        dropout_backward(np.ones((N, 1)), cache)
