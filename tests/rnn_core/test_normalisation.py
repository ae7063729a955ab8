import numpy as np
import pytest
import torch

from rnn_core import gradcheck, normalisation
from rnn_core.errors import RangeError, ShapeError
from rnn_core.normalisation import RunningStatistics

from .common import D, H, N, T, agree


def draw(*leading, seed=0):
    """a, gain, b, and the gradient that arrives at the result."""
    rng = np.random.default_rng(seed)
    a, dy = 2 + 3 * rng.standard_normal((*leading, H)), rng.standard_normal((*leading, H))
    return a, rng.standard_normal(H), rng.standard_normal(H), dy


@pytest.mark.parametrize("leading", [(), (1,), (N,), (N, T)])
@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_layer_norm_against_torch(leading, eps):
    *args, dy = draw(*leading)
    leaves = [torch.tensor(a, requires_grad=True) for a in args]
    want = torch.nn.functional.layer_norm(leaves[0], (H,), leaves[1], leaves[2], eps)
    want.backward(torch.tensor(dy))
    y, cache = normalisation.layer_norm_forward(*args, eps)
    agree(y, want.detach())
    for got, leaf in zip(normalisation.layer_norm_backward(dy, cache), leaves, strict=True):
        agree(got, leaf.grad)


def test_batch_norm_against_torch():
    *args, dy = draw(D)
    leaves = [torch.tensor(a, requires_grad=True) for a in args]
    want = torch.nn.functional.batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True)
    want.backward(torch.tensor(dy))
    y, mean, var, cache = normalisation.batch_norm_forward(*args)
    agree(y, want.detach())
    agree(mean, args[0].mean(axis=0))
    agree(var, args[0].var(axis=0))
    for got, leaf in zip(normalisation.batch_norm_backward(dy, cache), leaves, strict=True):
        agree(got, leaf.grad)


@pytest.mark.parametrize("momentum", [0.1, 0.5])
@pytest.mark.parametrize("steps", [1, 3, 7])
def test_running_statistics_against_torch(steps, momentum):
    """A module of torch for each set of statistics, with T steps in each of four batches, then a test."""
    modules = [torch.nn.BatchNorm1d(H, momentum=momentum, dtype=torch.float64) for _ in range(steps)]
    _, gain, b, _ = draw(0)
    for module in modules:
        module.load_state_dict({**module.state_dict(), "weight": torch.tensor(gain), "bias": torch.tensor(b)})
    statistics = RunningStatistics(H, steps, momentum)
    for batch in range(4):
        for t in range(T):
            a, *_ = draw(D, seed=(batch, t))
            want = modules[min(t, steps - 1)](torch.tensor(a))
            y, mean, var, _ = normalisation.batch_norm_forward(a, gain, b)
            agree(y, want.detach())
            statistics.update(t, mean, var, len(a))
    for t in range(T + 2):
        a, *_ = draw(N, seed=t)
        module = modules[min(t, steps - 1)].eval()
        agree(normalisation.batch_norm_test(a, gain, b, *statistics.at(t)), module(torch.tensor(a)).detach())
    one, _ = draw(1)[:2]  # a single row is enough at a test
    assert normalisation.batch_norm_test(one, gain, b, *statistics.at(0)).shape == (1, H)


@pytest.mark.parametrize("kind", ["layer", "batch"])
def test_gradients_against_differences(kind):
    a, gain, b, dy = draw(D)
    forward, backward = (getattr(normalisation, f"{kind}_norm_{way}") for way in ("forward", "backward"))
    params = {"a": a, "gain": gain, "b": b}
    *_, cache = forward(**params)
    grads = dict(zip(params, backward(dy, cache), strict=True))
    errors = gradcheck.check_directions(lambda p: np.sum(dy * forward(**p)[0]), params, grads, np.random.default_rng(1))
    assert max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize(("kind", "axis"), [("layer", 1), ("batch", 0)])
def test_what_is_lost(kind, axis):
    """Shifting and scaling along the axis changes nothing, so that the gradient has no part along either."""
    a, _, _, dy = draw(D)
    forward, backward = (getattr(normalisation, f"{kind}_norm_{way}") for way in ("forward", "backward"))
    y, *_, cache = forward(a, np.ones(H), np.zeros(H), eps=0)
    moved, *_ = forward(5 * a + 7, np.ones(H), np.zeros(H), eps=0)
    agree(moved, y, 1e-13)
    da, *_ = backward(dy, cache)
    assert np.abs(da.sum(axis=axis)).max() < 1e-14 and np.abs((da * a).sum(axis=axis)).max() < 1e-13
    assert np.abs(da).max() > 0.1


def test_rows_of_equal_numbers_and_large_ones():
    y, cache = normalisation.layer_norm_forward(np.full((N, H), 3.0), np.ones(H), np.full(H, 0.5))
    assert (y == 0.5).all()
    assert np.isfinite(normalisation.layer_norm_backward(np.ones((N, H)), cache)[0]).all()
    y, _ = normalisation.layer_norm_forward(1e100 * draw(N)[0], np.ones(H), np.zeros(H))
    agree(y.std(axis=1), np.ones(N))


def test_types_stay_and_arguments_are_not_changed():
    args = [a.astype(np.float32) for a in draw(D)]
    before = [a.copy() for a in args]
    a, gain, b, dy = args
    y, cache = normalisation.layer_norm_forward(a, gain, b)
    results = [y, *normalisation.layer_norm_backward(dy, cache)]
    y, mean, var, cache = normalisation.batch_norm_forward(a, gain, b)
    statistics = RunningStatistics(H, dtype=np.float32)
    statistics.update(0, mean, var, D)
    results += [y, mean, var, *normalisation.batch_norm_backward(dy, cache)]
    results += [normalisation.batch_norm_test(a, gain, b, *statistics.at(0)), statistics.mean, statistics.var]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip(args, before, strict=True))


def test_errors():
    a, gain, b, dy = draw(D)
    for forward in (normalisation.layer_norm_forward, normalisation.batch_norm_forward):
        with pytest.raises(ShapeError, match=r"^gain: "):
            forward(a, gain[:1], b)
        with pytest.raises(ShapeError, match=r"^b: "):
            forward(a, gain, b[None])
    with pytest.raises(ShapeError, match=r"^dy: "):
        normalisation.layer_norm_backward(dy[:1], normalisation.layer_norm_forward(a, gain, b)[1])
    with pytest.raises(ShapeError, match=r"^dy: "):
        normalisation.batch_norm_backward(dy[:1], normalisation.batch_norm_forward(a, gain, b)[-1])
    with pytest.raises(ShapeError, match=r"^a: "):
        normalisation.batch_norm_forward(a[0], gain, b)
    with pytest.raises(RangeError, match="at least 2 rows"):
        normalisation.batch_norm_forward(a[:1], gain, b)
    with pytest.raises(ShapeError, match=r"^var: "):
        normalisation.batch_norm_test(a, gain, b, gain, b[:1])
