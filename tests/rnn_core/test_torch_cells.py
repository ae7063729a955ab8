import numpy as np
import pytest
import torch

from rnn_core.activations import sigmoid
from rnn_core.cells import cell_backward, cell_forward
from rnn_core.errors import RangeError, ShapeError
from rnn_core.torch_cells import MODULES, LeakyCell
from rnn_core.torch_weights import from_torch, to_torch

from .common import MASK, D, H, T, agree
from .torch_twins import ALL, NAMES, draw_state, net, tensors

N = len(MASK)
CELLS = pytest.mark.parametrize("cell", MODULES, ids=[m.__name__ for m in MODULES.values()])


def draw_params(rng, cell):
    """Weights, biases that are not 0, gains about 1, leaks between 0 and 1."""
    G = cell.blocks
    shapes = {"W_xh": (D, G * H), "W_hh": (H, G * H), "gain_c": (H,), "b_c": (H,)}
    params = {name: 0.5 * rng.standard_normal(shapes.get(name, (G * H,))) for name in cell.weights}
    starts = {"gain": lambda p: 1 + p, "leak": sigmoid}
    return {name: starts.get(name.split("_")[0], np.copy)(p) for name, p in params.items()}


def draw(cell):
    rng = np.random.default_rng(0)
    params = draw_params(rng, cell)
    (state0,), (dstate,) = draw_state(rng, cell, N, H), draw_state(rng, cell, N, H)
    return params, rng.standard_normal((N, T, D)), state0, rng.standard_normal((N, T, H)), dstate


@CELLS
@pytest.mark.parametrize("mask", [None, MASK, MASK.astype(bool)], ids=["whole", "ragged", "boolean"])
def test_forward_and_gradients_are_those_of_the_numpy_cell(cell, mask):
    params, x, state0, dh, dstate = draw(cell)
    want, end, cache = cell_forward(cell, params, x, state0, mask)
    dx, dstate0, grads = cell_backward(dh, dstate, cache)
    module, x_t = MODULES[cell](params), torch.tensor(x, requires_grad=True)
    start = tuple(torch.tensor(s, requires_grad=True) for s in state0)
    h, state = module(x_t, start, None if mask is None else torch.tensor(mask))
    agree(h.detach().numpy(), want)
    total = (torch.tensor(dh) * h).sum()
    for got, each, d in zip(state, end, dstate, strict=True):
        agree(got.detach().numpy(), each)
        total = total + (torch.tensor(d) * got).sum()
    total.backward()
    agree(x_t.grad.numpy(), dx)
    for got, each in zip(start, dstate0, strict=True):
        agree(got.grad.numpy(), each)
    named = dict(module.named_parameters())
    assert tuple(named) == cell.weights
    for name, g in grads.items():
        agree(named[name].grad.numpy(), g)


@CELLS
@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_what_stands_in_the_padding_does_not_matter(cell, value):
    params, x, _, dh, _ = draw(cell)
    *_, cache = cell_forward(cell, params, x, None, MASK)
    dx, _, grads = cell_backward(dh, None, cache)
    module = MODULES[cell](params)
    x_t = torch.tensor(np.where(MASK[:, :, None], x, value), requires_grad=True)
    (torch.tensor(dh) * module(x_t, None, torch.tensor(MASK))[0]).sum().backward()
    agree(x_t.grad.numpy(), dx)
    assert not x_t.grad.numpy()[MASK == 0].any()
    for name, p in module.named_parameters():
        agree(p.grad.numpy(), grads[name])


@pytest.mark.parametrize("cell", ALL, ids=NAMES)
def test_forward_against_torch(cell):
    params, x, state0, _, _ = draw(cell)
    start = tuple(map(torch.tensor, state0))
    h, state = MODULES[cell](params)(torch.tensor(x), start)
    want, end = net(cell, tensors({f"layer1.{name}": p for name, p in params.items()}), torch.tensor(x), (start,))
    agree(h.detach(), want.detach())
    for got, each in zip(state, end, strict=True):
        agree(got.detach(), each.detach())


@CELLS
def test_weights_go_there_and_back_by_name(cell):
    params, x, _, _, _ = draw(cell)
    params = {name: p.astype(np.float32) for name, p in params.items()}
    module = MODULES[cell](params | {"W_hy": np.zeros((H, 2))})  # what is not the cell's is left out
    back = {name: p.numpy() for name, p in module.state_dict().items()}
    assert back.keys() == params.keys() and all(np.array_equal(back[name], params[name]) for name in params)
    h, state = module(torch.tensor(x, dtype=torch.float32))
    assert {a.dtype for a in (h, *state)} == {torch.float32}
    zeros = tuple(torch.zeros(N, H) for _ in cell.states)
    assert torch.equal(h, module(torch.tensor(x, dtype=torch.float32), zeros)[0])
    with torch.no_grad():
        module.W_xh.zero_()
    assert params["W_xh"].any()  # the weights are a copy


@CELLS
def test_to_torch_and_from_torch_are_equal_copies(cell):
    params, *_ = draw(cell)
    module = to_torch(cell, params | {"W_hy": 1.0})
    again = from_torch(module)
    assert again.keys() == params.keys() and all(np.array_equal(again[name], params[name]) for name in params)
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(99)
    assert all(99 not in p for p in (*params.values(), *again.values()))
    for name, p in params.items():
        with pytest.raises(ShapeError, match=rf"^{name}: expected shape"):
            to_torch(cell, {**params, name: p[..., :-1]})


def test_one_leak_for_all_units():
    params, x, *_ = draw(LeakyCell.cell)
    params["leak"] = 0.3
    module = to_torch(LeakyCell.cell, params)
    agree(module(torch.tensor(x))[0].detach().numpy(), cell_forward(LeakyCell.cell, params, x)[0])
    assert from_torch(module)["leak"] == 0.3


@CELLS
def test_shapes_are_checked_at_the_door(cell):
    params, x, state0, _, _ = draw(cell)
    module, x, start = MODULES[cell](params), torch.tensor(x), tuple(map(torch.tensor, state0))
    with pytest.raises(ShapeError, match=r"^x: expected shape \(N, T, 3\)"):
        module(x[:, :, :1])
    with pytest.raises(ShapeError, match=rf"^{cell.states[-1]}0: expected shape \(3, 7\), got \(1, 7\)"):
        module(x, (*start[:-1], start[-1][:1]))  # would broadcast
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(3, 5\)"):
        module(x, start, torch.ones(N, 1))
    with pytest.raises(ShapeError, match="state0: expected a tuple of"):
        module(x, start * 3)
    with pytest.raises(RangeError, match="x: expected at least 1 step, got 0"):
        module(x[:, :0])
    with pytest.raises(RangeError, match="mask: expected 0 and 1 only"):
        module(x, start, torch.full((N, T), 0.5))
