import numpy as np
import pytest
import torch

from rnn_core import gates, gru, leaky, one_gate

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import MASK, D, H, agree

SHAPES = {"W_xh": (D, 2 * H), "W_hh": (H, 2 * H), "b": (2 * H,)}


def unit_of_torch(x, h, W_xh, W_hh, b, gate=torch.sigmoid):
    a_g, a_n = (torch.cat([x, h], 1) @ torch.cat([W_xh, W_hh]) + b).split(H, 1)
    return [torch.lerp(h, torch.tanh(a_n), gate(a_g))]


UNIT = Twin(one_gate.forward, one_gate.backward, unit_of_torch, SHAPES)


def test_all_that_a_cell_must_do():
    cell_checks.check(UNIT, one_gate.step_forward, one_gate.step_backward)


def test_saturated_gates():
    cell_checks.bears_saturation(UNIT)


@pytest.mark.parametrize(
    ("gate", "torchs"),
    [
        (gates.steep(3.0), lambda a: torch.sigmoid(3 * a)),
        (gates.hard(0.8), lambda a: torch.nn.functional.hardtanh(0.8 * a + 0.5, 0, 1)),
    ],
    ids=["steep", "hard"],
)
@pytest.mark.parametrize("mask", [None, MASK])
def test_other_gates_against_torch(gate, torchs, mask):
    twin = UNIT._replace(
        forward=lambda *args, mask=None: one_gate.forward(*args, mask=mask, gate=gate),
        step=lambda *args: unit_of_torch(*args, gate=torchs),
    )
    cell_checks.agrees_with_torch(twin, N=3, mask=mask)
    cell_checks.is_its_steps(twin, lambda *args: one_gate.step_forward(*args, gate=gate), one_gate.step_backward)
    *_, g, _, _, _ = twin.forward(*draw(twin)[0])[1]
    assert ((g > 0) & (g < 1)).any()


def test_without_weights_at_the_gate_it_is_the_leaky_unit():
    (x, h0, W_xh, W_hh, b), _ = draw(UNIT)
    leak = np.linspace(0.1, 0.9, H)
    W_xh[:, :H], W_hh[:, :H], b[:H] = 0, 0, np.log(leak / (1 - leak))
    want, _ = leaky.forward(x, h0, W_xh[:, H:], W_hh[:, H:], b[H:], leak)
    agree(one_gate.forward(x, h0, W_xh, W_hh, b)[0], want, 1e-13)


def test_it_is_a_gru_whose_reset_gate_stands_open():
    (x, h0, W_xh, W_hh, b), _ = draw(UNIT)
    open_reset, sign = np.full(H, 1e3), np.repeat([-1, 1], H)  # z = 1 - g
    none = np.zeros
    W_xh3, W_hh3 = (np.hstack([none((len(W), H)), sign * W]) for W in (W_xh, W_hh))
    b_x = np.concatenate([open_reset, sign * b])
    agree(one_gate.forward(x, h0, W_xh, W_hh, b)[0], gru.forward(x, h0, W_xh3, W_hh3, b_x, none(3 * H))[0], 1e-13)


def test_a_gate_in_its_flat_part_gets_no_gradient():
    (x, h0, W_xh, W_hh, b), (dh,) = draw(UNIT)
    b[:H] = -100  # shut, whatever comes in
    h, cache = one_gate.forward(x, h0, W_xh, W_hh, b, gate=gates.hard())
    assert np.array_equal(h, np.repeat(h0[:, None], x.shape[1], axis=1))
    dx, dh0, *weights = one_gate.backward(dh, cache)
    agree(dh0, dh.sum(axis=1))
    assert not any(np.any(g) for g in (dx, *weights))


def test_the_check_can_fail():
    args, dhs = draw(UNIT)
    (want,), _ = by_torch(UNIT, args, dhs)
    for w in args[2:]:
        w[..., :H] *= -1  # 1 - g for g
    with pytest.raises(AssertionError):
        agree(one_gate.forward(*args)[0], want)
