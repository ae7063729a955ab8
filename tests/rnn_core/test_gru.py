import numpy as np
import pytest
import torch

from rnn_core import gru, init

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import MASK, D, H, N, T, agree

SHAPES = {"W_xh": (D, 3 * H), "W_hh": (H, 3 * H), "b_x": (3 * H,), "b_h": (3 * H,)}


def cell_of_torch(x, h, W_xh, W_hh, b_x, b_h):
    weights = {"weight_ih": W_xh.T, "weight_hh": W_hh.T, "bias_ih": b_x, "bias_hh": b_h}
    return [torch.func.functional_call(torch.nn.GRUCell(D, H, dtype=torch.float64), weights, (x, h))]


GRU = Twin(gru.forward, gru.backward, cell_of_torch, SHAPES)


def test_all_that_a_cell_must_do():
    cell_checks.check(GRU, gru.step_forward, gru.step_backward)


@pytest.mark.parametrize("N", [1, 2])
@pytest.mark.parametrize("T", [1, 5])
def test_against_torchs_own_sequence(N, T):
    args, (dh,) = draw(GRU, N, T)
    x, h0, W_xh, W_hh, b_x, b_h = (leaves := [torch.tensor(a, requires_grad=True) for a in args])
    weights = {"weight_ih_l0": W_xh.T, "weight_hh_l0": W_hh.T, "bias_ih_l0": b_x, "bias_hh_l0": b_h}
    module = torch.nn.GRU(D, H, batch_first=True, dtype=torch.float64)
    want, _ = torch.func.functional_call(module, weights, (x, h0[None]))
    want.backward(torch.tensor(dh))
    h, cache = gru.forward(*args)
    agree(h, want.detach())
    for got, leaf in zip(gru.backward(dh, cache), leaves, strict=True):
        agree(got, leaf.grad)


def test_saturated_gates():
    cell_checks.bears_saturation(GRU)


def test_gates_at_their_ends():
    """z = 1 keeps the state exactly; z = 0 takes the candidate; r = 0 hides the past from it."""
    (x, h, W_xh, W_hh, b_x, b_h), _ = draw(GRU)
    x, gate = x[:, 0], {name: slice(k * H, k * H + H) for k, name in enumerate("rzn")}
    kept = b_x.copy()
    kept[gate["z"]] = 1e3
    assert np.array_equal(gru.step_forward(x, h, W_xh, W_hh, kept, b_h)[0], h)
    taken = b_x.copy()
    taken[gate["z"]], taken[gate["r"]] = -1e3, -1e3
    want = np.tanh(x @ W_xh[:, gate["n"]] + b_x[gate["n"]])
    agree(gru.step_forward(x, h, W_xh, W_hh, taken, b_h)[0], want, 1e-15)


def test_what_stands_in_padding_does_not_matter():
    args, (dh,) = draw(GRU, N=len(MASK))
    h, cache = gru.forward(*args, mask=MASK)
    before = np.concatenate([args[1][:, None], h[:, :-1]], axis=1)
    assert np.array_equal(h[MASK == 0], before[MASK == 0])  # to the last bit
    gradients = gru.backward(dh, cache)
    args[0][MASK == 0] = 100.0
    other, cache = gru.forward(*args, mask=MASK)
    assert np.array_equal(h, other)
    for a, b in zip(gradients, gru.backward(dh, cache), strict=True):
        assert np.array_equal(a, b)
    args[0][MASK == 0] = np.nan
    assert np.array_equal(gru.forward(*args, mask=MASK)[0], h)


def swapped(x, h0, W_xh, W_hh, b_x, b_h):
    """z, r, n instead of r, z, n."""
    order = np.r_[H : 2 * H, :H, 2 * H : 3 * H]
    return x, h0, W_xh[:, order], W_hh[:, order], b_x[order], b_h[order]


def one_bias(x, h0, W_xh, W_hh, b_x, b_h):
    """The bias of the candidate's past outside of r."""
    return x, h0, W_xh, W_hh, b_x + b_h, 0 * b_h


@pytest.mark.parametrize("wrong", [swapped, one_bias])
def test_the_check_can_fail(wrong):
    args, dhs = draw(GRU)
    (want,), _ = by_torch(GRU, args, dhs)
    agree(gru.forward(*args)[0], want)
    with pytest.raises(AssertionError):
        agree(gru.forward(*wrong(*args))[0], want)


@pytest.mark.parametrize("fault", ["u_n", "r", "z"])
def test_the_check_of_the_gradient_can_fail(fault):
    args, (dh,) = draw(GRU)
    _, (*_, want, _, _) = by_torch(GRU, args, [dh])
    _, (x, h, W_xh, W_hh, r, z, n, u_n) = gru.forward(*args)
    faulty = {"u_n": (r, z, n, n), "r": (1 - r, z, n, u_n), "z": (r, 1 - z, n, u_n)}[fault]
    with pytest.raises(AssertionError):
        agree(gru.backward(dh, (x, h, W_xh, W_hh, *faulty))[3], want)


def test_update_bias_sets_how_long_a_unit_holds_its_state():
    """With weights 0 the state fades by sigmoid(b) a step; 1 + exp(b) steps are the mean age of what it holds."""
    p = init.gru_params(np.random.default_rng(0), D, H, 11, update_bias=3.0)
    h0 = np.ones((N, H))
    steps = 400
    h, _ = gru.forward(np.zeros((N, steps, D)), h0, 0 * p["W_xh"], 0 * p["W_hh"], p["b_x"], p["b_h"])
    agree(h[0, :, 0], (1 / (1 + np.exp(-3.0))) ** np.arange(1, steps + 1), 1e-13)
    assert 1 + h[0, :, 0].sum() == pytest.approx(1 + np.exp(3.0), rel=1e-6)


def test_mixed_types_and_strides():
    """float64 weights on float32 inputs, and arrays that do not lie in one piece of memory."""
    args, (dh,) = draw(GRU)
    want, cache = gru.forward(*args)
    gradients = gru.backward(dh, cache)
    views = [np.repeat(a, 2, axis=-1)[..., ::2] for a in args]
    h, cache = gru.forward(*views)
    agree(h, want, 1e-14)
    for got, expected in zip(gru.backward(dh[:, ::-1][:, ::-1], cache), gradients, strict=True):
        agree(got, expected, 1e-13)
    mixed, _ = gru.forward(args[0].astype(np.float32), *args[1:])
    assert mixed.dtype == np.float64 and mixed.shape == (N, T, H)
    agree(mixed, want, 1e-6)
