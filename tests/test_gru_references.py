"""The references of lesson 7 that rnn_core has in another form, held against rnn_core (itself held against torch)."""

import numpy as np
import pytest

from autograder.checks.gru import reference
from rnn_core import gru, gru_2014, min_gru
from rnn_core.init import gru_params

N, T, D, H = 4, 5, 2, 3
MASK = np.arange(T) < np.array([[3], [0], [5], [1]])


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [0.2 + 0.7 * rng.standard_normal(shape) for shape in shapes]


WEIGHTS = (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)


@pytest.mark.parametrize("mask", [None, MASK])
def test_the_sequence_there_and_back(mask):
    x, h0, *weights, dh = draw((N, T, D), (N, H), *WEIGHTS, (N, T, H))
    h, cache = reference.forward(x, h0, *weights, mask)
    want, kept = gru.forward(x, h0, *weights, mask=mask)
    np.testing.assert_allclose(h, want, rtol=1e-12)
    for got, right in zip(reference.backward(dh, cache), gru.backward(dh, kept), strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-9, atol=1e-12)


def test_the_two_sums_make_the_whole_gradient():
    x, h, *weights, dh_next = draw((N, D), (N, H), *WEIGHTS, (N, H))
    _, cache = gru.step_forward(x, h, *weights)
    da, du = reference.sum_gradients(dh_next, cache)
    dx, dh, dW_xh, dW_hh, db_x, db_h = gru.step_backward(dh_next, cache)
    np.testing.assert_allclose(da @ weights[0].T, dx, rtol=1e-12)
    np.testing.assert_allclose(dh_next * cache[5] + du @ weights[1].T, dh, rtol=1e-12)
    for got, right in ((x.T @ da, dW_xh), (h.T @ du, dW_hh), (da.sum(axis=0), db_x), (du.sum(axis=0), db_h)):
        np.testing.assert_allclose(got, right, rtol=1e-12)


def test_the_other_convention_is_chungs():
    x, h, W_xh, W_hh, b_x, b_h = draw((N, D), (N, H), *WEIGHTS)
    turned = reference.other_convention(W_xh, W_hh, b_x, b_h)
    np.testing.assert_allclose(reference.taking_step(x, h, *turned), gru.step_forward(x, h, W_xh, W_hh, b_x, b_h)[0])
    chung = gru_2014.chung_step_forward(x, h, *reference.other_convention(W_xh, W_hh, b_x, 0 * b_x)[:3])[0]
    np.testing.assert_allclose(chung, gru_2014.cho_step_forward(x, h, W_xh, W_hh, b_x)[0])
    for again, first in zip(reference.other_convention(*turned), (W_xh, W_hh, b_x, b_h), strict=True):
        np.testing.assert_array_equal(again, first)


def test_the_count_is_that_of_the_arrays():
    for D, H, V in ((2, 3, 4), (7, 1, 5), (5, 36, 4)):
        params = gru_params(np.random.default_rng(0), D, H, V)
        assert reference.gru_parameters(D, H, V) == sum(p.size for p in params.values())
        assert reference.most_units(D, V, reference.gru_parameters(D, H, V)) == H
        assert reference.most_units(D, V, reference.gru_parameters(D, H, V) - 1) == H - 1


@pytest.mark.parametrize("T", [1, 2, 7, 16])
def test_the_scan_is_rnn_cores(T):
    keep, new, h0 = draw((N, T, H), (N, T, H), (N, H), seed=T)
    np.testing.assert_allclose(reference.scan(keep, new, h0), min_gru.scan_in_turn(keep, new, h0), rtol=1e-9)


def test_what_the_lesson_allows_holds_no_gru():
    """None of the modules that an answer may import imports a GRU, nor the loop that runs one."""
    import subprocess
    import sys

    from autograder.checks.gru import ALLOWS

    imports = "; ".join(f"import rnn_core.{name}" for name in ALLOWS)
    code = f"import sys; {imports}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    for name in ("gru", "gru_2014", "minimal_gated", "min_gru", "normalised_cells", "cells", "nets", "stack", "loop"):
        assert f"rnn_core.{name}" not in loaded
