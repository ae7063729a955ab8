"""The game's programs against torch and central differences; what is told, and what is kept back."""

import json

import numpy as np
import pytest
import torch

from rnn_core.widgets import WrongGradient
from rnn_core.widgets.wrong_gradient import wrong_training
from rnn_core.widgets.wrong_gradient.wrong_training import (
    KINDS,
    PLACES,
    WEIGHTS,
    curve,
    errors,
    function_of,
    make_round,
    wrong_forms,
)


def lines_of(kind, form=0):
    """The right program, with each line in its first, second ... form where it has one."""
    return tuple((line.code, *line.same)[min(form, len(line.same))] for line in KINDS[kind].lines)


def with_wrong(kind, k, text):
    lines = list(lines_of(kind))
    lines[k] = text
    return tuple(lines)


def arrays_of(kind):
    return ("x", *KINDS[kind].states, *WEIGHTS)


def by_torch(kind, params, R):
    """The gradient of sum(h R), by torch's own differentiation of the equations."""
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h, c, loss = p["h0"], p.get("c0"), 0
    for t in range(R.shape[1]):
        a = p["x"][:, t] @ p["W_xh"] + h @ p["W_hh"] + p["b"]
        if kind == "tanh":
            h = torch.tanh(a)
        else:
            i, f, g, o = a.chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        loss = loss + (h * torch.tensor(R[:, t])).sum()
    loss.backward()
    return {name: value.grad.numpy() for name, value in p.items()}


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize("kind", KINDS)
def test_every_right_form_gives_torchs_gradient(kind, form):
    rng, G = np.random.default_rng(3), KINDS[kind].blocks
    N, T, D, H = 3, 6, 2, 4
    shapes = [(N, T, D), *[(N, H)] * len(KINDS[kind].states), (D, G * H), (H, G * H), (G * H,)]
    params = {name: rng.standard_normal(shape) for name, shape in zip(arrays_of(kind), shapes, strict=True)}
    R = rng.standard_normal((N, T, H))
    _, caches = wrong_training.forward(KINDS[kind], params, params["x"])
    got = dict(zip(params, function_of(lines_of(kind, form))(R, caches), strict=True))
    for name, want in by_torch(kind, params, R).items():
        np.testing.assert_allclose(got[name], want, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("kind", "k", "text"), [(kind, k, text) for kind in KINDS for k, text, _ in wrong_forms(kind)])
def test_every_wrong_line_trains_and_is_found_by_measuring(kind, k, text):
    lines = with_wrong(kind, k, text)
    losses = curve(kind, lines)
    assert np.mean(losses[-10:]) < 0.5 * losses[0]
    found = [errors(kind, lines, array, PLACES[0], wrong_training.gradient_errors) for array in arrays_of(kind)]
    assert max(found) > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_program_passes_at_every_place(kind):
    for place in PLACES:
        for array in arrays_of(kind):
            assert errors(kind, lines_of(kind), array, place, wrong_training.gradient_errors) < 1e-6


def test_some_faults_hide_at_a_place():
    faults = {text.strip(): (k, text) for k, text, _ in wrong_forms("tanh")}
    for text, place in (("dh_t = da @ W_hh", PLACES[2]), ("dW_hh += np.where(t, h, 0).T @ da", PLACES[1])):
        lines = with_wrong("tanh", *faults[text])
        there = [errors("tanh", lines, array, place, wrong_training.gradient_errors) for array in arrays_of("tanh")]
        assert max(there) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_rounds_go_through_all_wrong_lines_on_both_sides(kind):
    count = len(wrong_forms(kind))
    games = [make_round(kind, 0, number) for number in range(count)]
    assert {(game.line, game.programs[game.program][game.line]) for game in games} == {
        (k, text) for k, text, _ in wrong_forms(kind)
    }
    assert {game.program for game in games} == {"A", "B"}
    for game in games:
        other = "AB".replace(game.program, "")
        right = [{line.code, *line.same} for line in KINDS[kind].lines]
        assert all(line in forms for line, forms in zip(game.programs[other], right, strict=True))
        assert [k for k, line in enumerate(game.programs[game.program]) if line not in right[k]] == [game.line]


def look(widget, **controls):
    return widget.compute({**widget.start, **controls})


def test_the_answer_does_not_leave_python_before_it_is_found():
    widget = WrongGradient("tanh", seed=4)
    game = make_round("tanh", 4, 0)
    picture = look(widget, measured=[[0, "W_hh", PLACES[0]]])
    assert game.why not in json.dumps(picture, default=str) and picture["told"] is None
    wrong_guess = look(widget, answers=[[0, game.program, 0]])
    assert wrong_guess["told"] is None and game.why not in wrong_guess["says"]
    right = look(widget, answers=[[0, game.program, 0], [0, game.program, game.line]])
    assert right["told"] == [game.program, game.line] and game.why in right["says"]
    assert right["score"] == "Found in 1 of 1 rounds, 0 at the first try; measured 0 times."
    assert look(widget, answers=[[0, "", -1]])["score"].startswith("Found in 0 of 1 rounds")


def test_a_guess_from_the_curves_counts_once_the_answer_is_known():
    widget, (one, two) = WrongGradient("tanh"), (make_round("tanh", 0, k) for k in range(2))
    other = "AB".replace(two.program, "")
    picture = look(widget, guesses={"0": one.program})
    assert picture["guess"] == one.program and not picture["can_guess"] and picture["score"] == ""
    assert f"Guessed from the curves: {one.program}." in picture["says"]
    wrong = (one.line + 1) % len(one.programs["A"])
    answers = [[0, one.program, wrong]]
    assert "curves" not in look(widget, guesses={"0": one.program}, answers=answers)["score"]
    answers += [[0, one.program, one.line], [1, "", -1]]
    picture = look(widget, guesses={"0": one.program, "1": other}, answers=answers)
    assert picture["score"].endswith("From the curves alone: 1 of 2 right.")


def test_there_is_no_guess_after_a_measurement():
    widget = WrongGradient("tanh")
    assert widget.picture["can_guess"]
    assert not look(widget, measured=[[0, "b", PLACES[0]]])["can_guess"]


def test_the_learners_tool_measures_and_its_faults_are_told():
    def gradient_errors(loss, params, grads, directions, eps=1e-5):
        return {name: 0.25 for name in directions}

    widget = WrongGradient("tanh", gradient_errors)
    row = look(widget, measured=[[0, "b", PLACES[0]]])["measured"][0]
    assert row["A"] == row["B"] == {"error": 0.25, "agrees": False}
    assert "differs from the reference" in widget.check.note

    def gradient_errors(loss, params, grads, directions, eps=1e-5):
        return 0.25

    widget = WrongGradient("tanh", gradient_errors)
    assert "returned" in widget.picture["note"] and "shows the reference" in widget.picture["note"]


def test_odd_controls_do_no_harm():
    widget = WrongGradient("LSTM")
    for odd in ({"at": -5}, {"at": 10**6}, {"round": 10**4}, {"measured": [[0, "nonsense", "nowhere"]]}):
        widget.controls = {**widget.start, **odd}
        assert widget.picture["problem"] == "" and widget.picture["says"]


def test_the_still_picture_has_both_curves():
    widget = WrongGradient()
    still = widget.static(widget.picture)
    assert still.alt == widget.picture["says"]
    assert len(still.figure.axes[0].get_lines()) == 2
