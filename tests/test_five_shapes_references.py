"""What the first notebook of lesson 8 compares with, held against torch and against rnn_core's nets."""

import numpy as np
import pytest
import torch

from autograder.checks.shapes.five_shapes import reference
from rnn_core.cells import TANH
from rnn_core.init import rnn_params
from rnn_core.nets import net_forward

N, T, D, H, V = 4, 6, 3, 5, 2
LENGTHS = np.array([3, 0, 6, 1])
MASK = np.arange(T) < LENGTHS[:, None]


def draw():
    rng = np.random.default_rng(0)
    params = {name: p + 0.1 * rng.standard_normal(p.shape) for name, p in rnn_params(rng, D, H, V).items()}
    return params, rng.standard_normal((N, T, D))


def torch_states(params, x):
    cell = torch.nn.RNN(D, H, batch_first=True, dtype=torch.float64)
    weights = params["W_xh"].T, params["W_hh"].T, params["b"], np.zeros(H)
    with torch.no_grad():
        for p, value in zip(cell.parameters(), weights, strict=True):
            p.copy_(torch.tensor(value))
        return cell(torch.tensor(x))[0].numpy()


def test_the_last_real_step_and_its_gradient_against_torch():
    h, dlast = np.random.default_rng(1).standard_normal((N, T, H)), np.random.default_rng(2).standard_normal((N, H))
    leaf = torch.tensor(h, requires_grad=True)
    rows = np.flatnonzero(LENGTHS)
    last = torch.zeros(N, H, dtype=torch.float64).index_put(
        (torch.tensor(rows),), torch.stack([leaf[n, LENGTHS[n] - 1] for n in rows])
    )
    (last * torch.tensor(dlast)).sum().backward()
    assert np.array_equal(reference.last_real(h, MASK), last.detach().numpy())
    assert np.array_equal(reference.last_real_backward(dlast, MASK), leaf.grad.numpy())


def test_the_shapes_against_torch_and_against_nets_with_masked_steps():
    params, x = draw()
    run = {shape: reference.shaped_outputs(shape, x, MASK, params) for shape in ("many-to-one", "aligned many-to-many")}
    h = torch_states(params, x)
    assert np.allclose(
        run["aligned many-to-many"], (h @ params["W_hy"] + params["b_y"]) * MASK[..., None], rtol=1e-10, atol=0
    )
    renamed = {name if name in ("W_hy", "b_y") else f"layer1.{name}": p for name, p in params.items()}
    want = net_forward(TANH, renamed, x, mask=MASK, last=True)[0]
    assert np.allclose(run["many-to-one"], want, rtol=1e-10)  # an empty row keeps its state of zeros
    later = np.where(np.arange(T)[:, None] == 0, x, 0)
    spread = torch_states(params, later) @ params["W_hy"] + params["b_y"]
    assert np.allclose(reference.shaped_outputs("one-to-many", x, MASK, params), spread, rtol=1e-10)
    assert np.allclose(reference.shaped_outputs("one-to-one", x, MASK, params), spread[:, 0], rtol=1e-10)


@pytest.mark.parametrize("captions", [[[5, 0, 6], [], [7]], [[]], [[1, 2], [3, 4]]], ids=str)
def test_a_target_is_what_the_next_step_reads(captions):
    inputs, targets, mask = reference.shift_by_one(captions, 8, 9)
    assert inputs.shape == targets.shape == mask.shape == (len(captions), max(map(len, captions)) + 1)
    for caption, read, told, real in zip(captions, inputs, targets, mask, strict=True):
        assert [*read[real].tolist(), 9] == [8, *caption, 9] and told[real].tolist() == [*caption, 9]
        assert not read[~real].any() and not told[~real].any()
        assert real.sum() == len(caption) + 1 and real[: real.sum()].all()
