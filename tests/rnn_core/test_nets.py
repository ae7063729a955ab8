import numpy as np
import pytest
import torch

from rnn_core import gradcheck, nets
from rnn_core.cells import GRU, LSTM, TANH
from rnn_core.character_model import char_loss_and_grads
from rnn_core.errors import RangeError, ShapeError
from rnn_core.init import rnn_params
from rnn_core.loss import cross_entropy, squared_error

from .common import MASK, D, H, N, T, V, agree

ROWS = len(MASK)
AT_END = np.array([[1, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 1]])


def draw(cell, layers=2, both=False):
    rng = np.random.default_rng(1)
    params = nets.net_params(rng, cell, D, H, V, layers, both)
    params = {name: p + 0.1 * rng.standard_normal(p.shape) for name, p in params.items()}  # no bias is 0
    return rng, params, rng.standard_normal((ROWS, T, D))


@pytest.mark.parametrize("cell", [TANH, LSTM, GRU], ids=["tanh", "lstm", "gru"])
@pytest.mark.parametrize("both", [False, True])
def test_every_step_against_differences(cell, both):
    rng, params, x = draw(cell, both=both)
    batch = x, rng.integers(V, size=(ROWS, T)), MASK
    _, grads, _ = nets.every_step(cell, params, batch)
    assert grads.keys() == params.keys()
    errors = gradcheck.check_directions(lambda p: nets.every_step(cell, p, batch)[0], params, grads, rng)
    assert max(np.max(e) for e in errors.values()) < 1e-8


@pytest.mark.parametrize("cell", [TANH, LSTM, GRU], ids=["tanh", "lstm", "gru"])
def test_last_step_against_differences(cell):
    rng, params, x = draw(cell)
    batch = x, rng.standard_normal((ROWS, V)), AT_END

    def run(p):
        return nets.last_step(cell, p, batch, loss=squared_error)

    errors = gradcheck.check_directions(lambda p: run(p)[0], params, run(params)[1], rng)
    assert max(np.max(e) for e in errors.values()) < 1e-8


def test_the_last_step_is_each_rows_last_real_one():
    _, params, x = draw(GRU)
    every, _, _ = nets.net_forward(GRU, params, x, mask=AT_END)
    last, _, _ = nets.net_forward(GRU, params, x, mask=AT_END, last=True)
    agree(last, every[np.arange(ROWS), AT_END.sum(axis=1) - 1])


def test_padding_does_not_count():
    rng, params, x = draw(LSTM)
    targets = rng.integers(V, size=ROWS)
    loss, grads, _ = nets.last_step(LSTM, params, (x, targets, AT_END))
    other = np.where(AT_END[..., None], x, 99.0)
    again, same, _ = nets.last_step(LSTM, params, (other, targets, AT_END))
    assert again == loss
    for name, g in grads.items():
        agree(same[name], g)


def test_ids_and_carried_state_give_the_character_model():
    rng = np.random.default_rng(2)
    params = rnn_params(rng, V, H, V)
    ids, h0 = rng.integers(V, size=(N, T + 1)), rng.standard_normal((N, H))
    batch = ids[:, :-1], ids[:, 1:]
    want = char_loss_and_grads(params, batch, h0)
    renamed = {name if name in ("W_hy", "b_y") else f"layer1.{name}": p for name, p in params.items()}
    loss, grads, state = nets.every_step(TANH, renamed, batch, ((h0,),))
    agree(loss, want[0])
    agree(state[0][0], want[2])
    for name, g in want[1].items():
        agree(grads.get(name, grads.get(f"layer1.{name}")), g)


def test_squared_error_against_torch():
    rng = np.random.default_rng(3)
    y, targets = rng.standard_normal((2, ROWS, T, V))
    real = MASK.astype(bool)
    t = torch.tensor(y, requires_grad=True)
    want = torch.nn.functional.mse_loss(t[torch.tensor(real)], torch.tensor(targets[real]))
    want.backward()
    targets[~real] = np.nan  # never looked at
    loss, dy = squared_error(y, targets, MASK)
    agree(loss, want.item())
    agree(dy, t.grad.numpy())


def test_bad_input_is_named():
    _, params, x = draw(TANH, both=True)
    with pytest.raises(RangeError, match="both ways"):
        nets.net_forward(TANH, params, x, last=True)
    with pytest.raises(RangeError, match="ids from 0 to 2, got 3"):
        nets.net_forward(TANH, params, np.full((N, T), 3))
    with pytest.raises(ShapeError, match="targets"):
        squared_error(x, x[:, :-1])
    with pytest.raises(RangeError, match="squared_error"):
        squared_error(x, x, np.zeros((ROWS, T)))
    assert np.isfinite(cross_entropy(x, np.zeros((ROWS, T), int))[0])
