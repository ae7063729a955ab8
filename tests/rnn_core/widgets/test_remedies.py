"""Training in slices is training: the same curve however it is cut, each remedy does what it says, faults are told."""

import numpy as np
import pytest

from rnn_core.data.recall import first_symbol
from rnn_core.gradcheck import check_directions
from rnn_core.nets import net_forward
from rnn_core.normalisation import layer_norm_backward, layer_norm_forward
from rnn_core.widgets import Remedies
from rnn_core.widgets.remedies import remedies
from rnn_core.widgets.remedies.recall_record import ranges, recorded_runs
from rnn_core.widgets.remedies.recall_run import STEPS, Run
from rnn_core.widgets.remedies.remedies import REFERENCES, SETTINGS


def new_run(**settings):
    return Run({**SETTINGS, **settings}, *REFERENCES)


def ask(widget, **controls):
    widget.controls = {**widget.controls, "turn": widget.controls.get("turn", 0) + 1, **controls}
    assert not widget.picture["problem"]
    return widget.picture


def run_on(widget, until, **controls):
    picture = ask(widget, until=until, **controls)
    while picture["now"]["step"] < until and not picture["done"]:
        picture = ask(widget)
    return picture


@pytest.mark.parametrize(
    "more", [{}, {"clip": True}, {"optimizer": "Adam", "rate": 0.001, "clip": True}, {"norm": True, "cut": True}]
)
def test_slices_of_any_length_give_the_run_that_is_never_interrupted(more):
    whole, sliced = new_run(**more), new_run(**more)
    whole.train(60)
    for until in (1, 2, 7, 30, 31, 60):
        sliced.train(until)
    assert sliced.curves == whole.curves and sliced.step == 60
    for name, p in whole.params.items():
        np.testing.assert_array_equal(sliced.params[name], p)


def test_a_widget_trains_a_short_time_a_message_and_comes_to_the_same_end(monkeypatch):
    monkeypatch.setattr(remedies, "SLICE", 0.005)
    widget, whole = Remedies(), new_run()
    first = ask(widget, until=120)
    assert 0 < first["now"]["step"] < 120 and "after 0 steps" in first["says"]
    picture = run_on(widget, 120)
    whole.train(120)
    np.testing.assert_allclose(picture["now"]["right"], whole.curves["right"], rtol=1e-5)
    np.testing.assert_array_equal(widget.params["layer1.W_hh"], whole.params["layer1.W_hh"])


def test_clipping_lets_it_learn_and_the_run_before_stays():
    widget = Remedies()
    without = run_on(widget, STEPS)
    assert without["done"] and without["now"]["right"][-1] < 0.5
    picture = run_on(widget, STEPS, clip=True)
    assert picture["now"]["right"][-1] > 0.95 and picture["now"]["learned"] < STEPS
    assert picture["before"]["name"] == "orthogonal start, momentum, rate 0.1"
    assert picture["before"]["right"] == without["now"]["right"]
    x, targets = first_symbol(np.random.default_rng(9), 300, 21)
    y, *_ = net_forward(widget.cell, widget.params, x, last=True)
    assert np.mean(y.argmax(axis=1) == targets) > 0.95  # the net is usable
    assert "Recorded with these settings: 20 of 20 other runs learned it." in picture["says"]


def test_a_rewind_gives_the_same_curve_again_and_a_run_is_chosen_by_its_number():
    widget = Remedies()
    run_on(widget, 30)
    run_on(widget, 30, seed=1)
    again = run_on(widget, 30, seed=0, beside=1)
    assert again["now"]["right"] == again["before"]["right"] and again["before"]["number"] == 1
    assert [number for number, _ in again["earlier"]] == [1, 2]
    again = run_on(widget, 30, rewind=1, beside=0)
    assert again["now"]["right"] == again["before"]["right"] and again["before"]["number"] == 3


def test_what_is_stopped_can_be_used_and_goes_on_where_it_was():
    widget = Remedies()
    run_on(widget, 12)
    stopped = widget.params
    ask(widget, until=0)
    assert widget.picture["now"]["step"] == 12
    stopped["W_hy"] += 1  # a copy: nothing happens to the run
    picture, whole = run_on(widget, 24), new_run()
    whole.train(24)
    np.testing.assert_allclose(picture["now"]["loss"], whole.curves["loss"], rtol=1e-5)


@pytest.mark.parametrize("norm", [False, True])
def test_its_gradient_is_that_of_central_differences(norm):
    run = new_run(norm=norm, lag=7, start="uniform")
    run.params = {name: p.astype(float) for name, p in run.params.items()}
    batch = first_symbol(np.random.default_rng(2), 5, 8)

    def loss(params):
        run.params = params
        return run.gradients(*batch)[0]

    grads = run.gradients(*batch)[1]
    assert max(check_directions(loss, run.params, grads, np.random.default_rng(3)).values()) < 1e-6


