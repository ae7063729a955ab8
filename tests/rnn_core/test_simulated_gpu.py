"""The simulated GPU computes what numpy does, counts each operation, and its names say nothing of the numbers."""

import numpy as np
import pytest

from rnn_core import lstm
from rnn_core.errors import NameMismatchError, ShapeError
from rnn_core.simulated_gpu import SimulatedGPU


def test_operations_are_numpys():
    rng, gpu = np.random.default_rng(0), SimulatedGPU()
    a, b = rng.standard_normal((4, 2, 3)), rng.standard_normal((3, 5))
    p, bias = gpu.launch("product", gpu.put(a), gpu.put(b)), rng.standard_normal(5)
    np.testing.assert_array_equal(gpu.read(p), a @ b)
    np.testing.assert_array_equal(gpu.read(gpu.launch("add", p, gpu.put(bias))), a @ b + bias)
    np.testing.assert_array_equal(gpu.read(gpu.launch("multiply", p, p)), (a @ b) ** 2)
    np.testing.assert_array_equal(gpu.read(gpu.launch("tanh", p)), np.tanh(a @ b))
    np.testing.assert_allclose(gpu.read(gpu.launch("sigmoid", p)), 1 / (1 + np.exp(-(a @ b))), rtol=1e-14)
    assert gpu.launches == {"product": 1, "add": 1, "multiply": 1, "tanh": 1, "sigmoid": 1}


def test_gates_are_an_lstm_step_and_views_cost_nothing():
    rng, (N, D, H) = np.random.default_rng(1), (2, 3, 5)
    shapes = (N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
    x, h, c, W_xh, W_hh, b = (rng.standard_normal(shape) for shape in shapes)
    gpu = SimulatedGPU()
    names = gpu.launch("gates", gpu.put(x @ W_xh + b), gpu.put(h @ W_hh), gpu.put(c))
    for name, right in zip(names, lstm.step_forward(x, h, c, W_xh, W_hh, b), strict=False):
        np.testing.assert_allclose(gpu.read(name), right, rtol=1e-12)
    steps = gpu.put(rng.standard_normal((3, N, 4 * H)))
    np.testing.assert_array_equal(gpu.read(gpu.step_of(steps, 2)), gpu.read(steps)[2])
    part = gpu.gate_of(gpu.step_of(steps, 1), 3)
    np.testing.assert_array_equal(gpu.read(part), gpu.read(steps)[1, :, 3 * H :])
    assert gpu.launches.total() == 1


def test_a_name_tells_the_shape_and_stands_for_a_copy():
    gpu, a = SimulatedGPU(), np.random.default_rng(2).standard_normal((2, 3))
    name = gpu.put(a)
    assert name.endswith("(2, 3)") and name == gpu.put(a.copy()) != gpu.put(a + 1)
    before = a.copy()
    a[0, 0] = 7
    gpu.read(name)[1, 1] = 7
    np.testing.assert_array_equal(gpu.read(name), before)


@pytest.mark.parametrize("wrong", [3, None, "array 0 (2,)", np.ones(2)], ids=str)
def test_what_is_no_name_is_told(wrong):
    with pytest.raises(NameMismatchError, match="expected the name of an array on it, got"):
        SimulatedGPU().launch("tanh", wrong)


def test_an_unknown_operation_is_told_and_not_counted():
    gpu = SimulatedGPU()
    with pytest.raises(NameMismatchError, match=r"expected one of product, add, .* got 'divide'"):
        gpu.launch("divide", gpu.put([1.0]))
    with pytest.raises(ShapeError, match=r"^launch: expected shapes that fit a product, got \(1, 1\) and \(2, 2\)$"):
        gpu.launch("product", gpu.put([[1.0]]), gpu.put([[1.0, 2.0], [3.0, 4.0]]))
    with pytest.raises(ShapeError, match=r"fit a gates, got \(1, 8\) and \(1, 8\) and \(1, 3\)$"):
        gpu.launch("gates", gpu.put(np.ones((1, 8))), gpu.put(np.ones((1, 8))), gpu.put(np.ones((1, 3))))
    assert gpu.launches.total() == 0
