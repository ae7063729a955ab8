"""The references that lesson 3 has of its own, against torch in float64 and central differences."""

import numpy as np
import pytest
import torch

from autograder.checks.bptt import reference
from autograder.checks.bptt.masked_loss import masked_cross_entropy
from rnn_core import rnn
from rnn_core.gradcheck import check_directions
from rnn_core.init import rnn_params

N, T, D, H, V = 3, 6, 2, 5, 7
CLOSE = dict(rtol=1e-10, atol=1e-14)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def draw(rng, *shapes):
    return [0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes]


def leaves(*arrays):
    return [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]


def states(x, h, W_xh, W_hh, b, mask=None):
    """The states of a tanh cell in torch, (N, T, H)."""
    found = []
    for t in range(x.shape[1]):
        new = torch.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        h = new if mask is None else torch.where(torch.tensor(mask[:, t, None]), new, h)
        found.append(h)
    return torch.stack(found, dim=1)


def same_as_autograd(grads, tensors):
    for ours, tensor in zip(grads, tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad.numpy(), **CLOSE)


def test_two_step_gradient(rng):
    args = draw(rng, *[()] * 7)
    x1, x2, h0, w, u, b, target = tensors = leaves(*args)
    ((torch.tanh(w * x2 + u * torch.tanh(w * x1 + u * h0 + b) + b) - target) ** 2 / 2).backward()
    same_as_autograd(reference.two_step_gradient(*args), [w, u, b, h0])
    assert len(tensors) == 7


def test_backward_over_a_list_of_caches(rng):
    args = draw(rng, (N, T, D), (N, H), (D, H), (H, H), (H,))
    dh = rng.standard_normal((N, T, H))
    tensors = leaves(*args)
    (states(*tensors) * torch.tensor(dh)).sum().backward()
    grads = reference.backward(dh, reference.forward(*args)[1])
    same_as_autograd(grads, tensors)
    for ours, theirs in zip(grads, rnn.backward(dh, rnn.forward(*args)[1]), strict=True):
        np.testing.assert_allclose(ours, theirs, **CLOSE)


def test_chosen_steps_gradient(rng):
    args, steps = draw(rng, (N, T, D), (N, H), (D, H), (H, H), (H,)), [1, 4]
    targets = rng.standard_normal((N, T, H))
    h, cache = reference.forward(*args)
    loss, g = reference.chosen_steps_gradient(h, targets, steps, cache)
    x, state, W_xh, W_hh, b = leaves(*args)
    each = []
    for t in range(T):
        state = torch.tanh(x[:, t] @ W_xh + state @ W_hh + b)
        state.retain_grad()
        each.append(state)
    theirs = sum(((each[t] - torch.tensor(targets[:, t])) ** 2).sum() / 2 for t in steps) / (N * len(steps))
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    same_as_autograd(g.swapaxes(0, 1)[:5], each[:5])
    assert each[5].grad is None and not g[:, 5].any()


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_gradient_errors(rng, size):
    params = dict(zip("Wb", draw(rng, (3, 4), (4,)), strict=True))
    x = rng.standard_normal((2, 3))

    def loss(p):
        return size * float(np.sum(np.tanh(x @ p["W"] + p["b"])))

    slope = size * (1 - np.tanh(x @ params["W"] + params["b"]) ** 2)
    grads, directions = (
        {"W": x.T @ slope, "b": slope.sum(axis=0)},
        dict(zip("Wb", draw(rng, (3, 4), (4,)), strict=True)),
    )
    assert max(reference.gradient_errors(loss, params, grads, directions).values()) < 1e-8
    wrong = {name: 9 * g for name, g in grads.items()}
    for error in reference.gradient_errors(loss, params, wrong, directions).values():
        assert error == pytest.approx(8 / 9, rel=1e-6)


