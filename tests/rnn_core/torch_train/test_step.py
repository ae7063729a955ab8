"""The gradient of a step: every token counts alike, in parts or at once, and it is clipped as it is."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from rnn_core.errors import RangeError, ShapeError
from rnn_core.torch_train import Window, language_loss

from .runs import H, N, Noting, T, V, batches, far, make_model, same_bits, train


def mean_gradient(model, windows):
    """The gradient of the mean over the tokens of the last window, by plain torch: no packing, no parts."""
    state = None
    for k, window in enumerate(windows):
        inputs, targets, mask, begins = (torch.from_numpy(a) for a in window)
        keep = torch.zeros(2, N, H) if state is None else (~begins)[None, :, None]
        h0, c0 = (torch.zeros(2, N, H, dtype=torch.float64),) * 2 if state is None else [s * keep for s in state]
        losses, h, c = [], h0.clone(), c0.clone()
        for n in range(N):
            real = int(mask[n].sum())
            if real:
                x = model.embedding(inputs[n : n + 1, :real])
                out, (h_n, c_n) = model.recurrent(x, (h0[:, n : n + 1].contiguous(), c0[:, n : n + 1].contiguous()))
                h[:, n], c[:, n] = h_n[:, 0].detach(), c_n[:, 0].detach()
                losses += [cross_entropy(model.output(out[0]), targets[n, :real], reduction="none")]
        state = h, c
        if k + 1 == len(windows):
            mean = torch.cat(losses).mean()
            return float(mean.detach()), torch.autograd.grad(mean, list(model.parameters()))


@pytest.mark.parametrize("parts", [1, 2, 4, 6])
def test_parts_give_the_gradient_of_the_mean_over_all_tokens(parts):
    model, optimizer = make_model(), None
    optimizer = Noting(model.parameters(), lr=0.0)  # the model stays, so that each window can be asked again
    _, _, history = train(model, optimizer, parts=parts, steps=4)
    windows = list(itertools.islice(batches(0), 4))
    for k in range(4):
        loss, grads = mean_gradient(model, windows[: k + 1])
        assert far(optimizer.seen[k], grads) < 1e-12
        assert history.loss[k] == pytest.approx(loss, rel=1e-13) and history.tokens[k] == windows[k].mask.sum()
        assert history.norm[k] == pytest.approx(float(torch.cat([g.flatten() for g in grads]).norm()), rel=1e-12)


def test_a_mean_of_means_would_be_seen():
    """The windows are so ragged that the usual mistake is far outside what the test above allows."""
    window = next(iter(batches(0)))
    assert len(set(window.mask.reshape(2, -1).sum(1))) == 2
    halves = [[a[rows] for a in window] for rows in (slice(0, 3), slice(3, 6))]
    model, optimizer = make_model(), None
    seen = []
    for half in [window, *halves]:
        optimizer = Noting(model.parameters(), lr=0.0)
        train(model, optimizer, data=lambda turn, half=half: [half], steps=1)
        seen += optimizer.seen
    assert far([(a + b) / 2 for a, b in zip(*seen[1:], strict=True)], seen[0]) > 1e-3


def test_clipping_shortens_and_keeps_the_direction():
    _, free, history = train(steps=1)
    _, short, clipped = train(steps=1, clip=history.norm[0] / 4)
    assert clipped.norm == history.norm  # as it was before
    assert far(short.seen[0], [g / 4 for g in free.seen[0]]) < 1e-5  # torch adds 1e-6 to the norm


class Plain(torch.nn.Module):
    """No recurrence: products that the processor can compute in fp16 as well."""

    def __init__(self):
        super().__init__()
        self.embedding, self.output = torch.nn.Embedding(V, H), torch.nn.Linear(H, V)

    def forward(self, ids, state, mask):
        return self.output(self.embedding(ids)), None


def make_plain():
    with torch.random.fork_rng():
        torch.manual_seed(4)
        return Plain()


def test_fp16_is_clipped_after_its_factor_is_taken_away():
    runs = {}
    for precision in ("fp32", "fp16", "bf16"):
        model = make_plain()
        runs[precision] = train(model, Noting(model.parameters()), precision=precision, clip=0.05, steps=3)
    for precision in ("fp16", "bf16"):
        _, optimizer, history = runs[precision]
        assert history.norm == pytest.approx(runs["fp32"][2].norm, rel=2e-2) and history.norm[0] > 0.1
        assert history.norm != runs["fp32"][2].norm  # it was another precision
        for got, want in zip(optimizer.seen, runs["fp32"][1].seen, strict=True):
            assert far(got, want) < 5e-2


class Grown(torch.autograd.Function):
    """The same number with a gradient that is as much larger."""

    @staticmethod
    def forward(ctx, x, times):
        ctx.times = times
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g * ctx.times, None


def test_fp16_leaves_a_step_out_that_is_too_large():
    model, scales = make_plain(), []
    optimizer = Noting(model.parameters())
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    calls = itertools.count()

    def loss(model, batch, state):
        total, tokens, state = language_loss(model, batch, state)
        if next(calls) == 0:
            total = Grown.apply(total, 1e38)  # finite in fp32, but not 16 times it
        return total, tokens, state

    before = [p.clone() for p in model.parameters()]

    def on_step(step, history):
        scales.append((optimizer.param_groups[0]["lr"], all(map(torch.equal, before, model.parameters()))))

    _, _, history = train(model, optimizer, loss, precision="fp16", scheduler=scheduler, steps=2, on_step=on_step)
    assert len(history.loss) == 2 and not np.isfinite(history.norm[0]) and np.isfinite(history.norm[1])
    assert scales == [(0.1, True), (0.05, False)]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_ends_the_run_and_changes_nothing(wrong):
    want, _, _ = train(steps=2)
    for where in ("loss", "gradient"):
        calls = itertools.count()

        def loss(model, batch, state, calls=calls, where=where):
            total, tokens, state = language_loss(model, batch, state)
            if next(calls) == 2:
                total = total * wrong if where == "loss" else Grown.apply(total, wrong)
            return total, tokens, state

        got, _, history = train(loss=loss)
        assert history.stopped.startswith(f"{where}: expected a finite n") and len(history.loss) == 2
        assert same_bits(got, want) and all(p.grad is None for p in got.parameters())


def test_what_is_no_batch_is_refused():
    window = next(iter(batches(0)))
    with pytest.raises(RangeError, match="batch: expected at least one token that counts, got none"):
        train(data=lambda turn: [window._replace(mask=np.zeros((N, T), bool))])
    with pytest.raises(ShapeError, match=r"batch: expected one number of rows in all arrays, got \[6, 6, 6, 5\]"):
        train(data=lambda turn: [window._replace(begins=window.begins[:5])])
    with pytest.raises(ShapeError, match=r"targets: expected shape"):
        train(data=lambda turn: [Window(window.inputs, window.targets[:, :3])])
