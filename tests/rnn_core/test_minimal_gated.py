import numpy as np
import pytest
import torch

from rnn_core import gru_2014, minimal_gated

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import D, H, agree

SHAPES = {"W_xh": (D, 2 * H), "W_hh": (H, 2 * H), "b": (2 * H,)}


def unit_of_torch(x, h, W_xh, W_hh, b):
    (W_f, W_n), (U_f, U_n), (b_f, b_n) = W_xh.split(H, 1), W_hh.split(H, 1), b.split(H)
    f = torch.sigmoid(torch.cat([h, x], 1) @ torch.cat([U_f, W_f]) + b_f)
    n = torch.tanh(torch.cat([f * h, x], 1) @ torch.cat([U_n, W_n]) + b_n)
    return [torch.lerp(h, n, f)]


UNIT = Twin(minimal_gated.forward, minimal_gated.backward, unit_of_torch, SHAPES)


def test_all_that_a_cell_must_do():
    cell_checks.check(UNIT, minimal_gated.step_forward, minimal_gated.step_backward)


def test_saturated_gates():
    cell_checks.bears_saturation(UNIT)


def test_it_is_chungs_cell_with_both_gates_tied():
    (x, h0, *weights), _ = draw(UNIT)
    tied = [np.concatenate([w[..., :H], w], axis=-1) for w in weights]  # f as r and as z
    agree(UNIT.forward(x, h0, *weights)[0], gru_2014.chung_forward(x, h0, *tied)[0], 1e-14)


def test_the_check_can_fail():
    args, dhs = draw(UNIT)
    (want,), _ = by_torch(UNIT, args, dhs)
    for w in args[2:]:
        w[..., :H] *= -1  # 1 - f for f
    with pytest.raises(AssertionError):
        agree(UNIT.forward(*args)[0], want)