def test_masked_steps_over_a_ragged_batch(rng):
    args = draw(rng, (N, T, D), (N, H), (D, H), (H, H), (H,))
    mask, R = np.arange(T) < np.array([4, 0, 6])[:, None], rng.standard_normal((N, H))
    tensors = leaves(*args)
    theirs = states(*tensors, mask)
    (theirs[:, -1] * torch.tensor(R)).sum().backward()
    x, h, *weights = args
    caches = []
    for t in range(T):
        h, cache = reference.masked_step_forward(x[:, t], h, *weights, mask[:, t])
        caches.append(cache)
    np.testing.assert_allclose(h, theirs[:, -1].detach().numpy(), **CLOSE)
    dx, carried, sums = np.zeros_like(x), R, [0, 0, 0]
    for t in reversed(range(T)):
        dx[:, t], carried, *shares = reference.masked_step_backward(carried, caches[t])
        sums = [a + b for a, b in zip(sums, shares, strict=True)]
    same_as_autograd([dx, carried, *sums], tensors)
    assert not dx[1].any() and np.array_equal(carried[1], R[1])


def test_masked_cross_entropy(rng):
    logits, targets = rng.standard_normal((N, T, V)), rng.integers(0, V, (N, T))
    mask = np.arange(T) < np.array([4, 0, 6])[:, None]
    (a,) = leaves(logits)
    theirs = torch.nn.functional.cross_entropy(a[torch.tensor(mask)], torch.tensor(targets)[torch.tensor(mask)])
    theirs.backward()
    loss, dlogits = masked_cross_entropy(logits, targets, mask)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    same_as_autograd([dlogits], [a])


def text(rng):
    params = {name: p + 0.2 * rng.standard_normal(p.shape) for name, p in rnn_params(rng, V, H, V).items()}
    ids = rng.integers(0, V, (N, T + 1))
    return params, ids[:, :-1], ids[:, 1:], np.tanh(rng.standard_normal((N, H)))


def test_chunk_gradients(rng):
    params, inputs, targets, h0 = text(rng)
    _, grads, _ = reference.chunk_gradients(params, inputs, targets, h0)
    errors = check_directions(lambda p: reference.chunk_gradients(p, inputs, targets, h0)[0], params, grads, rng)
    assert max(errors.values()) < 1e-8


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_truncated_gradients_are_those_of_detached_states(rng, size):
    params, inputs, targets, h0 = text(rng)
    names = ("W_xh", "W_hh", "b", "W_hy", "b_y")
    W_xh, W_hh, b, W_hy, b_y = tensors = leaves(*(params[name] for name in names))
    h, total = torch.tensor(h0), 0
    for t in range(T):
        if t % size == 0:
            h = h.detach()
        h = torch.tanh(W_xh[inputs[:, t]] + h @ W_hh + b)
        total = total + torch.nn.functional.cross_entropy(h @ W_hy + b_y, torch.tensor(targets[:, t])) / T
    total.backward()
    loss, grads = reference.truncated_gradients(params, inputs, targets, h0, size)
    assert loss == pytest.approx(total.item(), rel=1e-12)
    same_as_autograd([grads[name] for name in names], tensors)


@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_clip_by_global_norm(rng, limit):
    grads = dict(zip("ab", draw(rng, (3, 4), (2,)), strict=True))
    tensors = leaves(*grads.values())
    for tensor, g in zip(tensors, grads.values(), strict=True):
        tensor.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(tensors, limit)
    clipped, ours = reference.clip_by_global_norm(grads, limit)
    assert ours == pytest.approx(norm.item(), rel=1e-12)
    for g, tensor in zip(clipped.values(), tensors, strict=True):
        np.testing.assert_allclose(g, tensor.grad.numpy(), rtol=1e-5)  # torch adds 1e-6 to the norm


def test_bits_a_character():
    assert reference.bits_a_character(np.log([2, 16]), np.array([3, 1])) == pytest.approx((3 * 1 + 1 * 4) / 4)
