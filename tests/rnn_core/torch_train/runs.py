"""What these tests share: a small model of language, ragged documents, and an optimiser that notes gradients."""

import functools

import numpy as np
import torch

from rnn_core.torch_train import LanguageModel, Profile, document_windows, fit, language_loss, shuffled

V, D, H, LAYERS, N, T = 11, 3, 7, 2, 6, 5


class Noting(torch.optim.SGD):
    """Gradient descent that keeps each gradient that it is given."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, lr)
        self.seen = []

    def step(self, *more):
        self.seen.append([p.grad.clone() for group in self.param_groups for p in group["params"]])
        return super().step(*more)


def profile(**changes):
    sizes = {"D": D, "H": H, "layers": LAYERS, "N": N, "T": T, "lr": 0.1, "clip": None, "steps": 8}
    return Profile(**{"name": "test", "device": "cpu", **sizes, **changes})


def make_model(seed=0, dropout=0.0, dtype=torch.float64, **more):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LanguageModel(V, D, H, LAYERS, dropout, **more).to(dtype)


@functools.cache
def documents():
    """Documents of 2 to 17 ids, so that every window is ragged."""
    rng = np.random.default_rng(1)
    return [rng.integers(V, size=rng.integers(2, 18)) for _ in range(23)]


def batches(turn):
    return document_windows(documents(), N, T, shuffled(len(documents()), 3, turn))


def train(model=None, optimizer=None, loss=language_loss, data=batches, on_step=None, every=60.0, **settings):
    """A run; `settings` are those of the profile, and what `fit` takes. Returns: model, optimizer, History."""
    own = {name: settings.pop(name) for name in ("checkpoint", "scheduler", "live", "unit") if name in settings}
    model = model or make_model()
    optimizer = optimizer or Noting(model.parameters())
    return model, optimizer, fit(model, loss, data, optimizer, profile(**settings), on_step=on_step, every=every, **own)


def same_bits(one, other):
    """Whether two models hold the same numbers, bit for bit."""
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def far(got, want):
    """The largest difference between two lists of tensors, relative to the largest number of each."""
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in zip(got, want, strict=True))
