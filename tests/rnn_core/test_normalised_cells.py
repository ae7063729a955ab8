import numpy as np
import pytest
import torch
from torch.nn.functional import layer_norm

from rnn_core import normalised_cells as cells

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import D, H, agree


def tanh_of_torch(x, h, W_xh, W_hh, gain, b):
    return [torch.tanh(layer_norm(torch.cat([x, h], 1) @ torch.cat([W_xh, W_hh]), (H,), gain, b))]


def lstm_of_torch(x, h, c, W_xh, W_hh, gain_x, gain_h, b, gain_c, b_c):
    a = layer_norm(x @ W_xh, (4 * H,), gain_x) + layer_norm(h @ W_hh, (4 * H,), gain_h) + b
    i, f, g, o = a.split(H, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(layer_norm(c, (H,), gain_c, b_c)), c


def gru_of_torch(x, h, W_xh, W_hh, gain_x, gain_h, b_x, b_h):
    a, u, both, one = x @ W_xh, h @ W_hh, slice(2 * H), slice(2 * H, None)
    a_rz, u_rz = (
        layer_norm(s[:, both], (2 * H,), g[both], b[both]) for s, g, b in ((a, gain_x, b_x), (u, gain_h, b_h))
    )
    a_n, u_n = (layer_norm(s[:, one], (H,), g[one], b[one]) for s, g, b in ((a, gain_x, b_x), (u, gain_h, b_h)))
    r, z = torch.sigmoid(a_rz + u_rz).split(H, 1)
    return [torch.lerp(torch.tanh(a_n + r * u_n), h, z)]


def shapes(G, *vectors):
    return {"W_xh": (D, G * H), "W_hh": (H, G * H), **{name: (G * H,) for name in vectors}}


TANH = Twin(cells.tanh_forward, cells.tanh_backward, tanh_of_torch, shapes(1, "gain", "b"))
LSTM_SHAPES = {**shapes(4, "gain_x", "gain_h", "b"), "gain_c": (H,), "b_c": (H,)}
LSTM = Twin(cells.lstm_forward, cells.lstm_backward, lstm_of_torch, LSTM_SHAPES, states=("h0", "c0"))
GRU = Twin(cells.gru_forward, cells.gru_backward, gru_of_torch, shapes(3, "gain_x", "gain_h", "b_x", "b_h"))
CELLS = pytest.mark.parametrize("cell", [TANH, LSTM, GRU], ids=["tanh", "LSTM", "GRU"])


def test_tanh():
    cell_checks.check(TANH, cells.tanh_step_forward, cells.tanh_step_backward)


def test_lstm():
    cell_checks.check(LSTM, cells.lstm_step_forward, cells.lstm_step_backward)


def test_gru():
    cell_checks.check(GRU, cells.gru_step_forward, cells.gru_step_backward)


@CELLS
def test_saturated_gates(cell):
    cell_checks.bears_saturation(cell)


@CELLS
def test_larger_weights_change_nothing(cell):
    """What normalisation is for: the scale of the weights does not matter, only their direction."""
    (x, *rest), _ = draw(cell)
    S = len(cell.states)
    states, (W_xh, W_hh, *others) = rest[:S], rest[S:]
    want = cell.forward(x, *states, W_xh, W_hh, *others)[0]
    got = cell.forward(x, *states, 1e3 * W_xh, 1e3 * W_hh, *others)[0]
    agree(got, want, 1e-3)  # the eps below the root is not scaled


def test_nothing_outside_reads_the_lstms_cell():
    args, (dh, _) = draw(LSTM)
    *_, cache = LSTM.forward(*args)
    for got, want in zip(LSTM.backward(dh, None, cache), LSTM.backward(dh, 0 * dh, cache), strict=True):
        assert np.array_equal(got, want)


@CELLS
def test_the_check_can_fail(cell):
    """Gains in another order."""
    args, dhs = draw(cell)
    (want, *_), _ = by_torch(cell, args, dhs)
    k = 1 + len(cell.states) + list(cell.shapes).index("gain" if cell is TANH else "gain_x")
    args[k] = args[k][::-1]
    with pytest.raises(AssertionError):
        agree(cell.forward(*args)[0], want)
