"""References of lesson 8, third notebook: against rnn_core, which is held against torch, and against differences."""

import numpy as np
import pytest

from autograder.checks.shapes.depth_and_direction import reference
from autograder.checks.shapes.depth_and_direction.both_ways import draw as draw_both
from autograder.checks.shapes.depth_and_direction.gradient import draw_backward
from rnn_core import gradcheck
from rnn_core.both_ways import both_forward
from rnn_core.cells import TANH
from rnn_core.nets import net_params
from rnn_core.stack import stack_backward, stack_forward


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


def named(layer1, layer2):
    return {f"layer{k}.{name}": p for k, layer in enumerate((layer1, layer2), 1) for name, p in layer.items()}


def test_two_layers_are_the_stack():
    dh2, x, h0, h1, h2, layer1, layer2 = draw_backward(np.random.default_rng(0))
    start = tuple((h,) for h in h0)
    want, states, cache = stack_forward(TANH, named(layer1, layer2), x, start)
    close(h2, want)
    close(h1[:, -1], states[0][0])
    dx, dh0, grads = stack_backward(dh2, None, cache)
    got_dx, got_dh0, grads1, grads2 = reference.two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2)
    close(got_dx, dx)
    for got, (want,) in zip(got_dh0, dh0, strict=True):
        close(got, want)
    for name, got in named(grads1, grads2).items():
        close(got, grads[name])


def test_two_layers_against_differences():
    dh2, x, h0, h1, h2, layer1, layer2 = draw_backward(np.random.default_rng(1))
    params = {"x": x, "h0": h0[0], "h0 above": h0[1]} | named(layer1, layer2)

    def loss(p):
        layers = ({name: p[f"layer{k}.{name}"] for name in reference.ARRAYS} for k in (1, 2))
        return np.sum(dh2 * reference.two_layers_forward(p["x"], (p["h0"], p["h0 above"]), *layers)[1])

    dx, dh0, *grads = reference.two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2)
    said = {"x": dx, "h0": dh0[0], "h0 above": dh0[1]} | named(*grads)
    errors = gradcheck.check_directions(loss, params, said, np.random.default_rng(2))
    assert max(errors.values()) < 1e-7, errors


def test_both_ways_at_the_real_steps():
    x, lengths, h0, ahead, back = draw_both(np.random.default_rng(0))
    mask = np.arange(x.shape[1]) < lengths[:, None]
    params = ahead | {f"back.{name}": p for name, p in back.items()}
    want, ends, _ = both_forward(TANH, params, x, tuple((h,) for h in h0), mask)
    h, last = reference.both_ways_forward(x, lengths, h0, ahead, back)
    close(h[mask], want[mask])
    close(last, np.concatenate([end for (end,) in ends], axis=1))


def test_reversed_rows():
    x = np.arange(10.0).reshape(2, 5, 1)
    turned = reference.reverse_rows(x, np.array([3, 0]))
    assert turned[:, :, 0].tolist() == [[2, 1, 0, 3, 4], [5, 6, 7, 8, 9]]
    assert x[0, 0, 0] == 0


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_sizes_are_those_of_the_net(layers):
    D, H, V = 5, 7, 3
    size = sum(p.size for p in net_params(np.random.default_rng(0), TANH, D, H, V, layers).values())
    assert reference.net_size(D, H, V, layers) == size
    assert reference.units_for(size, D, V, layers) == reference.units_for(size + 1, D, V, layers) == H
    assert reference.units_for(size - 1, D, V, layers) == H - 1
    assert reference.units_for(V, D, V, layers) == 0
