import numpy as np
import pytest
import torch

from rnn_core import activations, gates
from rnn_core.errors import RangeError

from .common import agree

A = np.random.default_rng(0).normal(0, 3, (8, 40))
SLOPES = pytest.mark.parametrize("slope", [0.25, 1.0, 5.0])
FORMS = pytest.mark.parametrize(
    ("gate", "derivative"),
    [(gates.sigmoid_gate, gates.sigmoid_gate_derivative), (gates.hard_gate, gates.hard_gate_derivative)],
    ids=["sigmoid", "hard"],
)


def by_torch(function):
    a = torch.tensor(A, requires_grad=True)
    g = function(a)
    g.sum().backward()
    return g.detach().numpy(), a.grad.numpy()


@SLOPES
def test_sigmoid_gate_against_torch(slope):
    g, derivative = by_torch(lambda a: torch.sigmoid(slope * a))
    agree(gates.sigmoid_gate(A, slope), g)
    agree(gates.sigmoid_gate_derivative(g, slope), derivative)


@SLOPES
def test_hard_gate_against_torch(slope):
    g, derivative = by_torch(lambda a: torch.nn.functional.hardtanh(slope * a + 0.5, 0, 1))
    assert (g == 0).any() and (g == 1).any() and ((g > 0) & (g < 1)).any()
    agree(gates.hard_gate(A, slope), g)
    agree(gates.hard_gate_derivative(g, slope), derivative)


def test_torchs_hard_sigmoid():
    g, derivative = by_torch(torch.nn.functional.hardsigmoid)
    agree(gates.hard_gate(A, 1 / 6), g)
    agree(gates.hard_gate_derivative(g, 1 / 6), derivative, 1e-7)  # torch holds the slope in float32


def test_default_slopes():
    assert np.array_equal(gates.sigmoid_gate(A), activations.sigmoid(A))
    small = np.array([-1e-3, 1e-3])  # the hard gate is the tangent of the sigmoid
    assert gates.hard_gate(small) == pytest.approx(activations.sigmoid(small), abs=1e-10)


@FORMS
def test_saturated_gates_are_exact_and_without_gradient(gate, derivative):
    a = np.array([-1e300, -1e4, 1e4, 1e300])
    assert gate(a, 7.0).tolist() == [0, 0, 1, 1]
    assert derivative(gate(a, 7.0), 7.0).tolist() == [0, 0, 0, 0]


@FORMS
def test_types_and_arguments_stay(gate, derivative):
    a = A.astype(np.float32)
    g = gate(a, 2.0)
    assert g.dtype == derivative(g, 2.0).dtype == np.float32
    assert np.array_equal(a, A.astype(np.float32))


@FORMS
def test_a_slope_that_is_none_is_refused(gate, derivative):
    for slope in (0, -1, np.nan):
        for function in (gate, derivative):
            with pytest.raises(RangeError, match=r"^slope: "):
                function(A, slope)


def test_gates_of_a_slope_are_the_functions_with_that_slope():
    pairs = [
        (gates.SIGMOID, gates.sigmoid_gate, gates.sigmoid_gate_derivative, {}),
        (gates.steep(3.0), gates.sigmoid_gate, gates.sigmoid_gate_derivative, {"slope": 3.0}),
        (gates.hard(), gates.hard_gate, gates.hard_gate_derivative, {}),
        (gates.hard(0.7), gates.hard_gate, gates.hard_gate_derivative, {"slope": 0.7}),
    ]
    for gate, value, derivative, slope in pairs:
        g = gate.value(A)
        assert np.array_equal(g, value(A, **slope))
        assert np.array_equal(gate.derivative(g), derivative(g, **slope))
    for make in (gates.steep, gates.hard):
        with pytest.raises(RangeError, match=r"^slope: "):
            make(0)
