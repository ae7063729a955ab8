"""What arrives where, and what each step adds, held against central differences of losses and of states."""

import numpy as np
import pytest

from rnn_core import rnn
from rnn_core.widgets.gradient_flow import flow
from rnn_core.widgets.gradient_flow.gradient_flow import MOST, GradientFlow, N


def backward(dh, caches):
    """A learner's: the loop of lesson 3."""
    dx, carried, total = [], 0, 0
    for t in reversed(range(len(caches))):
        dx_t, carried, *shares = rnn.step_backward(dh[:, t] + carried, caches[t])
        dx.insert(0, dx_t)
        total = [np.copy(a) for a in shares] if t == len(caches) - 1 else [a + b for a, b in zip(total, shares)]  # noqa: B905
    return np.stack(dx, axis=1), carried, *total


def shown(own=backward, **controls):
    """The widget and its picture for these controls."""
    widget = GradientFlow(own)
    widget.controls = {**widget.start, **controls, "turn": 1}
    return widget, widget.picture


def derivative(f, eps=1e-5):
    """The central difference of f at 0."""
    return (f(eps) - f(-eps)) / (2 * eps)


def states(widget, controls, h, first, **moved):
    """States h_first to h_T by hand, from h at h_first; `moved` replaces weights by a list, one a step."""
    T = controls["T"]
    x = controls["inputs"] * widget.x[:, :T]
    weights = {"W_xh": widget.W_xh, "W_hh": controls["weights"] * widget.W_hh, "b": widget.b}
    steps = [{**weights, **{name: values[t] for name, values in moved.items()}} for t in range(T)]
    run = {first: h}
    for t in range(first, T):
        p = steps[t]
        run[t + 1] = np.tanh(x[:, t] @ p["W_xh"] + run[t] @ p["W_hh"] + p["b"])
    return run


def loss(widget, controls, run):
    """The losses that count, of these states."""
    chosen = [step for step in controls["losses"] if step in run]
    return sum(0.5 * np.sum((run[step] - widget.targets[:, step - 1]) ** 2) / N for step in chosen)


CASES = [
    {"T": 6, "losses": [4], "weights": 1.0, "inputs": 0.5},
    {"T": 5, "losses": [1, 3, 5], "weights": 1.8, "inputs": 1.0},
    {"T": 3, "losses": [3], "weights": 0.4, "inputs": 0.2},
]


@pytest.mark.parametrize("controls", CASES)
def test_what_arrives_at_a_state_is_the_slope_of_the_losses_there(controls):
    widget, picture = shown(**controls)
    true = states(widget, controls, widget.h0, 0)
    for t in range(controls["T"] + 1):
        slopes = np.zeros_like(true[t])
        for at in np.ndindex(slopes.shape):
            one = np.zeros_like(slopes)
            one[at] = 1

            def moved(s, t=t, one=one):
                return loss(widget, controls, states(widget, controls, true[t] + s * one, t))

            slopes[at] = derivative(moved)
        assert picture["arrives"][t] == pytest.approx(np.linalg.norm(slopes), rel=1e-5, abs=1e-12)
        assert (picture["arrives"][t] == 0) == (t > max(controls["losses"]))


@pytest.mark.parametrize("controls", CASES)
@pytest.mark.parametrize("share", ["W_xh", "W_hh", "b"])
def test_the_share_of_a_step_is_the_slope_when_the_weight_moves_at_that_step_only(controls, share):
    widget, picture = shown(**controls, share=share)
    T = controls["T"]
    weight = {"W_xh": widget.W_xh, "W_hh": controls["weights"] * widget.W_hh, "b": widget.b}[share]

    def slopes(steps):
        found = np.zeros_like(weight)
        for at in np.ndindex(weight.shape):
            one = np.zeros_like(weight)
            one[at] = 1

            def moved(s, one=one):
                each = [weight + s * one if t in steps else weight for t in range(T)]
                return loss(widget, controls, states(widget, controls, widget.h0, 0, **{share: each}))

            found[at] = derivative(moved)
        return found

    whole = slopes(range(T))
    assert picture["sum"] == pytest.approx(np.linalg.norm(whole), rel=1e-5)
    for t in range(T):
        part = slopes([t])
        assert picture["sizes"][t] == pytest.approx(np.linalg.norm(part), rel=1e-5, abs=1e-9)
        along = np.sum(part * whole) / np.linalg.norm(whole)
        assert picture["along"][t] == pytest.approx(along, rel=1e-4, abs=1e-9)
    assert sum(picture["along"]) == pytest.approx(picture["sum"], rel=1e-4)


