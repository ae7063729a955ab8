import numpy as np
import pytest

from rnn_core.cells import TANH, cell_backward, cell_forward, cell_params, prefixed, under
from rnn_core.errors import RangeError, ShapeError

from .common import MASK, D, H, T, agree
from .torch_twins import ALL, NAMES, draw_biases, draw_state

N = len(MASK)
CELLS = pytest.mark.parametrize("cell", ALL, ids=NAMES)


def draw(cell):
    rng = np.random.default_rng(0)
    params = draw_biases(rng, cell_params(rng, cell, D, H))
    (state0,), (dstate,) = draw_state(rng, cell, N, H), draw_state(rng, cell, N, H)
    return params, rng.standard_normal((N, T, D)), state0, rng.standard_normal((N, T, H)), dstate


@CELLS
def test_it_is_the_cell_itself(cell):
    params, x, state0, dh, _ = draw(cell)
    weights = [params[name] for name in cell.weights]
    h, *_, cache = cell.forward(x, *state0, *weights, mask=MASK)
    want = cell.backward(dh, *(None for _ in cell.states[1:]), cache)
    got, state, cache = cell_forward(cell, params, x, state0, MASK)
    assert np.array_equal(got, h) and np.array_equal(state[0], h[:, -1]) and len(state) == len(cell.states)
    dx, dstate0, grads = cell_backward(dh, None, cache)
    assert tuple(grads) == cell.weights
    for a, b in zip((dx, *dstate0, *grads.values()), want, strict=True):
        assert np.array_equal(a, b)


@CELLS
def test_a_gradient_at_the_last_state_goes_through_one_more_step(cell):
    """What arrives at the last state is what a following cell hands back: two halves make the whole."""
    params, x, state0, dh, dstate = draw(cell)
    *_, cache = cell_forward(cell, params, x, state0, MASK)
    want = cell_backward(dh, dstate, cache)
    _, middle, first = cell_forward(cell, params, x[:, :2], state0, MASK[:, :2])
    *_, second = cell_forward(cell, params, x[:, 2:], middle, MASK[:, 2:])
    dx_2, dmiddle, grads_2 = cell_backward(dh[:, 2:], dstate, second)
    dx_1, dstate0, grads_1 = cell_backward(dh[:, :2], dmiddle, first)
    agree(np.concatenate([dx_1, dx_2], axis=1), want[0], 1e-13)
    for a, b in zip(dstate0, want[1], strict=True):
        agree(a, b, 1e-13)
    for name, g in want[2].items():
        agree(grads_1[name] + grads_2[name], g, 1e-13)


@CELLS
def test_cell_params(cell):
    G = cell.blocks
    p = cell_params(np.random.default_rng(0), cell, D, H, np.float32)
    assert tuple(p) == cell.weights and {a.dtype for a in p.values()} == {np.dtype(np.float32)}
    assert p.pop("W_xh").shape == (D, G * H)
    W_hh = p.pop("W_hh")
    assert W_hh.shape == (H, G * H)
    for W in np.split(W_hh.astype(float), G, axis=1):
        assert np.linalg.svd(W, compute_uv=False) == pytest.approx(np.ones(H), rel=1e-5)
    assert p and all(b.shape == (G * H,) and not b.any() for b in p.values())


def test_names():
    params = {"layer1.b": 1, "layer1.back.b": 2, "layer11.b": 3, "b": 4}
    assert under(params, "layer1.") == {"b": 1, "back.b": 2}
    assert under(params, "layer1.back.") == {"b": 2}
    assert prefixed("decoder.", {"b": 1}) == {"decoder.b": 1}


def test_errors():
    params, x, state0, dh, dstate = draw(TANH)
    with pytest.raises(RangeError, match="x: expected at least 1 step, got 0"):
        cell_forward(TANH, params, x[:, :0])
    with pytest.raises(ShapeError, match="state0: expected a tuple of h, got 3 of them"):
        cell_forward(TANH, params, x, state0[0])  # not in a tuple
    _, _, cache = cell_forward(TANH, params, x, state0)
    with pytest.raises(ShapeError, match=r"^dh: expected shape \(3, 7\), got \(1, 7\)"):
        cell_backward(dh, (dstate[0][:1],), cache)  # would broadcast
    with pytest.raises(ShapeError, match="dstate: expected a tuple of h, got 2 of them"):
        cell_backward(dh, dstate * 2, cache)
    with pytest.raises(ShapeError, match=r"^dh: expected shape \(N, T, H\)"):
        cell_backward(dh[0], dstate, cache)
