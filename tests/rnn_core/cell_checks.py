"""What every cell must do, held against a loop of torch's own operations, and against differences."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch

from rnn_core import gradcheck
from rnn_core.errors import RangeError, ShapeError

from .common import MASK, D, H, N, T, agree


class Twin(NamedTuple):
    """A cell of ours, and its step in torch: step(x, *states, *weights) gives the new states."""

    forward: Callable
    backward: Callable
    step: Callable
    shapes: dict  # of the weights, by name
    states: tuple = ("h0",)
    prepare: Callable = list  # makes arguments of what was drawn


def draw(twin, N=N, T=T, dtype=np.float64, seed=0):
    """The arguments of forward, and what arrives at each history from outside."""
    rng = np.random.default_rng(seed)
    shapes = (N, T, D), *[(N, H) for _ in twin.states], *twin.shapes.values(), *[(N, T, H) for _ in twin.states]
    arrays = [(0.7 * rng.standard_normal(shape)).astype(dtype) for shape in shapes]
    S = len(twin.states)
    return twin.prepare(arrays[:-S]), arrays[-S:]


def by_torch(twin, args, dhs, mask=None):
    """The histories, and the gradients of all arguments by autograd."""
    leaves = [torch.tensor(array, requires_grad=True) for array in args]
    S = len(twin.states)
    x, states, weights = leaves[0], leaves[1 : 1 + S], leaves[1 + S :]
    histories = [[] for _ in states]
    for t in range(x.shape[1]):
        new = twin.step(x[:, t], *states, *weights)
        runs = torch.ones(len(x), 1) > 0 if mask is None else torch.tensor(mask[:, t, None] > 0)
        states = [torch.where(runs, a, b) for a, b in zip(new, states, strict=True)]
        for history, state in zip(histories, states, strict=True):
            history.append(state)
    histories = [torch.stack(history, 1) for history in histories]
    sum((h * torch.tensor(d)).sum() for h, d in zip(histories, dhs, strict=True)).backward()
    return [h.detach().numpy() for h in histories], [leaf.grad.numpy() for leaf in leaves]


def agrees_with_torch(twin, N=N, T=T, mask=None):
    args, dhs = draw(twin, N, T)
    want, gradients = by_torch(twin, args, dhs, mask)
    *histories, cache = twin.forward(*args, mask=mask)
    for got, expected in zip(histories, want, strict=True):
        agree(got, expected)
    for got, expected in zip(twin.backward(*dhs, cache), gradients, strict=True):
        agree(got, expected)


def agrees_with_differences(twin, mask=None):
    args, dhs = draw(twin, N=len(MASK))
    *_, cache = twin.forward(*args, mask=mask)
    names = "x", *twin.states, *twin.shapes
    grads = dict(zip(names, twin.backward(*dhs, cache), strict=True))

    def loss(params):
        *histories, _ = twin.forward(*params.values(), mask=mask)
        return sum(np.sum(d * h) for d, h in zip(dhs, histories, strict=True))

    errors = gradcheck.check_directions(loss, dict(zip(names, args, strict=True)), grads, np.random.default_rng(1))
    assert max(errors.values()) < 1e-7, errors


def is_its_steps(twin, step_forward, step_backward):
    """The whole sequence equals its steps, forwards and backwards."""
    (x, *rest), dhs = draw(twin)
    S = len(twin.states)
    now, weights, caches = rest[:S], rest[S:], []
    *histories, cache = twin.forward(x, *rest)
    for t in range(T):
        *now, step = step_forward(x[:, t], *now, *weights)
        for history, state in zip(histories, now, strict=True):
            agree(history[:, t], state, 1e-14)
        caches.append(step)
    ds, total, dx = [np.zeros((N, H))] * S, [0] * len(weights), np.zeros_like(x)
    for t in reversed(range(T)):
        dx[:, t], *grads = step_backward(*(d + dh[:, t] for d, dh in zip(ds, dhs, strict=True)), caches[t])
        ds = grads[:S]
        total = [a + b for a, b in zip(total, grads[S:], strict=True)]
    for got, want in zip(twin.backward(*dhs, cache), [dx, *ds, *total], strict=True):
        agree(got, want, 1e-13)


def carries_over_gaps(twin):
    """Leaving masked steps out gives the same last state; an empty row hands every gradient on as it came."""
    (x, *rest), dhs = draw(twin, N=len(MASK))
    firsts, weights = rest[: len(twin.states)], rest[len(twin.states) :]
    *histories, cache = twin.forward(x, *rest, mask=MASK)
    for n, row in enumerate(MASK.astype(bool)):
        *alone, _ = twin.forward(x[n : n + 1, row], *(s[n : n + 1] for s in firsts), *weights)
        for history, a, first in zip(histories, alone, firsts, strict=True):
            agree(history[n, -1], a[0, -1] if row.any() else first[n], 1e-14)
    dx, *grads = twin.backward(*dhs, cache)
    assert not dx[MASK == 0].any() and dx[MASK > 0].all()
    for dfirst, dh in zip(grads, dhs, strict=False):
        agree(dfirst[2], dh[2].sum(axis=0), 1e-14)


def keeps_types_and_arguments(twin):
    args, dhs = draw(twin, N=len(MASK), dtype=np.float32)
    before = [a.copy() for a in (*args, *dhs)]
    for mask in (None, MASK):
        *histories, cache = twin.forward(*args, mask=mask)
        gradients, again = twin.backward(*dhs, cache), twin.backward(*dhs, cache)
        assert {a.dtype for a in (*histories, *gradients)} == {np.dtype(np.float32)}
        assert all(np.array_equal(a, b) for a, b in zip(gradients, again, strict=True))  # the cache is left as it was
    assert all(np.array_equal(a, b) for a, b in zip((*args, *dhs), before, strict=True))


def takes_no_steps(twin):
    args, dhs = draw(twin, T=0)
    *histories, cache = twin.forward(*args, mask=np.zeros((N, 0)))
    assert {h.shape for h in histories} == {(N, 0, H)}
    gradients = twin.backward(*dhs, cache)
    assert [np.shape(g) for g in gradients] == [np.shape(a) for a in args]
    assert not any(np.any(g) for g in gradients)


def takes_no_sequences(twin):
    args, dhs = draw(twin, N=0)
    for mask in (None, np.zeros((0, T))):
        *histories, cache = twin.forward(*args, mask=mask)
        assert {h.shape for h in histories} == {(0, T, H)}
        gradients = twin.backward(*dhs, cache)
        assert [np.shape(g) for g in gradients] == [np.shape(a) for a in args]
        assert not any(np.any(g) for g in gradients)


def minds_no_padding(twin):
    """Whatever stands where the mask is 0, NaN too: states and gradients are the same to the last bit."""
    (x, *rest), dhs = draw(twin, N=len(MASK))
    *want, cache = twin.forward(x, *rest, mask=MASK)
    want += twin.backward(*dhs, cache)
    for value in (0, 1e200, np.inf, -np.inf, np.nan):
        padded = np.where(MASK[:, :, None], x, value)
        *got, cache = twin.forward(padded, *rest, mask=MASK)
        dx, *others = twin.backward(*dhs, cache)
        assert not dx[MASK == 0].any()
        assert all(np.array_equal(a, b) for a, b in zip((*got, dx, *others), want, strict=True)), value


def checks_its_door(twin, step_forward, step_backward):
    """Every array of a wrong shape is named; nothing is broadcast in silence."""
    args, dhs = draw(twin)
    good = dict(zip(("x", *twin.states, *twin.shapes), args, strict=True))
    wrong = {name: array[:1] if name in twin.states else array[..., :-1] for name, array in good.items()}
    wrong["x"], wrong["W_xh"] = good["x"][0], good["W_xh"].T
    at_step = {name: name.removesuffix("0") for name in good}
    for name, array in wrong.items():
        with pytest.raises(ShapeError, match=rf"^{name}: expected shape"):
            twin.forward(**{**good, name: array})
        step = {**good, "x": good["x"][:, 0], name: array[0] if name == "x" else array}
        with pytest.raises(ShapeError, match=rf"^{at_step[name]}: expected shape"):
            step_forward(*step.values())
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(2, 5\), got \(5, 2\)"):
        twin.forward(**good, mask=np.ones((T, N)))
    with pytest.raises(RangeError, match=r"^mask"):
        twin.forward(**good, mask=np.full((N, T), 0.5))
    *_, cache = twin.forward(**good)
    with pytest.raises(ShapeError, match=r"^dh: "):
        twin.backward(*(d[:, :1] for d in dhs), cache)
    *_, cache = step_forward(good["x"][:, 0], *args[1:])
    with pytest.raises(ShapeError, match=r"^dh_next: "):
        step_backward(*(d[:1, 0] for d in dhs), cache)


def bears_saturation(twin, large=1e4):
    """With sums in the millions nothing overflows (a warning would be an error), and all gradients are finite."""
    args, dhs = draw(twin)
    args = [large * a for a in args]
    *histories, cache = twin.forward(*args)
    assert all(np.isfinite(a).all() for a in (*histories, *twin.backward(*dhs, cache)))


def check(twin, step_forward, step_backward):
    """All of the above but saturation, for a cell with nothing of its own."""
    for mask in (None, MASK, MASK.astype(bool), MASK.astype(np.float32)):
        agrees_with_torch(twin, N=N if mask is None else len(MASK), mask=mask)
    agrees_with_torch(twin, N=1, T=1)
    for mask in (None, MASK):
        agrees_with_differences(twin, mask)
    is_its_steps(twin, step_forward, step_backward)
    carries_over_gaps(twin)
    keeps_types_and_arguments(twin)
    takes_no_steps(twin)
    takes_no_sequences(twin)
    minds_no_padding(twin)
    checks_its_door(twin, step_forward, step_backward)