def test_truncation_cuts_what_arrives_and_nothing_else():
    whole, cut = new_run(), new_run(cut=True)
    x, targets = first_symbol(np.random.default_rng(0), 32, 21)
    one, other = whole.gradients(x, targets), cut.gradients(x, targets)
    assert one[0] == pytest.approx(other[0], rel=1e-6)
    np.testing.assert_array_equal(other[2][:11], 0)
    np.testing.assert_allclose(one[2][11:], other[2][11:], rtol=1e-4)
    np.testing.assert_allclose(one[1]["W_hy"], other[1]["W_hy"], rtol=1e-5)
    assert "No gradient arrives at the first symbol" in ask(Remedies(), cut=True)["says"]


def test_the_starts_differ_in_the_recurrent_weights_alone():
    one, other = new_run(), new_run(start="uniform")
    assert [name for name, p in one.params.items() if not np.array_equal(p, other.params[name])] == ["layer1.W_hh"]
    W = one.params["layer1.W_hh"]
    np.testing.assert_allclose(W @ W.T, np.eye(32), atol=1e-5)


@pytest.mark.parametrize("more", [{}, {"start": "uniform"}, {"norm": True}, {"lag": 5}])
def test_the_training_data_depend_on_the_seed_alone(more):
    run = new_run(seed=3, **more)
    assert run.data.bit_generator.state == np.random.default_rng([3, 1]).bit_generator.state


def test_adam_takes_in_the_clipped_gradient():
    one, other = (new_run(optimizer="Adam", rate=0.001, clip=clip) for clip in (False, True))
    grads = [{name: size * np.ones_like(p) for name, p in one.params.items()} for size in (1, 0.001)]
    start = other.params["W_hy"].copy()
    for each in grads:
        one._change(each)
        other._change(each)
    moved, clipped = (np.abs(run.params["W_hy"] - start).mean() for run in (one, other))
    assert clipped > moved * 1.01  # beside a first gradient that was shortened the second counts for more


def test_own_functions_are_told_of_and_faults_last_for_the_run():
    calls = []

    def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
        calls.append(max_norm)
        if len(calls) > 5:
            raise ZeroDivisionError
        return remedies.clipped_momentum_step(params, grads, velocity, lr, beta, max_norm)

    widget = Remedies(clipped_momentum_step)
    assert widget.picture["note"] == "Drawn from your clipped_momentum_step; it agrees with the reference."
    run_on(widget, 12)
    picture = run_on(widget, 18)
    assert "clipped_momentum_step raised ZeroDivisionError" in picture["note"] and len(calls) == 6
    assert picture["now"]["step"] == 18  # by the reference
    ask(widget, optimizer="Adam", rate=0.001)
    assert widget.picture["note"] == ""


def test_a_wrong_step_is_trained_with_and_said_to_differ():
    def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
        return {name: p + lr * grads[name] for name, p in params.items()}, velocity  # uphill

    widget = Remedies(clipped_momentum_step)
    picture = run_on(widget, 30, rate=0.01)
    assert "It differs from the reference" in picture["note"] and picture["now"]["loss"][-1] > picture["now"]["loss"][0]


@pytest.mark.parametrize("wrong", ["text", ({}, {}), None, ({"W_hy": np.zeros(3)}, {})])
def test_what_does_not_fit_is_told(wrong):
    def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
        return wrong

    assert "The picture shows the reference." in Remedies(clipped_momentum_step).picture["note"]


def test_layer_norm_is_the_learners_own():
    def forward(a, gain, b, eps=1e-5):
        return layer_norm_forward(a, gain, b, eps)

    def backward(dy, cache):
        return 2 * layer_norm_backward(dy, cache)[0], np.zeros(32), np.zeros(32)

    widget = Remedies(None, forward, backward)
    assert widget.picture["note"] == ""
    note = ask(widget, norm=True)["note"]
    assert "Drawn from your forward; it agrees" in note and "Drawn from your backward. It differs" in note


def test_an_explosion_ends_the_run_and_is_told():
    def explode(params, grads, velocity, lr, beta, max_norm):
        return {name: np.full_like(p, np.inf) for name, p in params.items()}, velocity

    run = Run(SETTINGS, explode, *REFERENCES[1:])
    run.train(STEPS)
    assert run.ended == "the numbers were no longer finite at step 2"
    told = remedies.record(run)
    assert np.isfinite(ranges([told])["loss"]).all()


def test_recorded_runs_are_found_only_where_there_are_some():
    assert recorded_runs({**SETTINGS, "clip": True}) == (20, 20)
    assert recorded_runs({**SETTINGS, "lag": 13}) is None


def test_it_has_a_static_picture():
    widget = Remedies()
    assert widget.static(widget.picture).png().startswith(b"\x89PNG")
