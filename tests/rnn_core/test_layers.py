import numpy as np
import pytest
import torch

from rnn_core import layers
from rnn_core.errors import ShapeError

from .common import D, H, N, T, V, agree


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def gradients(function, args, dy):
    leaves = [torch.tensor(a, requires_grad=True) for a in args]
    y = function(*leaves)
    y.backward(torch.tensor(dy))
    return y.detach().numpy(), [leaf.grad.numpy() for leaf in leaves]


@pytest.mark.parametrize("leading", [(), (N,), (N, T), (N, 0)])
def test_output_layer_against_torch(leading):
    *args, dy = draw((*leading, H), (H, V), (V,), (*leading, V))
    want, want_grads = gradients(lambda h, W, b: torch.nn.functional.linear(h, W.T, b), args, dy)
    y, cache = layers.output_forward(*args)
    agree(y, want)
    for got, want in zip(layers.output_backward(dy, cache), want_grads, strict=True):
        agree(got, want)


def test_mlp_against_torch():
    *args, dy = draw((N, D), (D, H), (H,), (H, V), (V,), (N, V))

    def theirs(x, W_xh, b, W_hy, b_y):
        linear = torch.nn.functional.linear
        return linear(torch.tanh(linear(x, W_xh.T, b)), W_hy.T, b_y)

    want, want_grads = gradients(theirs, args, dy)
    y, cache = layers.mlp_forward(*args)
    agree(y, want)
    for got, want in zip(layers.mlp_backward(dy, cache), want_grads, strict=True):
        agree(got, want)


def test_types_stay():
    args = [a.astype(np.float32) for a in draw((N, D), (D, H), (H,), (H, V), (V,))]
    y, cache = layers.mlp_forward(*args)
    assert {a.dtype for a in (y, *layers.mlp_backward(y, cache))} == {np.dtype(np.float32)}


def test_shapes_are_checked_at_the_door():
    x, W_xh, b, W_hy, b_y = draw((N, D), (D, H), (H,), (H, V), (V,))
    with pytest.raises(ShapeError, match=r"^h: "):
        layers.output_forward(x, W_hy, b_y)
    with pytest.raises(ShapeError, match=r"^b_y: "):
        layers.output_forward(x, W_xh, b[:1])
    with pytest.raises(ShapeError, match=r"^W_xh: "):
        layers.mlp_forward(x, W_xh.T, b, W_hy, b_y)
    with pytest.raises(ShapeError, match=r"^b: "):
        layers.mlp_forward(x, W_xh, b[:1], W_hy, b_y)
    _, cache = layers.mlp_forward(x, W_xh, b, W_hy, b_y)
    with pytest.raises(ShapeError, match=r"^dy: "):
        layers.mlp_backward(np.ones((N, 1)), cache)
