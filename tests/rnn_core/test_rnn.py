import numpy as np
import pytest
import torch

from rnn_core import gradcheck, rnn
from rnn_core.errors import RangeError, ShapeError

from .cell_checks import Twin, minds_no_padding, takes_no_sequences
from .common import MASK, D, H, N, T, agree

NAMES = "x", "h0", "W_xh", "W_hh", "b"


def draw(N=N, T=T, seed=0, dtype=np.float64):
    """x, h0, W_xh, W_hh, b, and the gradient that arrives at h."""
    rng = np.random.default_rng(seed)
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H)
    return [(0.7 * rng.standard_normal(shape)).astype(dtype) for shape in shapes]


def by_torch(x, h0, W_xh, W_hh, b, dh, mask=None):
    """The same by torch's own tanh cell, step by step; the gradients by its autograd."""
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, h0, W_xh, W_hh, b)]
    x, h, W_xh, W_hh, b = leaves
    states = []
    for t in range(x.shape[1]):
        new = torch.nn.RNNCell(D, H, dtype=torch.float64)
        new = torch.func.functional_call(
            new, {"weight_ih": W_xh.T, "weight_hh": W_hh.T, "bias_ih": b, "bias_hh": 0 * b}, (x[:, t], h)
        )
        h = new if mask is None else torch.where(torch.tensor(mask[:, t, None] > 0), new, h)
        states.append(h)
    states = torch.stack(states, 1)
    states.backward(torch.tensor(dh))
    return states.detach().numpy(), [leaf.grad.numpy() for leaf in leaves]


def test_step_against_torch():
    x, h0, W_xh, W_hh, b, dh = draw(T=1)
    want, gradients = by_torch(x, h0, W_xh, W_hh, b, dh)
    h_next, cache = rnn.step_forward(x[:, 0], h0, W_xh, W_hh, b)
    agree(h_next, want[:, 0])
    for got, want in zip(rnn.step_backward(dh[:, 0], cache), [gradients[0][:, 0], *gradients[1:]], strict=True):
        agree(got, want)
    assert all(a is b for a, b in zip(cache, (x[:, 0], h0, W_xh, W_hh, h_next), strict=True) if a.base is None)


@pytest.mark.parametrize("N", [1, 2])
@pytest.mark.parametrize("T", [1, 5])
def test_sequence_against_torch(N, T):
    *args, dh = draw(N, T)
    want, gradients = by_torch(*args, dh)
    h, cache = rnn.forward(*args)
    agree(h, want)
    for got, want in zip(rnn.backward(dh, cache), gradients, strict=True):
        agree(got, want)


def test_ragged_masks_against_torch():
    *args, dh = draw(N=len(MASK))
    want, gradients = by_torch(*args, dh, MASK)
    for mask in (MASK, MASK.astype(bool), MASK.astype(np.float32)):
        h, cache = rnn.forward(*args, mask)
        agree(h, want)
        for got, want_g in zip(rnn.backward(dh, cache), gradients, strict=True):
            agree(got, want_g)


def test_mask_carries_the_state_and_its_gradient():
    x, h0, *weights, dh = draw(N=len(MASK))
    h, cache = rnn.forward(x, h0, *weights, MASK)
    for n, row in enumerate(MASK.astype(bool)):  # leaving the masked steps out gives the same last state
        alone, _ = rnn.forward(x[n : n + 1, row], h0[n : n + 1], *weights)
        agree(h[n, -1], alone[0, -1] if row.any() else h0[n])
    dx, dh0, *_ = rnn.backward(dh, cache)
    assert not dx[MASK == 0].any()
    agree(dh0[2], dh[2].sum(axis=0))  # the empty row hands on every gradient as it came


def test_the_whole_is_its_steps():
    x, h0, *weights, dh = draw()
    h, cache = rnn.forward(x, h0, *weights)
    caches, state = [], h0
    for t in range(T):
        state, step = rnn.step_forward(x[:, t], state, *weights)
        agree(h[:, t], state, 1e-15)
        caches.append(step)
    d, total = np.zeros_like(h0), None
    for t in reversed(range(T)):
        _, d, *grads = rnn.step_backward(d + dh[:, t], caches[t])
        total = grads if total is None else [a + b for a, b in zip(total, grads, strict=True)]
    for got, want in zip(rnn.backward(dh, cache)[1:], [d, *total], strict=True):
        agree(got, want, 1e-14)


