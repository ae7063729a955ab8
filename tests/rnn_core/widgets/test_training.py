"""A run that is watched: what is shown is what happened, seldom, and the button ends it."""

import time

import numpy as np
import pytest

from rnn_core import train
from rnn_core.optim import SGD
from rnn_core.widgets import training
from rnn_core.widgets.training import POINTS, Training, thin


def falls(params, batch, state):
    params["w"] += 1
    return 5.0 - batch / 100, {"w": np.array([3.0, 4.0])}, None


def run(widget, steps=300, **more):
    params = {"w": np.zeros(2)}
    return params, train.fit(falls, params, iter(range(steps)), SGD(0.0), live=widget, steps=steps, **more)


def test_a_sample_that_raises_is_told_and_the_run_goes_on():
    def sample():
        raise ValueError("no such letter")

    widget = Training(sample)
    params, _ = run(widget, 30)
    assert widget.picture["sample"] == "No sample: ValueError: no such letter" and params["w"][0] == 30


def test_the_end_of_a_run_is_shown_as_it_was():
    widget = Training(sample=lambda: "to be or not")
    _, history = run(widget, clip=1.0)
    picture = widget.picture
    assert picture["says"].startswith("Step 300: loss 2.") and picture["says"].endswith("ended: batches ended.")
    assert "gradient of length 5.00" in picture["says"]
    assert picture["sample"] == "to be or not" and not picture["running"]
    assert len(picture["loss"]) == POINTS
    assert np.mean(picture["loss"]) == pytest.approx(np.mean(history.loss), rel=1e-5)
    assert picture["steps"][0] == pytest.approx(1.5) and picture["norm"][-1] == pytest.approx(5)


def test_the_button_ends_the_run_and_the_model_is_usable():
    widget = Training()

    def presses(step, history):
        if step == 7:
            widget.controls = {"stop": True, "turn": 1}

    params, history = run(widget, on_step=presses)
    assert len(history.loss) == 7 and history.stopped == "stopped by the button"
    np.testing.assert_array_equal(params["w"], [7, 7])
    assert "stopped by the button" in widget.picture["says"]
    _, again = run(widget)
    assert len(again.loss) == 300  # the next run begins unpressed


def test_it_is_drawn_at_most_twice_a_second_and_takes_little_of_the_time(monkeypatch):
    clock, drawn = [0.0], []
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    widget = Training()

    def draws():
        drawn.append(clock[0])
        clock[0] += 0.1  # seconds that a picture takes

    monkeypatch.setattr(widget, "_redraw", draws)
    with widget.watch(train.History(), None, None):
        for _ in range(10000):
            clock[0] += 0.01
            widget.update()
    between = np.diff(drawn[:-1])
    assert len(drawn) > 3 and np.all(between >= 20) and 0.1 * len(drawn) < 0.0075 * clock[0]


def test_quick_pictures_come_twice_a_second(monkeypatch):
    clock, drawn = [0.0], []
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    widget = Training()
    monkeypatch.setattr(widget, "_redraw", lambda: drawn.append(clock[0]))
    with widget.watch(train.History(), None, None):
        for _ in range(1000):
            clock[0] += 0.01
            widget.update()
    assert len(drawn) == pytest.approx(20, abs=2)


def test_the_time_left_follows_from_the_nearest_limit(monkeypatch):
    widget = Training()
    widget.history, widget.steps, widget.seconds = train.History(loss=[1.0] * 25), 100, None
    widget.running, widget.began, widget.before = True, time.perf_counter() - 10, (0, 0.0)
    assert "about 30 s left" in widget._says(widget.history.loss, [])
    widget.seconds = 12.5
    assert "about 2 s left" in widget._says(widget.history.loss, [])
    widget.before, widget.seconds = (20, 100.0), 150  # a run that goes on: its own 10 s made 5 steps
    assert "about 40 s left" in widget._says(widget.history.loss, [])
    widget.seconds = None
    assert "about 150 s left" in widget._says(widget.history.loss, [])


def test_a_run_that_goes_on_from_its_file_counts_from_there(monkeypatch):
    """Before its first step there is nothing to tell, and when the time is over none is left."""
    clock, widget = [100.0], Training()
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    history = train.History(loss=[1.0] * 20, seconds=[5.0] * 19 + [40.0])
    with widget.watch(history, 100, None):
        assert widget.picture["says"] == "Step 20: loss 1.000 nats."
        clock[0] += 10
        history.loss += [1.0] * 5
        assert "about 150 s left" in widget._says(history.loss, [])
    with widget.watch(history, 100, 60.0):
        clock[0] += 5
        assert "about 15 s left" in widget._says(history.loss, [])
        clock[0] += 50
        assert "about 0 s left" in widget._says(history.loss, [])


def test_an_interrupt_leaves_the_widget_with_the_last_state():
    def interrupted(step, history):
        if step == 3:
            raise KeyboardInterrupt

    widget = Training()
    _, history = run(widget, on_step=interrupted)
    assert history.stopped == "interrupted" and "Step 3" in widget.picture["says"]


def test_before_a_run_it_says_what_to_do():
    picture = Training().picture
    assert "hand this widget to fit" in picture["says"] and picture["loss"] == []
    Training().static(picture).png()


def test_thinning_keeps_means():
    assert thin([]) == []
    assert thin([1, 2]) == [1.0, 2.0]
    many = np.random.default_rng(0).uniform(size=1000)
    assert len(thin(many)) == POINTS
