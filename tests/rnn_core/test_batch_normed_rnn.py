import numpy as np
import pytest
import torch

from rnn_core import batch_normed_rnn, gradcheck
from rnn_core.errors import RangeError, ShapeError
from rnn_core.normalisation import RunningStatistics

from .common import D, H, T, agree

N = 4
NAMES = "x", "h0", "W_xh", "W_hh", "gain", "b"


def draw(N=N, T=T, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,), (H,), (N, T, H)
    return [(0.7 * rng.standard_normal(shape)).astype(dtype) for shape in shapes]


def by_torch(norm, x, h, W_xh, W_hh):
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(norm(t, x[:, t] @ W_xh + h @ W_hh))
        states.append(h)
    return torch.stack(states, 1)


@pytest.mark.parametrize("steps", [1, T])
def test_training_and_test_against_torch(steps):
    *args, dh = draw()
    leaves = [torch.tensor(a, requires_grad=True) for a in args]
    norms = [torch.nn.BatchNorm1d(H, dtype=torch.float64) for _ in range(steps)]

    def norm(t, a):
        weights = {"weight": leaves[4], "bias": leaves[5]}
        return torch.func.functional_call(norms[min(t, steps - 1)], weights, a)

    want = by_torch(norm, *leaves[:4])
    want.backward(torch.tensor(dh))
    statistics = RunningStatistics(H, steps)
    h, cache = batch_normed_rnn.forward(*args, statistics)
    agree(h, want.detach())
    for got, leaf in zip(batch_normed_rnn.backward(dh, cache), leaves, strict=True):
        agree(got, leaf.grad)
    agree(statistics.mean, np.array([n.running_mean.numpy() for n in norms]))
    agree(statistics.var, np.array([n.running_var.numpy() for n in norms]))
    for each in norms:
        each.eval()
    x, h0, *_ = draw(N=2, T=T + 3, seed=1)  # other rows, and longer than any sequence seen
    longer = by_torch(norm, torch.tensor(x), torch.tensor(h0), *leaves[2:4])
    agree(batch_normed_rnn.forward_test(x, h0, *args[2:], statistics), longer.detach())


def test_gradient_against_differences():
    *args, dh = draw()
    _, cache = batch_normed_rnn.forward(*args)
    params = dict(zip(NAMES, args, strict=True))
    grads = dict(zip(NAMES, batch_normed_rnn.backward(dh, cache), strict=True))
    errors = gradcheck.check_directions(
        lambda p: np.sum(dh * batch_normed_rnn.forward(**p)[0]), params, grads, np.random.default_rng(1)
    )
    assert max(errors.values()) < 1e-7, errors


def test_rows_act_on_each_other_in_training_only():
    *args, _ = draw()
    statistics = RunningStatistics(H, T)
    h, _ = batch_normed_rnn.forward(*args, statistics)
    tested = batch_normed_rnn.forward_test(*args, statistics)
    args[0][-1] += 1  # another last row
    assert np.abs(batch_normed_rnn.forward(*args)[0][0] - h[0]).max() > 1e-3
    assert np.array_equal(batch_normed_rnn.forward_test(*args, statistics)[:-1], tested[:-1])


def test_types_stay_and_arguments_are_not_changed():
    *args, dh = draw(dtype=np.float32)
    before = [a.copy() for a in (*args, dh)]
    statistics = RunningStatistics(H, T, dtype=np.float32)
    h, cache = batch_normed_rnn.forward(*args, statistics)
    results = h, *batch_normed_rnn.backward(dh, cache), batch_normed_rnn.forward_test(*args, statistics)
    assert {a.dtype for a in results} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip((*args, dh), before, strict=True))


def test_errors():
    *args, dh = draw()
    for k, name in enumerate(NAMES):
        wrong = [a[..., :-1] if j == k else a for j, a in enumerate(args)]
        with pytest.raises(ShapeError, match=r"^W_xh: " if name == "x" else rf"^{name}: "):
            batch_normed_rnn.forward(*wrong)
    _, cache = batch_normed_rnn.forward(*args)
    with pytest.raises(ShapeError, match=r"^dh: "):
        batch_normed_rnn.backward(dh[:, :1], cache)
    with pytest.raises(RangeError, match="at least 2 rows"):
        batch_normed_rnn.forward(args[0][:1], args[1][:1], *args[2:])
