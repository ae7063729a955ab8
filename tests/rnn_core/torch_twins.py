"""torch.nn's own recurrent nets with our weights: what tests of nets of several cells are held against."""

import numpy as np
import torch

from rnn_core import cells

TORCH = {cells.TANH: torch.nn.RNN, cells.LSTM: torch.nn.LSTM, cells.GRU: torch.nn.GRU}
ALL = list(TORCH)
NAMES = [kind.__name__.lower() for kind in TORCH.values()]


def flat(state):
    """The arrays of a state, from the first layer on, ahead before back, h before c."""
    return [a for part in state for a in flat(part)] if isinstance(state, tuple) else [state]


def like(state, arrays):
    """The same arrays in the form of `state`."""
    arrays = iter(arrays)

    def fill(part):
        return tuple(fill(each) for each in part) if isinstance(part, tuple) else next(arrays)

    return fill(state)


def draw_state(rng, cell, N, H, layers=1, both=False):
    """A random state of a stack."""
    states = [tuple(0.5 * rng.standard_normal((N, H)) for _ in cell.states) for _ in range(layers * (1 + both))]
    return tuple(zip(states[::2], states[1::2], strict=True)) if both else tuple(states)


def draw_biases(rng, params):
    """The same parameters with biases that are not 0."""
    return {n: 0.5 * rng.standard_normal(p.shape) if p.ndim == 1 else p for n, p in params.items()}


def net(cell, params, x, state, layers=1, both=False):
    """A stack by torch: tensors in, h (N, T, K) and the flat list of last states out. x may be packed."""
    weights = {}
    for l in range(layers):
        for way in ("", "back.")[: 1 + both]:
            p, end = cells.under(params, f"layer{l + 1}.{way}"), f"_l{l}{'_reverse' if way else ''}"
            biases = (p["b_x"], p["b_h"]) if "b_x" in p else (p["b"], 0 * p["b"])
            weights |= {"weight_ih" + end: p["W_xh"].T, "weight_hh" + end: p["W_hh"].T}
            weights |= {"bias_ih" + end: biases[0], "bias_hh" + end: biases[1]}
    D, H = params["layer1.W_xh"].shape[0], params["layer1.W_hh"].shape[0]
    S = len(cell.states)
    module = TORCH[cell](D, H, layers, batch_first=True, bidirectional=both, dtype=torch.float64)
    start = tuple(torch.stack(flat(state)[k::S]) for k in range(S))
    h, end = torch.func.functional_call(module, weights, (x, start if S == 2 else start[0]))
    end = end if S == 2 else (end,)
    return h, [each[k] for k in range(layers * (1 + both)) for each in end]


def masked_net(cell, params, x, state, mask, layers=1, both=False):
    """The same row by row, each without its masked steps; h is 0 there."""
    H = params["layer1.W_hh"].shape[0]
    h, ends = torch.zeros(*x.shape[:2], H * (1 + both), dtype=torch.float64), []
    for n, row in enumerate(np.asarray(mask) > 0):
        end = [s[n : n + 1] for s in flat(state)]
        if row.any():
            alone, end = net(cell, params, x[n : n + 1, row], like(state, end), layers, both)
            h[n, row] = alone[0]
        ends.append(end)
    return h, [torch.cat(each) for each in zip(*ends, strict=True)]


def tensors(params):
    """Leaves for autograd."""
    return {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
