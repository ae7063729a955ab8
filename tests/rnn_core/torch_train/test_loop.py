"""The loop: it learns, keeps its limits, repeats itself to the bit, and can be stopped without harm."""

import dataclasses
import os
import random
import signal
import threading

import numpy as np
import pytest
import torch

from rnn_core.errors import RangeError
from rnn_core.sequence import stream_batches
from rnn_core.torch_train import History, LanguageModel, bits_per_token, fit, language_loss, load, seed_all
from rnn_core.widgets.training import Training

from .runs import V, documents, make_model, profile, same_bits, train


def test_it_learns_what_can_be_known():
    """A text that repeats itself needs no bits once its period is known."""
    ids = np.tile(np.random.default_rng(0).permutation(V), 90)
    sizes = dataclasses.replace(profile(), D=8, H=16, layers=1, T=15, lr=0.02, clip=1.0, steps=120)
    seed_all(0)
    model = LanguageModel(V, sizes.D, sizes.H)
    begun = bits_per_token(model, ids, 50)
    optimizer = torch.optim.Adam(model.parameters(), lr=sizes.lr)
    history = fit(
        model, language_loss, lambda turn: stream_batches(ids, sizes.N, sizes.T), optimizer, sizes, unit="bits"
    )
    assert begun == pytest.approx(np.log2(V), abs=0.3) and bits_per_token(model, ids, 50) < 0.1
    assert history.loss[0] == pytest.approx(np.log2(V), abs=0.3) and history.loss[-1] < 0.2
    assert set(history.tokens) == {6 * 15} and history.stopped == "limit of steps" and len(history.seconds) == 120


def test_an_optimizer_of_another_model_is_refused():
    with pytest.raises(RangeError, match="expected one that steps parameters of this model, got one of another"):
        train(make_model(), torch.optim.SGD(make_model().parameters(), 1.0))


def test_a_scheduler_that_asks_for_a_loss_is_refused():
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    with pytest.raises(RangeError, match="expected one that needs no loss to step, got ReduceLROnPlateau"):
        train(model, optimizer, scheduler=scheduler)


def test_two_runs_are_equal_to_the_bit():
    """Whatever was drawn before them; another seed gives another run, and the caller's random states stay."""
    runs = []
    for seed in (1, 1, 2):
        torch.rand(len(runs) + 1), np.random.rand(3), random.random()
        outside = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
        runs.append(train(make_model(dropout=0.5), seed=seed, deterministic=True))
        assert torch.equal(torch.get_rng_state(), outside[0])
        assert (np.random.get_state()[1].tolist(), random.getstate()) == outside[1:]
    assert same_bits(runs[0][0], runs[1][0]) and runs[0][2].loss == runs[1][2].loss
    assert not same_bits(runs[0][0], runs[2][0])
    assert not torch.are_deterministic_algorithms_enabled()


def test_who_looks_in_between_does_not_change_the_run():
    """A sample that the widget draws whenever half a second is over must not make a run another one."""
    looked = train(make_model(dropout=0.5), on_step=lambda *_: (torch.rand(7), np.random.rand(3), random.random()))
    assert same_bits(looked[0], train(make_model(dropout=0.5))[0])


def test_each_step_draws_other_numbers():
    drawn = []

    def loss(model, batch, state):
        drawn.append((random.random(), float(np.random.rand()), float(torch.rand(()))))
        return language_loss(model, batch, state)

    train(loss=loss, steps=4)
    assert [len(set(each)) for each in zip(*drawn, strict=True)] == [4, 4, 4]


def test_an_optimizer_may_step_other_parameters_too():
    """Two models that are trained together, or a loss with parameters of its own; in whatever group they stand."""
    other, model = make_model(1), make_model()
    groups = [{"params": list(each.parameters())} for each in (other, model)]
    assert len(train(model, torch.optim.SGD(groups, 1.0), steps=1)[2].loss) == 1
    assert not same_bits(model, make_model())


def test_the_scheduler_steps_once_a_step():
    model, rates = make_model(), []
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    train(
        model,
        optimizer,
        scheduler=scheduler,
        steps=3,
        parts=2,
        on_step=lambda *_: rates.append(scheduler.get_last_lr()[0]),
    )
    assert rates == [0.5, 0.25, 0.125]


def test_limits():
    assert train(steps=0)[2].stopped == "limit of steps"
    _, _, history = train(steps=None, seconds=0.3)
    assert (
        history.stopped == "limit of seconds" and history.seconds[-1] > 0 and history.seconds == sorted(history.seconds)
    )
    _, _, history = train(data=lambda turn: [])
    assert history.stopped == "batches ended" and repr(history) == "0 steps"
    from .runs import batches

    _, _, history = train(data=lambda turn: batches(0) if turn == 0 else [], steps=1000)
    assert history.stopped == "batches ended" and sum(history.tokens) == sum(len(ids) - 1 for ids in documents())


def test_the_mode_of_the_model_is_given_back():
    modes = []

    def loss(model, batch, state):
        modes.append(model.training)
        return language_loss(model, batch, state)

    model = make_model().eval()
    train(model, loss=loss, steps=1)
    assert modes == [True] and not model.training


