"""One small language model in several ways, so that what is timed is the same: an embedding, a GRU, an output layer.

A step is one of training: the mean cross-entropy of a batch, and its gradient at every parameter. Python goes on while
a GPU works, so a way brings what waits for it. Nothing here is fast because it computes less: tests hold the loss and
the gradients of all ways against each other.
"""

import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy as torch_cross_entropy

from rnn_core import cells, gru
from rnn_core.embedding import embed_backward, embed_forward
from rnn_core.init import glorot
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy
from rnn_core.torch_cells import GRUCell
from rnn_core.torch_weights import to_torch

NAMES = "E", "W_xh", "W_hh", "b_x", "b_h", "W_hy", "b_y"


class Way(NamedTuple):
    """How a model is trained somewhere.

    move: brings a batch of ids there. step: from what `move` gave to loss and gradients, which may stay there.
    synchronise: waits until all that was begun is done.
    """

    move: Callable
    step: Callable
    synchronise: Callable = lambda: None


def claim_params(rng, V, D, H):
    """The parameters in float32: E (V, D), W_xh (D, 3H), W_hh (H, 3H), b_x, b_h (3H,), W_hy (H, V), b_y (V,)."""
    ours = cells.cell_params(rng, cells.GRU, D, H, np.float32)
    E, W_hy = 0.1 * rng.standard_normal((V, D)), glorot(rng, H, V)
    return {"E": E.astype(np.float32), **ours, "W_hy": W_hy.astype(np.float32), "b_y": np.zeros(V, np.float32)}


def claim_batch(rng, V, N, T):
    """Ids (N, T + 1): a row's first T are read, its last T are foretold."""
    return rng.integers(0, V, (N, T + 1))


def textbook_forward(x, h0, W_xh, W_hh, b_x, b_h):
    """The loop over `gru.step_forward`, as a textbook has it: h (N, T, H) and what `textbook_backward` needs."""
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = gru.step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def textbook_backward(dh, caches):
    """The loop back over `gru.step_backward`, which adds the gradients of the weights up."""
    dx, dh_t, total = [], np.zeros_like(dh[:, 0]), None
    for t in reversed(range(len(caches))):
        dx_t, dh_t, *grads = gru.step_backward(dh_t + dh[:, t], caches[t])
        dx.append(dx_t)
        total = grads if total is None else [a + g for a, g in zip(total, grads, strict=True)]
    return np.stack(dx[::-1], axis=1), dh_t, *total


def in_numpy(params, forward, backward):
    """A way in numpy, with these two for the recurrent layer."""
    E, *weights, W_hy, b_y = (params[name] for name in NAMES)

    def step(ids):
        x, embedded = embed_forward(ids[:, :-1], E)
        h0 = np.zeros((len(ids), len(W_hy)), np.float32)
        h, cache = forward(x, h0, *weights)
        y, output = output_forward(h, W_hy, b_y)
        loss, dy = cross_entropy(y, ids[:, 1:])
        dh, dW_hy, db_y = output_backward(dy, output)
        dx, _, *dweights = backward(dh, cache)
        return loss, (embed_backward(dx, embedded), *dweights, dW_hy, db_y)

    return Way(lambda ids: ids, step)


class ClaimModel(nn.Module):
    """The model in torch. recurrent: a GRU from x (N, T, D) to (h (N, T, H), anything)."""

    def __init__(self, params, recurrent):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(torch.tensor(params["E"]), freeze=False)
        self.recurrent = recurrent
        self.output = nn.Linear(*params["W_hy"].shape)
        self.output.load_state_dict({"weight": torch.tensor(params["W_hy"].T), "bias": torch.tensor(params["b_y"])})

    def forward(self, ids):
        """The mean cross-entropy of ids (N, T + 1), in nats."""
        h, _ = self.recurrent(self.embedding(ids[:, :-1]))
        return torch_cross_entropy(self.output(h).flatten(0, 1), ids[:, 1:].flatten())


def in_torch(params, recurrent, device="cpu", threads=None):
    """A way in torch. threads: how many it may use on the CPU."""
    model = ClaimModel(params, recurrent).to(device)
    leaves = list(model.parameters())

    def step(ids):
        if threads and torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        loss = model(ids)
        return loss.detach(), torch.autograd.grad(loss, leaves)

    waits = torch.cuda.synchronize if torch.device(device).type == "cuda" else lambda: None
    return Way(lambda ids: torch.as_tensor(ids).to(device), step, waits)


def fused_gru(params):
    """The course's own kernels behind the arguments of torch.nn.GRU; without a GPU they compute step by step."""
    from rnn_core.kernels import GRU  # brings Triton

    module = GRU(len(params["W_xh"]), len(params["W_hh"]), batch_first=True)
    module.load_state_dict(to_torch(cells.GRU, params).state_dict())
    return module


def ways(params):
    """All ways that this machine has, by name. Their models have the same parameters, and each a copy of them."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = {
        "textbook numpy": in_numpy(params, textbook_forward, textbook_backward),
        "our numpy": in_numpy(params, gru.forward, gru.backward),
        "torch, one thread": in_torch(params, to_torch(cells.GRU, params), threads=1),
        "torch, all threads": in_torch(params, to_torch(cells.GRU, params), threads=processors),
    }
    if torch.cuda.is_available():
        found |= {
            "GPU, loop of steps": in_torch(params, GRUCell(params), "cuda"),
            "GPU, torch.nn": in_torch(params, to_torch(cells.GRU, params), "cuda"),
            "GPU, fused": in_torch(params, fused_gru(params), "cuda"),
        }
    return found


def as_arrays(grads):
    """The gradients of a step by our names, whichever way computed them."""
    if isinstance(grads[0], np.ndarray):
        return dict(zip(NAMES, grads, strict=True))
    E, *weights, W_hy, b_y = (g.cpu().numpy() for g in grads)
    if len(weights[1]) > weights[1].shape[1]:  # torch's own layers have a row where ours has a column
        weights = [w.T for w in weights]
    return dict(zip(NAMES, (E, *weights, W_hy.T, b_y), strict=True))