@pytest.mark.parametrize("controls", CASES)
@pytest.mark.parametrize("source", [0, 1, 3])
def test_influence_forwards_and_backwards_is_how_far_a_nudged_state_moves(controls, source):
    widget, picture = shown(**controls, source=source)
    T, last = controls["T"], controls["losses"][-1]

    def jacobian(begin, end, of_input):
        """How h_end (rows: its units) moves with h_begin, or with the input of step `begin`; of sequence 0."""
        columns = []
        for k in range(3 if of_input else 6):

            def moved(s, k=k):
                h = states(widget, controls, widget.h0, 0)
                if not of_input:
                    return states(widget, controls, h[begin] + s * np.eye(6)[k], begin)[end][0]
                a = np.arctanh(h[begin]) + s * widget.W_xh[k]  # the input acts through W_xh alone
                return states(widget, controls, np.tanh(a), begin)[end][0]

            columns.append(derivative(moved))
        return np.linalg.norm(columns) / np.sqrt(len(columns))

    for t in range(T + 1):
        ahead, back = picture["forwards"][t], picture["backwards"][t]
        assert (ahead is None) == (t < source) and (back is None) == (t > last)
        if ahead is not None:
            assert ahead == pytest.approx(jacobian(source, t, source > 0), rel=1e-5)
        if back is not None:
            assert back == pytest.approx(jacobian(t, last, False), rel=1e-5)
    if source <= last:
        assert picture["met"] == pytest.approx(picture["forwards"][last], rel=1e-5)
        assert "the same number" in picture["says"]


def test_losses_may_pull_against_each_other():
    """The lesson asks what arrives at h1 when L4 is ticked beside L3."""
    one, other, both = (shown(losses=steps)[1]["arrives"] for steps in ([3], [4], [3, 4]))
    for a, b, together in zip(one, other, both, strict=True):
        assert abs(a - b) - 1e-5 <= together <= a + b + 1e-5
    assert both[1] < 0.7 * one[1]


def test_without_a_loss_all_is_exactly_zero():
    _, picture = shown(losses=[])
    assert not any(picture["arrives"]) and not any(picture["sizes"]) and picture["sum"] == 0
    assert picture["says"].startswith("No loss counts")


def test_without_recurrent_weights_nothing_goes_further_than_its_own_state():
    _, picture = shown(weights=0, losses=[2, 5])
    assert [t for t, length in enumerate(picture["arrives"]) if length] == [2, 5]
    assert "arrives at h2, h5; it is exactly zero at h0, h1, h3, h4, h6." in picture["says"]


def no_transpose(dh, caches):
    """A wrong one: back through W_hh as it stands."""
    return backward(dh, [(x, h, W_xh, W_hh.T, h_next) for x, h, W_xh, W_hh, h_next in caches])


def last_step_only(dh, caches):
    """A wrong one: the gradients of the weights are those of the first step, and not a sum."""
    first = rnn.step_backward(dh[:, 0] + (backward(dh[:, 1:], caches[1:])[1] if len(caches) > 1 else 0), caches[0])
    return (*backward(dh, caches)[:2], *first[2:])


def in_place(dh, caches):
    """A rude one: it spoils what it was handed."""
    found = backward(dh, caches)
    dh *= 0
    for cache in caches:
        for array in cache:
            array *= 0
    return found


def test_a_wrong_backward_is_drawn_as_it_is_and_the_two_influences_part():
    _, picture = shown(no_transpose)
    assert "differs from the reference" in picture["note"] and picture["says"].endswith(": two numbers.")
    _, picture = shown(last_step_only)
    assert "The shares do not add up to dW_hh" in picture["says"]


def test_a_backward_that_spoils_its_arguments_spoils_nothing_here():
    good, rude = shown(backward)[1], shown(in_place)[1]
    assert rude["arrives"] == good["arrives"] and rude["says"] == good["says"]


@pytest.mark.parametrize("fails_at", [1, 3, 6])
def test_after_a_fault_the_whole_picture_is_the_references(fails_at):
    def sometimes(dh, caches):
        if len(caches) == fails_at:
            raise ValueError("not today")
        return no_transpose(dh, caches)

    picture = shown(sometimes)[1]
    assert "sometimes raised ValueError: not today" in picture["note"]
    assert picture["arrives"] == shown(None)[1]["arrives"] and picture["says"] == shown(None)[1]["says"]


def test_what_comes_from_outside_is_kept_within_bounds():
    _, picture = shown(T=10**6, losses=[-3, 0, 2, 2, 99], weights=1e9, inputs=-5, source=77, share="nothing")
    assert (
        picture["T"] == MOST and picture["losses"] == [2] and picture["source"] == MOST and picture["share"] == "W_hh"
    )
    widget, _ = shown()
    before = widget.picture["says"]
    widget.controls = {"losses": "words", "turn": 5}
    assert widget.picture["problem"] and widget.picture["says"] == before


def test_the_static_picture_says_what_the_widget_says():
    for controls in ({}, {"losses": []}, {"T": 1, "losses": [1]}, {"weights": 0}):
        widget, picture = shown(**controls)
        assert widget.static(picture).alt == picture["says"] and widget.static(picture).png()[:4] == b"\x89PNG"


def test_the_reference_backward_is_that_of_the_core():
    rng = np.random.default_rng(4)
    x, h0, W_xh, W_hh, b = (rng.standard_normal(s) for s in ((2, 5, 3), (2, 4), (3, 4), (4, 4), (4,)))
    dh = rng.standard_normal((2, 5, 4))
    _, caches = flow.forward(x, h0, W_xh, W_hh, b)
    want = rnn.backward(dh, rnn.forward(x, h0, W_xh, W_hh, b)[1])
    for got, wanted in zip(flow.backward(dh, caches), want, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12)
