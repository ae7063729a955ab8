"""What can serve as a gate: the sigmoid, steeper ones, and straight lines with two corners.

A derivative is taken from the gate's value, as in the cells. A steeper gate is more like a switch; where it is
nearly open or shut its derivative is nearly 0, and beyond a corner of the hard one it is exactly 0.
Sources: steeper gates: Chung, Ahn & Bengio (2017), Hierarchical multiscale recurrent neural networks; hard
gates: Gulcehre, Moczulski, Denil & Bengio (2016), Noisy activation functions.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.errors import RangeError


class Gate(NamedTuple):
    """A gate and its derivative: value(a) opens and shuts, derivative(g) is the slope where the value is g."""

    value: Callable
    derivative: Callable


def sigmoid_gate(a, slope=1.0):
    """Open and shut smoothly: sigmoid(slope * a); with slope 1 the gate of LSTM and GRU.

    Shapes: a any. Units: a in nats (log-odds) for slope 1; slope above 0; the result in [0, 1].
    Returns: array of the shape and type of a. Raises: RangeError for a slope that is not above 0.
    """
    return sigmoid(_check_slope(slope) * a)


def sigmoid_gate_derivative(g, slope=1.0):
    """The derivative of `sigmoid_gate` where its value is g: slope g (1 - g), at most slope / 4.

    Shapes: g any. Returns: array of the shape and type of g.
    Raises: RangeError for a slope that is not above 0.
    """
    return _check_slope(slope) * g * (1 - g)


def hard_gate(a, slope=0.25):
    """Open and shut along a straight line: slope * a + 1/2, cut off at 0 and 1.

    With slope 1/4 it is the tangent of the sigmoid at 0; torch.nn.Hardsigmoid has 1/6, other libraries 1/5.

    Shapes: a any. Units: slope above 0; the result in [0, 1], exactly 0 or 1 beyond the corners.
    Returns: array of the shape and type of a. Raises: RangeError for a slope that is not above 0.
    """
    return np.clip(_check_slope(slope) * a + 0.5, 0, 1)


def hard_gate_derivative(g, slope=0.25):
    """The derivative of `hard_gate` where its value is g: slope between the corners, 0 on them and beyond.

    Shapes: g any. Returns: array of the shape and type of g.
    Raises: RangeError for a slope that is not above 0.
    """
    return _check_slope(slope) * ((g > 0) & (g < 1)).astype(np.result_type(g))


def _check_slope(slope):
    if not slope > 0:
        raise RangeError(f"slope: expected a number above 0, got {slope}")
    return slope


def steep(slope):
    """A sigmoid gate of this slope. Returns: Gate. Raises: RangeError for a slope that is not above 0."""
    return _of_slope(sigmoid_gate, sigmoid_gate_derivative, slope)


def hard(slope=0.25):
    """A hard gate of this slope. Returns: Gate. Raises: RangeError for a slope that is not above 0."""
    return _of_slope(hard_gate, hard_gate_derivative, slope)


def _of_slope(value, derivative, slope):
    _check_slope(slope)
    return Gate(partial(value, slope=slope), partial(derivative, slope=slope))


SIGMOID = Gate(sigmoid, sigmoid_gate_derivative)  # the gate of LSTM and GRU
