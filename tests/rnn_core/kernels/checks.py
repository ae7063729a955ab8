"""What the tests of the kernels share: one net, its twin in float64 on the plain cells, and all their gradients."""

import copy

import torch

from rnn_core.kernels import GRU, LSTM, RNN, LayerNormLSTM

MODULES = {"tanh": RNN, "lstm": LSTM, "gru": GRU, "layer-norm": LayerNormLSTM}


def net(cls, D, H, seed=0, **kwargs):
    """A module whose biases and gains are all different."""
    torch.manual_seed(seed)
    module = cls(D, H, **kwargs)
    with torch.no_grad():
        for p in module.parameters():
            p.add_(0.2 * torch.randn_like(p))
    return module


def draw(module, T, N, seed=1):
    """x (T, N, D), states that are not 0, and a ragged mask (N, T): row 0 whole, row 1 empty, gaps in the others."""
    torch.manual_seed(seed)
    weight, S = next(module.parameters()), len(module.kind.states)
    layers = module.num_layers * (1 + module.bidirectional)
    like = {"device": weight.device, "dtype": weight.dtype}
    x = torch.randn(T, N, module.input_size, **like)
    state = tuple(0.5 * torch.randn(layers, N, module.hidden_size, **like) for _ in range(S))
    mask = torch.rand(N, T, device=weight.device) < 0.7
    mask[0], mask[1 % N] = True, False
    return x, state, mask


def twin(module):
    """The same net in float64, on the plain cells."""
    other = copy.deepcopy(module).double()
    other.way = "plain"
    return other


def run(module, x, state, mask, seed=2):
    """The results, and the gradients of a random sum of them by all that went in. Returns: dict of tensors by name."""
    dtype = next(module.parameters()).dtype
    x, *state = (s.detach().to(dtype, copy=True).requires_grad_() for s in (x, *state))
    module.zero_grad()
    h, end = module(x, tuple(state) if len(state) > 1 else state[0], mask=mask)
    outputs = [h, *(end if isinstance(end, tuple) else (end,))]
    generator = torch.Generator().manual_seed(seed)
    shares = [torch.randn(o.shape, generator=generator).to(o) for o in outputs]
    torch.autograd.backward(outputs, shares)
    named = {"h": h, **{f"end {k}": o for k, o in enumerate(outputs[1:])}, "dx": x.grad}
    named |= {f"dstate {k}": s.grad for k, s in enumerate(state)}
    return {k: v.detach() for k, v in named.items()} | {k: p.grad.clone() for k, p in module.named_parameters()}


def far(got, want):
    """For each name the distance as a share of what should be. A missing or wrong shape, or NaN, is infinitely far."""
    assert got.keys() == want.keys()
    result = {}
    for name, w in want.items():
        assert got[name].shape == w.shape, name
        away = (got[name].double() - w.double()).norm() / w.double().norm()
        result[name] = away.item() if away.isfinite() else float("inf")
    return result


def close(got, want, rtol):
    """Every result and every gradient within rtol of what it should be."""
    distances = far(got, want)
    assert max(distances.values()) <= rtol, {name: d for name, d in distances.items() if not d <= rtol}
