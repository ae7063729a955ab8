"""Is it 250 times: one model, one loss, the same weights, by everything that can compute it. See `benchmarks.gpu`.

Embedding of 256 numbers, a GRU of 512 units, one output read at the last step, binary cross-entropy: forward and
backward, no optimiser. Every way says its loss, so that all can be seen to compute the same.
"""

import statistics
import time
from functools import partial

import numpy as np
import torch

from rnn_core import embedding, gru, kernels, layers
from rnn_core.activations import sigmoid

from .gpu_cells import INPUTS, NUMBERS, median_ms, set_tf32


def draw(N, T, V, D, H):
    """Pairs of ids (N, T) and targets (N,), which take turns, and the weights by name: the same for every way."""
    rng = np.random.default_rng(0)
    shapes = {"E": (V, D), "W_xh": (D, 3 * H), "W_hh": (H, 3 * H), "b_x": (3 * H,), "b_h": (3 * H,)}
    shapes |= {"W_hy": (H, 1), "b_y": (1,)}
    params = {k: (rng.standard_normal(s) / np.sqrt(H)).astype(np.float32) for k, s in shapes.items()}
    pairs = [(rng.integers(V, size=(N, T)), rng.integers(2, size=N).astype(np.float32)) for _ in range(INPUTS)]
    return pairs, params


def numpy_step(ids, targets, p, textbook):
    """Loss and gradients by rnn_core, the GRU's steps one by one (the textbook) or by its `forward`."""
    x, embedded = embedding.embed_forward(ids, p["E"])
    N, T, _ = x.shape
    weights = [p[name] for name in ("W_xh", "W_hh", "b_x", "b_h")]
    h, caches = np.zeros((N, len(p["W_hh"])), np.float32), []
    if textbook:
        for t in range(T):
            h, cache = gru.step_forward(x[:, t], h, *weights)
            caches.append(cache)
    else:
        every, cache = gru.forward(x, h, *weights)
        h = every[:, -1]
    y, output = layers.output_forward(h, p["W_hy"], p["b_y"])
    loss = np.mean(np.logaddexp(0, y[:, 0]) - targets * y[:, 0])
    dh, *_ = layers.output_backward(((sigmoid(y[:, 0]) - targets) / N)[:, None].astype(np.float32), output)
    if textbook:
        dx, total = np.empty_like(x), [np.zeros_like(w) for w in weights]
        for t in reversed(range(T)):
            dx[:, t], dh, *grads = gru.step_backward(dh, caches[t])
            total = [a + g for a, g in zip(total, grads, strict=True)]
    else:
        dall = np.zeros_like(every)
        dall[:, -1] = dh
        dx, *_ = gru.backward(dall, cache)
    embedding.embed_backward(dx, embedded)
    return float(loss)


def by_numpy(sizes, batches, textbook, budget):
    rows = []
    for N in batches:
        pairs, params = draw(N, **sizes)
        taken, losses, began = [], [], time.perf_counter()
        for k in range(6):  # the first is not counted, but where there is no time for more
            start = time.perf_counter()
            losses.append(numpy_step(*pairs[k % INPUTS], params, textbook))
            taken.append((time.perf_counter() - start) * 1000)
            if time.perf_counter() - began > 8 or budget.left() < 5 * taken[-1] / 1000:
                break
        rows.append(answer(N, sizes, statistics.median(taken[1:] or taken), len(taken[1:]) or 1, losses[0]))
        if budget.left() < 10 * taken[-1] / 1000:  # the next batch is eight times as large
            break
    return rows


class Model(torch.nn.Module):
    """The same model in torch, on any module with the arguments of torch.nn.GRU."""

    def __init__(self, recurrent, params):
        super().__init__()
        p = {name: torch.tensor(array) for name, array in params.items()}
        (V, D), H = p["E"].shape, len(p["W_hh"])
        self.embedding = torch.nn.Embedding(V, D, _weight=p["E"])
        self.gru, self.output = recurrent(D, H, batch_first=True), torch.nn.Linear(H, 1)
        names = {
            "weight_ih_l0": p["W_xh"].T,
            "weight_hh_l0": p["W_hh"].T,
            "bias_ih_l0": p["b_x"],
            "bias_hh_l0": p["b_h"],
        }
        self.gru.load_state_dict(names)
        self.output.load_state_dict({"weight": p["W_hy"].T, "bias": p["b_y"]})

    def forward(self, ids, targets):
        h, _ = self.gru(self.embedding(ids))
        y = self.output(h[:, -1])[:, 0].float()
        return torch.nn.functional.binary_cross_entropy_with_logits(y, targets)


def by_torch(sizes, batches, recurrent, device, budget, precision="fp32"):
    rows = []
    set_tf32(precision == "tf32")
    for N in batches:
        if budget.left() < 8:
            break
        pairs, params = draw(N, **sizes)
        arrays = [tuple(map(torch.tensor, pair)) for pair in pairs]
        others = [tuple(a.to(device) for a in pair) for pair in arrays[1:]]
        if device.type == "cuda":
            torch.cuda.synchronize()
        began = time.perf_counter()
        on_device = [tuple(a.to(device) for a in arrays[0]), *others]
        if device.type == "cuda":
            torch.cuda.synchronize()
        transfer = (time.perf_counter() - began) * 1000
        try:
            model, losses = Model(recurrent, params).to(device, NUMBERS[precision]), {}

            def call(k):
                model.zero_grad(set_to_none=True)  # noqa: B023
                loss = model(*on_device[k % INPUTS])  # noqa: B023
                loss.backward()
                losses[k] = loss.detach()  # noqa: B023

            ms, calls, first = median_ms(call, device, most=20, seconds=1)
            row = answer(N, sizes, ms, calls, losses[0].item()) | {"first_ms": first, "transfer_ms": transfer}
            rows.append(row | {"path": getattr(model.gru, "path", None)})
        except Exception as error:
            rows.append({"N": N, "failed": f"{type(error).__name__}: {error}"[:2000]})
    return rows


def answer(N, sizes, ms, calls, loss):
    return {"N": N, "ms": ms, "us_a_token": ms * 1000 / (N * sizes["T"]), "calls": calls, "loss": loss}


def on_cpu(name, sizes, batches, budget):
    """One library in this process, with as many threads as its environment allows."""
    if name.startswith("numpy"):
        return by_numpy(sizes, batches, name == "numpy textbook", budget)
    if name == "torch one core":
        torch.set_num_threads(1)
    return by_torch(sizes, batches, torch.nn.GRU, torch.device("cpu"), budget)


def on_gpu(name, sizes, batches, device, budget):
    """The loop of plain cells, cuDNN, or the kernels, in each precision."""
    result = {}
    for precision in ("fp32", "tf32", "bf16"):
        told = {"precision": "tf32" if precision == "tf32" else "ieee", "way": "plain" if name == "loop" else "steps"}
        recurrent = torch.nn.GRU if name == "cudnn" else partial(kernels.GRU, **told)
        result[precision] = by_torch(sizes, batches, recurrent, device, budget, precision)
    return result
