import numpy as np
import pytest
import torch

from rnn_core import gru, gru_2014

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import D, H, agree

SHAPES = {"W_xh": (D, 3 * H), "W_hh": (H, 3 * H), "b": (3 * H,)}


def gates_of_torch(x, h, W_xh, W_hh, b):
    """r, z and n by the equations of both papers, one matrix a gate."""
    W_r, W_z, W_n = W_xh.split(H, 1)
    U_r, U_z, U_n = W_hh.split(H, 1)
    b_r, b_z, b_n = b.split(H)
    r = torch.sigmoid(x @ W_r + h @ U_r + b_r)
    z = torch.sigmoid(x @ W_z + h @ U_z + b_z)
    return r, z, torch.tanh(x @ W_n + (r * h) @ U_n + b_n)


def cho_of_torch(x, h, *weights):
    _, z, n = gates_of_torch(x, h, *weights)
    return [torch.lerp(n, h, z)]  # n + z (h - n)


def chung_of_torch(x, h, *weights):
    _, z, n = gates_of_torch(x, h, *weights)
    return [torch.lerp(h, n, z)]


CHO = Twin(gru_2014.cho_forward, gru_2014.cho_backward, cho_of_torch, SHAPES)
CHUNG = Twin(gru_2014.chung_forward, gru_2014.chung_backward, chung_of_torch, SHAPES)
FORMS = pytest.mark.parametrize("form", [CHO, CHUNG], ids=["Cho", "Chung"])


def test_all_that_a_cell_must_do():
    cell_checks.check(CHO, gru_2014.cho_step_forward, gru_2014.cho_step_backward)
    cell_checks.check(CHUNG, gru_2014.chung_step_forward, gru_2014.chung_step_backward)


@FORMS
def test_saturated_gates(form):
    cell_checks.bears_saturation(form)


def test_the_conventions_of_z_are_one_another_with_negated_weights():
    (x, h0, *weights), (dh,) = draw(CHO)
    other = [w.copy() for w in weights]
    for w in other:
        w[..., H : 2 * H] *= -1
    h, cache = CHO.forward(x, h0, *weights)
    got, cache_other = CHUNG.forward(x, h0, *other)
    agree(got, h, 1e-14)
    for a, b in zip(CHO.backward(dh, cache)[:2], CHUNG.backward(dh, cache_other)[:2], strict=True):
        agree(a, b, 1e-13)


def test_with_an_open_reset_gate_cho_is_torchs_form():
    (x, h0, W_xh, W_hh, b), (dh,) = draw(CHO)
    b[:H] = 1e3  # r = 1 exactly
    h, cache = CHO.forward(x, h0, W_xh, W_hh, b)
    want, torchs = gru.forward(x, h0, W_xh, W_hh, b, 0 * b)
    agree(h, want, 1e-14)
    got, expected = CHO.backward(dh, cache), gru.backward(dh, torchs)
    for k in (0, 1, 2):
        agree(got[k], expected[k], 1e-13)


@FORMS
def test_the_check_can_fail(form):
    """The other form, and torch's place of the reset gate, are found to be different."""
    args, dhs = draw(form)
    (want,), _ = by_torch(form, args, dhs)
    other = CHUNG if form is CHO else CHO
    x, h0, W_xh, W_hh, b = args
    for wrong in (other.forward(*args)[0], gru.forward(x, h0, W_xh, W_hh, b, 0 * b)[0]):
        with pytest.raises(AssertionError):
            agree(wrong, want, 1e-3)


def test_gates_at_their_ends():
    """An update gate at 1 keeps the state in Cho's form, and takes the candidate in Chung's."""
    (x, h, W_xh, W_hh, b), _ = draw(CHO)
    b[H : 2 * H] = 1e3
    assert np.array_equal(gru_2014.cho_step_forward(x[:, 0], h, W_xh, W_hh, b)[0], h)
    b[H : 2 * H] = -1e3
    assert np.array_equal(gru_2014.chung_step_forward(x[:, 0], h, W_xh, W_hh, b)[0], h)
