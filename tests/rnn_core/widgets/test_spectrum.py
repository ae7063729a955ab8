"""The spectrum against numpy: powers of one matrix, central differences of a run, and faults that are told."""

import numpy as np
import pytest

from rnn_core.widgets import Spectrum
from rnn_core.widgets.spectrum import jacobians
from rnn_core.widgets.spectrum.spectrum import KINDS


@pytest.fixture(scope="module")
def spectrum():
    return Spectrum()


def look(spectrum, **controls):
    return spectrum.compute({**spectrum.start, **controls})


@pytest.mark.parametrize("kind", KINDS)
def test_without_activation_the_norms_are_those_of_powers(spectrum, kind):
    picture = look(spectrum, kind=kind, activation="none", radius=0.8, length=30, lag=30)
    W = 0.8 * spectrum._drawn(kind, 0)[0]
    powers = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, 31)]
    np.testing.assert_allclose(picture["lines"]["steps"], powers, rtol=1e-9)
    np.testing.assert_allclose(picture["lines"]["radius"], 0.8 ** np.arange(1, 31), rtol=1e-6)
    values = np.sort_complex([re + 1j * im for re, im in picture["eigenvalues"]])
    np.testing.assert_allclose(np.abs(values).max(), 0.8, rtol=1e-6)


@pytest.mark.parametrize("activation", jacobians.ACTIVATIONS)
def test_a_nudge_of_an_early_state_arrives_as_the_product_says(spectrum, activation):
    picture = look(spectrum, activation=activation, input=0.7, length=100, lag=100)
    base, _, inputs = spectrum._drawn("random", 0)
    function = jacobians.ACTIVATIONS[activation][0]

    def end(h, last=6):
        for x in 0.7 * inputs[-last:]:
            h = function(x + h @ base)
        return h

    h = jacobians.states(0.7 * inputs, base, activation)[-7]
    J = np.array([(end(h + nudge) - end(h - nudge)) / 2e-6 for nudge in 1e-6 * np.eye(len(h))]).T
    assert picture["lines"]["steps"][5] == pytest.approx(np.linalg.norm(J, 2), rel=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_lags_count_from_the_end_whatever_the_length(spectrum, activation):
    short, long = (look(spectrum, activation=activation, length=length, lag=7) for length in (40, 100))
    for name, line in short["lines"].items():
        np.testing.assert_allclose(line, long["lines"][name][:40], rtol=1e-9)
    assert short["of_step"] == long["of_step"]


def test_the_crosses_are_the_eigenvalues_of_the_step_at_that_lag(spectrum):
    picture = look(spectrum, radius=1.2, length=30, lag=4)
    base, _, inputs = spectrum._drawn("random", 0)
    W = 1.2 * base
    h = jacobians.states(0.5 * inputs, W, "tanh")[-4]  # the result of the fourth step from the end
    values = np.linalg.eigvals(np.diag(1 - h**2) @ W.T)
    np.testing.assert_allclose(sorted(np.hypot(*np.transpose(picture["of_step"]))), sorted(np.abs(values)), rtol=1e-6)


@pytest.mark.parametrize(("activation", "slope"), [("sigmoid", 0.25), ("tanh", 1), ("ReLU", 1), ("none", 1)])
def test_the_bound_is_the_largest_stretch_to_the_lag(spectrum, activation, slope):
    picture = look(spectrum, activation=activation, radius=1.1, length=12)
    largest = np.linalg.norm(1.1 * spectrum._drawn("random", 0)[0], 2)
    np.testing.assert_allclose(picture["lines"]["bound"], (largest * slope) ** np.arange(1, 13), rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", jacobians.ACTIVATIONS)
def test_the_bounds_hold_whatever_is_chosen(spectrum, kind, activation):
    lines = look(spectrum, kind=kind, activation=activation, radius=1.3, length=60)["lines"]
    measured, product, bound = (np.array(lines[name]) for name in ("steps", "product", "bound"))
    assert (measured <= product * (1 + 1e-9)).all() and (product <= bound * (1 + 1e-9)).all()


def test_a_chain_of_radius_below_one_grows_first_and_an_orthogonal_matrix_does_what_it_says(spectrum):
    chain = look(spectrum, kind="chain", activation="none", radius=0.8, length=50)["lines"]
    assert max(chain["steps"]) > 1e5 and chain["radius"][-1] < 1e-4
    turn = look(spectrum, kind="orthogonal", activation="none", radius=0.9, length=50)["lines"]
    for name in ("steps", "layers", "product", "bound"):
        np.testing.assert_allclose(turn[name], turn["radius"], rtol=1e-9)


def test_twenty_draws_are_those_that_draw_again_shows(spectrum):
    picture = look(spectrum, length=40, spread=True)
    ends = {"steps": [], "layers": []}
    for number in range(20):
        lines = look(spectrum, length=40, lag=40, draw=number)["lines"]
        for name, found in ends.items():
            found.append(np.log10(lines[name][-1]))
    for name, found in ends.items():
        np.testing.assert_allclose(picture["found"]["spread"][name], [np.mean(found), np.std(found, ddof=1)], rtol=1e-9)


def test_no_input_leaves_every_slope_at_one_and_dead_units_break_nothing(spectrum):
    still = look(spectrum, input=0.0, length=20)
    assert still["found"]["met"] == 1
    dead = look(spectrum, activation="ReLU", kind="random", radius=0.1, input=3.0, length=100)
    assert all(np.isfinite(dead["range"]))


def test_lags_out_of_reach_are_brought_back(spectrum):
    picture = look(spectrum, length=10, lag=90)
    assert picture["lag"] == 10 and len(picture["lines"]["steps"]) == 10


def test_faults_of_own_functions_are_told_and_wrong_ones_are_drawn():
    def scale_to_radius(W, radius):
        return W * radius / np.linalg.norm(W, 2)  # the singular value in place of the radius

    def norms_over_lag(jacobians):
        raise NotImplementedError

    widget = Spectrum(scale_to_radius, None, norms_over_lag)
    assert widget.picture["found"]["largest"] == pytest.approx(1)
    assert "Drawn from your scale_to_radius. It differs from the reference" in widget.picture["note"]
    assert "norms_over_lag is not written yet. The picture shows the reference." in widget.picture["note"]
    assert not widget.picture["problem"]


def test_a_function_that_is_not_called_is_not_spoken_of():
    def step_jacobian(h, h_next, W_hh):
        return (1 - h_next**2)[:, :, None] * W_hh.T

    widget = Spectrum(None, step_jacobian, None)
    assert "Drawn from your step_jacobian; it agrees" in widget.picture["note"]
    widget.controls = {**widget.controls, "activation": "ReLU"}
    assert widget.picture["note"] == ""


def test_it_has_a_static_picture(spectrum):
    assert spectrum.static(spectrum.picture).png().startswith(b"\x89PNG")
    assert spectrum.static(spectrum.picture).alt == spectrum.picture["says"]
