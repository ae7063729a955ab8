import numpy as np
import pytest
import scipy.stats

from rnn_core import init

from .common import D, H, V


def test_uniform():
    w = init.uniform(np.random.default_rng(0), (300, 40), 0.3)
    assert scipy.stats.kstest(w.ravel(), scipy.stats.uniform(-0.3, 0.6).cdf).pvalue > 0.01


def test_glorot_has_the_variance_of_the_paper():
    w = init.glorot(np.random.default_rng(0), 300, 500)
    assert w.shape == (300, 500)
    assert w.var() == pytest.approx(2 / 800, rel=0.01)


@pytest.mark.parametrize("gain", [1.0, 1.3])
def test_orthogonal(gain):
    Q = init.orthogonal(np.random.default_rng(0), H, gain)
    assert np.linalg.svd(Q, compute_uv=False) == pytest.approx(np.full(H, gain), rel=1e-12)


def test_orthogonal_prefers_no_rotation():
    """The trace of an even draw has mean 0 and variance 1; without the signs its mean is far from 0."""
    rng = np.random.default_rng(0)
    traces = [np.trace(init.orthogonal(rng, 4)) for _ in range(4000)]
    assert abs(np.mean(traces)) < 4 / np.sqrt(4000)
    assert np.var(traces) == pytest.approx(1, rel=0.1)


def test_identity():
    assert init.identity(2, 0.5).tolist() == [[0.5, 0], [0, 0.5]]


def test_rnn_params():
    p = init.rnn_params(np.random.default_rng(0), D, H, V, np.float32)
    shapes = {"W_xh": (D, H), "W_hh": (H, H), "b": (H,), "W_hy": (H, V), "b_y": (V,)}
    assert {name: a.shape for name, a in p.items()} == shapes
    assert {a.dtype for a in p.values()} == {np.dtype(np.float32)}
    assert np.allclose(p["W_hh"] @ p["W_hh"].T, np.eye(H), atol=1e-6)
    again = init.rnn_params(np.random.default_rng(0), D, H, V)
    assert again["b"].dtype == np.float64
    assert np.array_equal(p["W_xh"], again["W_xh"].astype(np.float32))


def test_gru_params():
    p = init.gru_params(np.random.default_rng(0), D, H, V, update_bias=2.5, dtype=np.float32)
    shapes = {"W_xh": (D, 3 * H), "W_hh": (H, 3 * H), "b_x": (3 * H,), "b_h": (3 * H,), "W_hy": (H, V), "b_y": (V,)}
    assert {name: a.shape for name, a in p.items()} == shapes
    assert {a.dtype for a in p.values()} == {np.dtype(np.float32)}
    for W in np.split(p["W_hh"], 3, axis=1):  # each gate on its own
        assert np.allclose(W @ W.T, np.eye(H), atol=1e-6)
    assert np.abs(p["W_xh"]).max() <= np.sqrt(6 / (D + H)) < 1.2 * np.abs(p["W_xh"]).max()
    assert p["b_x"].tolist() == [0] * H + [2.5] * H + [0] * H
    assert not p["b_h"].any() and not p["b_y"].any()
    assert not init.gru_params(np.random.default_rng(0), D, H, V)["b_x"].any()