@pytest.mark.parametrize("mask", [None, MASK])
def test_gradient_against_differences(mask):
    *args, dh = draw(N=len(MASK))
    _, cache = rnn.forward(*args, mask)
    params = dict(zip(NAMES, args, strict=True))
    grads = dict(zip(NAMES, rnn.backward(dh, cache), strict=True))
    errors = gradcheck.check_directions(
        lambda p: np.sum(dh * rnn.forward(**p, mask=mask)[0]), params, grads, np.random.default_rng(1)
    )
    assert max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize("wrong", ["transposed", "last step only", "no slope"])
def test_the_check_can_fail(wrong):
    x, h0, W_xh, W_hh, b, dh = draw()
    _, cache = rnn.forward(x, h0, W_xh, W_hh, b)
    if wrong == "transposed":
        cache = (x, W_xh, (cache[2][0], W_hh.T, None))
    elif wrong == "last step only":
        dh = dh * (np.arange(T) == T - 1)[:, None]
    else:
        cache = (x, W_xh, (0 * cache[2][0], W_hh, None))
    _, gradients = by_torch(x, h0, W_xh, W_hh, b, draw()[-1])
    got = rnn.backward(dh, cache)
    with pytest.raises(AssertionError):
        agree(got[2], gradients[2])


def test_no_steps():
    x, h0, *weights, dh = draw(T=0)
    for mask in (None, np.zeros((N, 0))):
        h, cache = rnn.forward(x, h0, *weights, mask)
        assert h.shape == (N, 0, H)
        dx, dh0, *grads = rnn.backward(dh, cache)
        assert dx.shape == x.shape and dh0.shape == h0.shape and not dh0.any()
        assert [g.shape for g in grads] == [w.shape for w in weights] and not any(g.any() for g in grads)


def test_no_sequences_and_any_padding():
    cell = Twin(rnn.forward, rnn.backward, None, {"W_xh": (D, H), "W_hh": (H, H), "b": (H,)})
    takes_no_sequences(cell)
    minds_no_padding(cell)


def test_types_stay_and_arguments_are_not_changed():
    *args, dh = draw(dtype=np.float32)
    before = [a.copy() for a in (*args, dh)]
    for mask in (None, MASK[:N]):
        h, cache = rnn.forward(*args, mask)
        gradients = rnn.backward(dh, cache)
        assert {a.dtype for a in (h, *gradients)} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip((*args, dh), before, strict=True))
    x, h0, W_xh, W_hh, b, dh = (*args, dh)
    h_next, cache = rnn.step_forward(x[:, 0], h0, W_xh, W_hh, b)
    assert {a.dtype for a in (h_next, *rnn.step_backward(dh[:, 0], cache))} == {np.dtype(np.float32)}


def test_shapes_are_checked_at_the_door():
    good = dict(zip(NAMES, draw(), strict=False))
    wrong = {
        "x": good["x"][0],
        "h0": good["h0"][:1],  # would broadcast
        "W_xh": good["W_xh"].T,
        "W_hh": good["W_hh"][:, :-1],
        "b": good["b"][None],  # would broadcast
    }
    for name, array in wrong.items():
        with pytest.raises(ShapeError, match=rf"^({name}|W_hh|h0): expected shape"):
            rnn.forward(**{**good, name: array})
        step = {**good, "x": good["x"][:, 0], name: array[0] if name == "x" else array}
        step["h"] = step.pop("h0")
        with pytest.raises(ShapeError, match=rf"^({name}|h): expected shape"):
            rnn.step_forward(**step)
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(2, 5\), got \(5, 2\)"):
        rnn.forward(**good, mask=np.ones((T, N)))
    with pytest.raises(RangeError, match="mask"):
        rnn.forward(**good, mask=np.full((N, T), 0.5))
    _, cache = rnn.forward(**good)
    with pytest.raises(ShapeError, match=r"^dh: "):
        rnn.backward(np.ones((N, 1, H)), cache)
