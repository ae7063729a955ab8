"""What is seen of a run: a plain line with loss and unit, speed and time left, at most twice a second."""

import sys

import pytest

from rnn_core import progress
from rnn_core.torch_train import history as module
from rnn_core.torch_train.history import History, TorchProgress, Unseen

from .runs import train


class Clock:
    now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    monkeypatch.setattr(module, "time", clock)
    return clock


def run(clock, shown, history, steps, seconds_a_step=0.01):
    for _ in range(steps):
        clock.now += seconds_a_step
        history.add(2.0, 1.0, 50, clock.now - 100)
        shown.update()


def test_a_terminal_gets_a_line_at_most_twice_a_second(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    history = History(unit="bits")
    with TorchProgress(history, 400, None, False) as shown:
        run(clock, shown, history, 200)
    out, err = capsys.readouterr()
    lines = err.strip("\r ").split("\r")
    assert out == "" and 4 <= len(lines) <= 5  # in 2 seconds
    assert (
        lines[-1].strip().startswith("step 15")
        and " of 400, loss 2.885 bits, 5,000 tokens a second, 0:02 left" in lines[-1]
    )


def test_the_time_left_is_that_to_the_nearer_limit(clock):
    history = History()
    shown = TorchProgress(history, 1000, 30, False)
    run(clock, shown, history, 100, 0.1)
    assert shown.text(10.0) == "step 100 of 1000, loss 2.000 nats, 500 tokens a second, 0:20 left"
    shown.seconds = None
    assert shown.text(10.0).endswith("1:30 left")
    history.resumed = 50  # the first 50 were another process's
    assert shown.text(5.0).endswith("1:30 left")
    shown.steps = None
    assert shown.text(5.0) == "step 100, loss 2.000 nats, 500 tokens a second"


def test_a_log_gets_a_line_every_half_minute(clock, capsys):
    history = History()
    with TorchProgress(history, None, None, False) as shown:
        run(clock, shown, history, 1000, 0.1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 and lines[0].startswith("step 3") and lines[0].endswith("tokens a second")
    with TorchProgress(history, None, None, None) as shown:  # as for `train.fit`, None is for nothing at all
        run(clock, shown, history, 1000, 0.1)
    assert capsys.readouterr() == ("", "")


def test_other_processes_show_nothing(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    history = History()
    with Unseen(history) as shown:
        run(clock, shown, history, 300)
    assert capsys.readouterr() == ("", "") and not shown.stop


def test_a_short_run_is_silent_where_nobody_looks(capsys):
    train(steps=3)
    assert capsys.readouterr() == ("", "")
