import numpy as np
import pytest
import torch

from rnn_core import cells, gru, lstm, rnn
from rnn_core.errors import RangeError, ShapeError
from rnn_core.torch_weights import from_torch, to_torch

from .common import D, H, N, T, agree

CELLS = {
    "tanh": (cells.TANH, torch.nn.RNN),
    "lstm": (cells.LSTM, torch.nn.LSTM),
    "gru": (cells.GRU, torch.nn.GRU),
}


def draw_params(rng, cell, D, H):
    """Weights, with biases that are not zero."""
    width = cell.blocks * H
    shapes = [(D, width), (H, width), *[(width,)] * (len(cell.weights) - 2)]
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in zip(cell.weights, shapes, strict=True)}


def both(cell, params, module, rng, N, T, D, H):
    """The same sequences through our cell and torch's: states, and gradients of the inputs and initial states.

    Returns: ours, torch's, our gradients of the weights.
    """
    x, *state0 = inputs = [rng.standard_normal(shape) for shape in [(N, T, D), *[(N, H)] * len(cell.states)]]
    dh, *dlast = [rng.standard_normal(shape) for shape in [(N, T, H), *[(N, H)] * len(cell.states)]]
    h, last, cache = cells.cell_forward(cell, params, x, tuple(state0))
    dx, dstate0, dparams = cells.cell_backward(dh, tuple(dlast), cache)

    leaves = [torch.tensor(a, requires_grad=True) for a in inputs]
    states = tuple(s[None] for s in leaves[1:])
    out, final = module(leaves[0], states if len(states) > 1 else states[0])
    final = final if len(states) > 1 else (final,)
    torch.autograd.backward((out, *(s[0] for s in final)), [torch.tensor(d) for d in (dh, *dlast)])
    ours = [h, *last, dx, *dstate0]
    theirs = [out.detach(), *(s[0].detach() for s in final), *(leaf.grad for leaf in leaves)]
    return ours, theirs, dparams


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", CELLS)
def test_to_torch_computes_the_same(name, seed):
    cell, kind = CELLS[name]
    rng = np.random.default_rng(seed)
    sizes = rng.permutation(np.arange(1, 9))[:4]  # N, T, D, H, all different
    params = draw_params(rng, cell, *sizes[2:])
    before = torch.get_rng_state()
    module = to_torch(cell, {**params, "W_hy": 1.0})
    assert torch.equal(torch.get_rng_state(), before)
    assert type(module) is kind and module.batch_first
    ours, theirs, dparams = both(cell, params, module, rng, *sizes)
    for got, want in zip(ours, theirs, strict=True):
        agree(got, want)
    agree(dparams["W_xh"], module.weight_ih_l0.grad.T)
    agree(dparams["W_hh"], module.weight_hh_l0.grad.T)
    agree(dparams["b_x" if name == "gru" else "b"], module.bias_ih_l0.grad)
    agree(dparams["b_h" if name == "gru" else "b"], module.bias_hh_l0.grad)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", CELLS)
def test_from_torch_computes_the_same(name, seed):
    cell, kind = CELLS[name]
    rng = np.random.default_rng(seed)
    N, T, D, H = rng.permutation(np.arange(1, 9))[:4]
    torch.manual_seed(seed)
    module = kind(int(D), int(H), batch_first=True, dtype=torch.float64)  # both of its biases are random
    params = from_torch(module)
    assert tuple(params) == cell.weights
    ours, theirs, _ = both(cell, params, module, rng, N, T, D, H)
    for got, want in zip(ours, theirs, strict=True):
        agree(got, want)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CELLS)
def test_there_and_back_are_equal_copies(name, dtype):
    cell, _ = CELLS[name]
    params = {n: p.astype(dtype) for n, p in draw_params(np.random.default_rng(0), cell, D, H).items()}
    module = to_torch(cell, params)
    again = from_torch(module)
    for key, p in params.items():
        assert again[key].dtype == dtype and np.array_equal(again[key], p)
        assert again[key].flags.c_contiguous and again[key].flags.owndata
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(99)
    assert all(99 not in p for p in (*params.values(), *again.values()))


@pytest.mark.parametrize("name", CELLS)
def test_a_module_without_bias(name):
    cell, kind = CELLS[name]
    params = from_torch(kind(D, H, bias=False))
    assert all(params[b].shape == (cell.blocks * H,) and not params[b].any() for b in cell.weights[2:])


def test_the_arrays_fit_the_functions_of_the_same_name():
    x, h0 = np.ones((N, T, D)), np.ones((N, H))
    for (cell, kind), module, states in zip(CELLS.values(), (rnn, lstm, gru), (1, 2, 1), strict=True):
        made = kind(D, H, batch_first=True, dtype=torch.float64)
        h, *_ = module.forward(x, *[h0] * states, **from_torch(made))
        start = [torch.ones(1, N, H, dtype=torch.float64)] * states
        agree(h, made(torch.tensor(x), start[0] if states == 1 else tuple(start))[0].detach())
        assert cell.forward is module.forward


def test_what_does_not_fit_is_refused():
    for module, word in (
        (torch.nn.RNN(D, H, nonlinearity="relu"), "nonlinearity tanh, got relu"),
        (torch.nn.LSTM(D, H, num_layers=2), "num_layers 1, got 2"),
        (torch.nn.GRU(D, H, bidirectional=True), "bidirectional False, got True"),
        (torch.nn.LSTM(D, H, proj_size=2), "proj_size 0, got 2"),
        (torch.nn.Linear(D, H), "RNN, LSTM or GRU, got Linear"),
    ):
        with pytest.raises(RangeError, match=r"^module: expected ") as raised:
            from_torch(module)
        assert str(raised.value).endswith(word)
    with pytest.raises(RangeError, match=r"^cell: "):
        to_torch(cells.GRU._replace(blocks=2), {})
    good = draw_params(np.random.default_rng(0), cells.GRU, D, H)
    for name, p in good.items():
        with pytest.raises(ShapeError, match=rf"^{name}: expected shape"):
            to_torch(cells.GRU, {**good, name: p[..., :-1]})
