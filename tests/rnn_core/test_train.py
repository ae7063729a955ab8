import itertools
import time

import numpy as np
import pytest

from rnn_core.errors import RangeError
from rnn_core.optim import SGD, Adam
from rnn_core.train import History, fit


def least_squares(params, batch, state=None):
    """Fit y = x w; the state counts the steps since the pass began."""
    x, y = batch
    wrong = x @ params["w"] - y
    return np.mean(wrong**2) / 2, {"w": x.T @ wrong / len(x)}, (state or 0) + 1


def draw(seed=0):
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((40, 3)), rng.standard_normal(3)
    return (x, x @ w), {"w": np.zeros(3)}, w


def test_it_finds_what_least_squares_finds():
    batch, params, w = draw()
    history = fit(least_squares, params, lambda: [batch], Adam(0.1), steps=500)
    assert params["w"] == pytest.approx(w, rel=1e-3)
    assert len(history.loss) == len(history.seconds) == 500 and history.norm == []
    assert history.loss[-1] < 1e-6 * history.loss[0]
    assert history.stopped == "limit of steps"


def test_one_step_is_the_rule():
    batch, params, _ = draw()
    loss, grads, _ = least_squares(params, batch)
    norm = np.linalg.norm(grads["w"])
    history = fit(least_squares, params, [batch], SGD(0.5), clip=norm / 4)
    assert params["w"] == pytest.approx(-0.5 * grads["w"] / 4, rel=1e-12)
    assert history.loss == [loss] and history.norm == [pytest.approx(norm)]
    assert history.stopped == "batches ended"


def test_the_state_is_carried_within_a_pass():
    batch, params, _ = draw()
    states = []

    def spy(params, batch, state):
        states.append(state)
        return least_squares(params, batch, state)

    fit(spy, params, lambda: iter([batch] * 3), SGD(0.1), steps=7)
    assert states == [None, 1, 2, None, 1, 2, None]
    states.clear()
    fit(spy, params, [batch] * 3, SGD(0.1), steps=7)
    assert states == [None, 1, 2]


def test_a_limit_of_seconds():
    batch, params, _ = draw()
    start = time.perf_counter()
    history = fit(least_squares, params, itertools.repeat(batch), SGD(0.01), seconds=0.2, steps=10**9)
    assert 0.2 <= time.perf_counter() - start < 5
    assert history.stopped == "limit of seconds" and history.seconds[-1] < 5
    assert history.seconds == sorted(history.seconds)


def test_no_steps():
    batch, params, _ = draw()
    for options in ({"steps": 0}, {"seconds": 0}):
        assert fit(least_squares, params, [batch], SGD(0.1), **options).loss == []
    assert fit(least_squares, params, [], SGD(0.1)).stopped == "batches ended"
    assert fit(least_squares, params, lambda: [], SGD(0.1), steps=3).stopped == "batches ended"
    assert not params["w"].any()


def test_the_learning_rate_falls_in_a_straight_line_and_is_given_back():
    batch, params, _ = draw()
    optimizer, seen = SGD(0.8), []
    fit(
        least_squares,
        params,
        lambda: [batch],
        optimizer,
        steps=4,
        decay=0.2,
        on_step=lambda step, history: seen.append((step, len(history.loss), optimizer.lr)),
    )
    assert [s[:2] for s in seen] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert [s[2] for s in seen] == pytest.approx([0.8, 0.64, 0.48, 0.32])
    assert optimizer.lr == 0.8


def test_an_interrupt_keeps_what_was_learned():
    batch, params, _ = draw()

    def interrupted(params, batch, state):
        if state == 5:
            raise KeyboardInterrupt
        return least_squares(params, batch, state)

    history = fit(interrupted, params, lambda: [batch] * 100, SGD(0.1), steps=50)
    assert history.stopped == "interrupted" and len(history.loss) == 5
    _, want, _ = draw()
    fit(least_squares, want, lambda: [batch], SGD(0.1), steps=5)
    assert np.array_equal(params["w"], want["w"])


def test_a_loss_that_is_not_finite_ends_the_run():
    batch, params, _ = draw()
    for wrong in (np.nan, np.inf):
        history = fit(lambda *_, wrong=wrong: (wrong, {}, None), params, [batch], SGD(0.1))
        assert history.loss == [] and history.stopped == f"loss: expected a finite number, got {wrong}"
    history = fit(lambda *_: (1.0, {"w": np.array([np.inf, 0, 0])}, None), params, [batch], SGD(0.1), clip=1)
    assert "gradient of w" in history.stopped
    assert not params["w"].any()


def test_errors():
    batch, params, _ = draw()
    optimizer = SGD(0.1)
    with pytest.raises(RangeError, match="fit: expected steps or seconds as a limit, got neither"):
        fit(least_squares, params, lambda: [batch], optimizer)

    def broken(params, batch, state):
        optimizer.lr = 7
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fit(broken, params, [batch], optimizer)
    assert optimizer.lr == 0.1


def test_history_says_what_happened():
    history = History(loss=[3.0, 1.25], seconds=[0.5, 1.04], stopped="interrupted")
    assert repr(history) == "2 steps in 1.0 s, last loss 1.250 (interrupted)"
    assert repr(History()) == "0 steps (running)"