def test_an_interrupt_waits_for_the_end_of_the_step(tmp_path):
    """Ctrl-C in the middle of the update; the model is that of whole steps, is written, and the run goes on from it."""

    class Interrupted(torch.optim.SGD):
        def step(self, *more):
            first, *others = self.param_groups[0]["params"]
            first.data -= 0.1 * first.grad
            if len(seen) == 3:
                os.kill(os.getpid(), signal.SIGINT)
            for p in others:
                p.data -= 0.1 * p.grad

    def once(steps, kind, path=None):
        model = make_model(dropout=0.3)
        return train(
            model,
            kind(model.parameters(), 0.1),
            steps=steps,
            checkpoint=path,
            on_step=lambda step, _: seen.append(step),
        )

    seen = []
    got, _, history = once(9, Interrupted, tmp_path / "run.pt")
    assert history.stopped == "interrupted" and len(history.loss) == 4
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    seen = [0] * 9
    assert same_bits(got, once(4, Interrupted)[0])
    assert same_bits(once(9, Interrupted, tmp_path / "run.pt")[0], once(9, Interrupted)[0])


@pytest.mark.parametrize("where", ["model", "on_step"])
def test_an_interrupt_that_is_raised_at_once(tmp_path, where):
    """The second Ctrl-C, or a model that raises it: half a step is not done, and not drawn."""
    path = tmp_path / "run.pt"
    calls = []

    def loss(model, batch, state):
        calls.append(1)
        torch.rand(3)
        if where == "model" and len(calls) == 5:
            raise KeyboardInterrupt
        return language_loss(model, batch, state)

    def on_step(step, history):
        if where == "on_step" and len(calls) == 4:
            raise KeyboardInterrupt

    def once(steps, path=None):
        return train(make_model(dropout=0.3), loss=loss, steps=steps, checkpoint=path, on_step=on_step)

    _, _, history = once(9, path)
    assert history.stopped == "interrupted" and len(history.loss) == 4 and len(load(path)["history"]["loss"]) == 4
    calls += [0] * 9
    assert same_bits(once(9, path)[0], once(9)[0])


def test_an_interrupt_that_breaks_an_update_writes_nothing(tmp_path):
    class Broken(torch.optim.SGD):
        def step(self, *more):
            raise KeyboardInterrupt

    model = make_model()
    _, _, history = train(model, Broken(model.parameters()), checkpoint=tmp_path / "run.pt")
    assert history.stopped == "interrupted" and not list(tmp_path.iterdir())


def test_an_interrupt_leaves_gradients_on():
    """Optimisers turn them off for their step; the second Ctrl-C may come where they would turn them on again."""

    class Broken(torch.optim.SGD):
        def step(self, *more):
            torch.set_grad_enabled(False)
            raise KeyboardInterrupt

    model = make_model()
    try:
        train(model, Broken(model.parameters()))
        assert torch.is_grad_enabled() and train(model, steps=1)[2].stopped == "limit of steps"
    finally:
        torch.set_grad_enabled(True)


def test_it_runs_in_a_thread_that_hears_no_signals():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(train(steps=2)[2].stopped))
    thread.start()
    thread.join()
    assert seen == ["limit of steps"]


def test_the_widget_shows_the_run_and_its_button_ends_it(tmp_path):
    widget = Training(sample=lambda: "to be or not")

    def presses(step, history):
        if step == 5:
            widget.controls = {"stop": True, "turn": 1}

    model, _, history = train(live=widget, on_step=presses, unit="bits", checkpoint=tmp_path / "run.pt")
    assert history.stopped == "stopped by the button" and len(history.loss) == 5
    assert "Step 5: loss 3." in widget.picture["says"] and " bits, gradient of length" in widget.picture["says"]
    assert widget.picture["says"].endswith("The run has ended: stopped by the button.")
    assert widget.picture["unit"] == "bits" and widget.picture["sample"] == "to be or not"
    assert np.isfinite(bits_per_token(model, documents()[0]))
    assert len(load(tmp_path / "run.pt")["history"]["loss"]) == 5


def test_the_history_says_how_fast_without_the_first_steps():
    history = History(unit="bits", stopped="limit of steps")
    for k, seconds in enumerate([5.0, 5.5, 5.75, 6.0, 6.5]):
        history.add(np.log(4), 1.0, 100 + k, seconds)
    assert history.loss == pytest.approx([2.0] * 5)
    assert history.tokens_a_second == pytest.approx((103 + 104) / 0.75)
    assert repr(history) == "5 steps in 6.5 s, 276 tokens a second, last loss 2.000 bits"
    history.resumed = 2
    assert history.tokens_a_second is None
    history.stopped = "interrupted"
    assert repr(history) == "5 steps in 6.5 s, last loss 2.000 bits (interrupted)"


def test_processes_that_did_not_join_are_told(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RangeError, match="fit: expected the 2 processes of torchrun to be joined by `with processes"):
        train()
