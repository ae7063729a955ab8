"""Packed rows give what each row gives alone, in whatever order they stand."""

import numpy as np
import pytest
import torch

from rnn_core.errors import RangeError, ShapeError
from rnn_core.torch_train import run_packed, token_loss

N, T, D, H, LAYERS, V = 5, 7, 3, 4, 2, 9
LENGTHS = {"sorted": [6, 5, 3, 2, 0], "not sorted": [2, 6, 0, 5, 3]}  # none as long as T


def draw(kind, order):
    torch.manual_seed(0)
    module = kind(D, H, num_layers=LAYERS, batch_first=True, dtype=torch.float64)
    lengths = torch.tensor(LENGTHS[order])
    mask = torch.arange(T) < lengths[:, None]
    x = torch.randn(N, T, D, dtype=torch.float64)
    x[~mask] = float("nan")  # what stands in the padding must not matter
    states = [torch.randn(LAYERS, N, H, dtype=torch.float64) for _ in range(2 if kind is torch.nn.LSTM else 1)]
    return module, x, mask, lengths, tuple(states) if len(states) == 2 else states[0]


def parts_of(state):
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize("order", LENGTHS)
@pytest.mark.parametrize("kind", [torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU])
@pytest.mark.parametrize("given", [True, False])
def test_it_is_what_each_row_gives_alone(kind, order, given):
    module, x, mask, lengths, state = draw(kind, order)
    state = state if given else None
    x.requires_grad_(True)
    h, after = run_packed(module, x, mask, state)
    assert h.shape == (N, T, H) and (h[~mask] == 0).all()
    weight = torch.randn(N, T, H, dtype=torch.float64)
    (h * weight).sum().backward()
    dx, grads = x.grad, [p.grad.clone() for p in module.parameters()]
    module.zero_grad()
    alone = x.detach().clone().requires_grad_(True)
    total = 0
    for n, length in enumerate(lengths):
        rows = slice(n, n + 1)
        before = [s[:, rows].contiguous() for s in parts_of(state)] if given else None
        if length == 0:
            want = before if given else [torch.zeros(LAYERS, 1, H)] * len(parts_of(after))
        else:
            out, last = module(
                alone[rows, :length], None if before is None else tuple(before) if len(before) > 1 else before[0]
            )
            assert (h[n, :length] - out[0]).abs().max() < 1e-15
            total, want = total + (out[0] * weight[n, :length]).sum(), parts_of(last)
        for got, w in zip(parts_of(after), want, strict=True):
            assert (got[:, rows] - w).abs().max() < 1e-15
    total.backward()
    assert torch.allclose(dx[mask], alone.grad[mask], rtol=1e-12, atol=1e-15) and (dx[~mask] == 0).all()
    for got, p in zip(grads, module.parameters(), strict=True):
        assert torch.allclose(got, p.grad, rtol=1e-12, atol=1e-14)


def test_all_rows_may_be_empty():
    module, x, mask, _, state = draw(torch.nn.LSTM, "sorted")
    h, after = run_packed(module, x, torch.zeros_like(mask), state)
    assert (h == 0).all() and all(map(torch.equal, after, state))
    h.sum().backward()
    assert all((p.grad == 0).all() for p in module.parameters())  # zero, not missing: other processes wait for it


def test_a_mask_with_a_gap_is_refused():
    module, x, mask, _, _ = draw(torch.nn.GRU, "sorted")
    mask[0, 1] = False
    with pytest.raises(RangeError, match="mask: expected real steps first in every row, got a gap"):
        run_packed(module, x, mask)
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(5, 7\)"):
        run_packed(module, x, mask[:, :-1])


def test_the_loss_counts_real_tokens_only():
    from rnn_core.loss import cross_entropy

    torch.manual_seed(1)
    logits = torch.randn(N, T, V, dtype=torch.float64, requires_grad=True)
    targets, mask = torch.randint(V, (N, T)), torch.arange(T) < torch.tensor(LENGTHS["not sorted"])[:, None]
    targets[~mask] = 10**6
    total, tokens = token_loss(logits, targets, mask)
    want, dlogits = cross_entropy(logits.detach().numpy(), targets.numpy(), mask.numpy())
    assert int(tokens) == 16 and float(total.detach()) / 16 == pytest.approx(want, rel=1e-14)
    total.backward()
    np.testing.assert_allclose(logits.grad.numpy() / 16, dlogits, rtol=1e-12, atol=1e-16)
