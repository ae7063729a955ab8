import numpy as np
import pytest
import torch

from rnn_core import optim
from rnn_core.errors import NameMismatchError, NonFiniteError, RangeError, ShapeError

from .common import D, H, agree

PAIRS = {
    "sgd": (optim.SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (optim.Momentum(0.1, 0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8)),
    "rmsprop": (optim.RMSProp(0.01, 0.95, 1e-6), lambda p: torch.optim.RMSprop(p, 0.01, 0.95, 1e-6)),
    "adam": (optim.Adam(0.02, 0.8, 0.99, 1e-6), lambda p: torch.optim.Adam(p, 0.02, (0.8, 0.99), 1e-6)),
    "rmsprop, as it comes": (optim.RMSProp(0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
    "adam, as it comes": (optim.Adam(0.02), lambda p: torch.optim.Adam(p, 0.02)),
}


def draw(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return {"W": rng.standard_normal((D, H)).astype(dtype), "b": rng.standard_normal(H).astype(dtype)}


@pytest.mark.parametrize("name", PAIRS)
def test_twenty_steps_against_torch(name):
    ours, theirs = PAIRS[name]
    params = draw()
    arrays = dict(params)
    tensors = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
    theirs = theirs(tensors.values())
    for i in range(20):
        grads = draw(seed=i + 1)
        ours.step(params, grads)
        for key, tensor in tensors.items():
            tensor.grad = torch.tensor(grads[key])
        theirs.step()
        for key, tensor in tensors.items():
            agree(params[key], tensor.detach().numpy(), 1e-12)
    assert all(params[key] is arrays[key] for key in params)  # in place


@pytest.mark.parametrize("rule", [optim.SGD, optim.Momentum, optim.RMSProp, optim.Adam])
def test_types_stay_and_gradients_are_not_changed(rule):
    params, grads = draw(dtype=np.float32), draw(1, np.float32)
    before = {name: g.copy() for name, g in grads.items()}
    optimizer = rule(lr=0.1)
    for _ in range(2):
        optimizer.step(params, grads)
    assert all(p.dtype == np.float32 for p in params.values())
    assert all(np.array_equal(grads[name], before[name]) for name in grads)
    assert all(s.dtype == np.float32 for state in optimizer.state.values() for k, s in state.items() if k != "t")


def test_a_parameter_without_a_gradient_stays():
    params = draw()
    b = params["b"].copy()
    optim.SGD(1.0).step(params, {"W": np.ones((D, H))})
    assert np.array_equal(params["b"], b)


def test_step_errors():
    with pytest.raises(NameMismatchError, match="grads: expected names among W, b, got w"):
        optim.SGD(0.1).step(draw(), {"w": np.zeros((D, H))})
    with pytest.raises(ShapeError, match="gradient of W: expected shape"):
        optim.SGD(0.1).step(draw(), {"W": np.zeros(H)})  # would broadcast


@pytest.mark.parametrize("max_norm", [0.1, 1.0])
def test_clipping_against_torch(max_norm):
    grads = draw()
    tensors = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in grads.values()]
    for tensor, g in zip(tensors, grads.values(), strict=True):
        tensor.grad = torch.tensor(g)
    want = torch.nn.utils.clip_grad_norm_(tensors, max_norm)
    before = {name: g.copy() for name, g in grads.items()}
    clipped, norm = optim.clip_global_norm(grads, max_norm)
    agree(norm, want.item(), 1e-14)
    for name, tensor in zip(grads, tensors, strict=True):
        agree(clipped[name], tensor.grad.numpy(), 1e-5)  # torch adds 1e-6 to the norm
        assert np.array_equal(grads[name], before[name])
    agree(optim.clip_global_norm(clipped, 9.0)[1], max_norm, 1e-14)


def test_small_gradients_are_not_scaled_up():
    grads = draw()
    clipped, norm = optim.clip_global_norm(grads, 1e9)
    assert norm < 1e9
    assert all(np.array_equal(clipped[name], grads[name]) for name in grads)
    assert not any(np.shares_memory(clipped[name], grads[name]) for name in grads)


def test_no_gradient_and_a_huge_one():
    clipped, norm = optim.clip_global_norm({"W": np.zeros((D, H))}, 1.0)
    assert norm == 0 and not clipped["W"].any()
    huge = {"W": np.full((D, H), 1e30, np.float32)}  # its square overflows in float32
    clipped, norm = optim.clip_global_norm(huge, 1.0)
    assert norm == pytest.approx(1e30 * np.sqrt(D * H)) and clipped["W"].dtype == np.float32
    agree(clipped["W"], np.full((D, H), 1 / np.sqrt(D * H)), 1e-6)


def test_clipping_errors():
    for wrong in (np.inf, -np.inf, np.nan, 1e200):
        with pytest.raises(NonFiniteError, match="gradient of b: expected a finite norm"):
            optim.clip_global_norm({**draw(), "b": np.array([0, wrong])}, 1.0)
    for wrong in (0, -1.0, np.nan):
        with pytest.raises(RangeError, match="max_norm: expected a number above 0"):
            optim.clip_global_norm(draw(), wrong)
