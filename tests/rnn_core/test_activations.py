import numpy as np
import pytest
import scipy.special

from rnn_core.activations import log_softmax, relu, sigmoid, softmax

from .common import N, T, V, agree

A = np.random.default_rng(0).normal(0, 5, (N, T, V))
HUGE = np.array([-1000.0, -30.0, 0.0, 30.0, 1000.0])


def test_sigmoid_against_scipy():
    agree(sigmoid(A), scipy.special.expit(A), 1e-15)
    agree(sigmoid(HUGE), scipy.special.expit(HUGE), 1e-15)
    assert sigmoid(-1000.0) == 0 and sigmoid(1000) == 1 and sigmoid(0) == 0.5


def test_relu():
    assert relu(np.array([-2.0, 0.0, 3.0])).tolist() == [0, 0, 3]


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_against_scipy(axis):
    for a in (A, A + 1000, A * 1000):
        agree(softmax(a, axis), scipy.special.softmax(a, axis), 1e-12)
        agree(log_softmax(a, axis), scipy.special.log_softmax(a, axis), 1e-12)


def test_log_softmax_where_the_probability_is_zero():
    assert softmax(HUGE)[0] == 0
    assert log_softmax(HUGE)[0] == -2000


@pytest.mark.parametrize("function", [sigmoid, relu, softmax, log_softmax])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_types_stay(function, dtype):
    assert function(A.astype(dtype)).dtype == dtype
