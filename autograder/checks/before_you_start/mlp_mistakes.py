"""Wrong nets, there and back, known by name."""

import numpy as np

from autograder.checks.before_you_start.mlp import MLP


def _forward(bend=lambda x, W, b: np.tanh(x @ W + b), out=lambda h, W, b: h @ W + b):
    def version(x, W_xh, b, W_hy, b_y):
        h = bend(x, W_xh, b)
        return out(h, W_hy, b_y), (x, h, W_xh, W_hy)

    return version


def _back(dy, W):
    return dy @ W.T


def _onto(x, dy):
    return x.T @ dy


def _backward(
    slope=lambda h: 1 - h**2,
    order=lambda *grads: grads,
    mean=False,
    through=_back,
    through_first=_back,
    weights=_onto,
    weights_first=_onto,
):
    def version(dy, cache):
        x, h, W_xh, W_hy = cache
        da = through(dy, W_hy) * slope(h)
        n = len(x) if mean else 1
        dW_xh, dW_hy = weights_first(x, da) / n, weights(h, dy) / n
        return order(through_first(da, W_xh), dW_xh, da.sum(axis=0) / n, dW_hy, dy.sum(axis=0) / n)

    return version


_RIGHT = {"mlp_forward": _forward(), "mlp_backward": _backward()}


def _on_x(dy, cache):
    x, _, W_xh, _ = cache
    dx, dW_xh, db, _, db_y = _RIGHT["mlp_backward"](dy, cache)
    return dx, dW_xh, db, np.tanh(x @ W_xh).T @ dy, db_y


for _name, _words, _versions in (
    (
        "the bias stands outside the tanh",
        "tanh(x W_xh) + b shifts the features; tanh(x W_xh + b) shifts where each unit bends. The second is asked for.",
        {"mlp_forward": _forward(lambda x, W, b: np.tanh(x @ W) + b)},
    ),
    (
        "no tanh",
        "Two linear maps in a row are one linear map. The bend between them is what makes this more.",
        {"mlp_forward": _forward(lambda x, W, b: x @ W + b)},
    ),
    (
        "the first bias is left out",
        "Without b every unit bends at the same place, x = 0.",
        {"mlp_forward": _forward(lambda x, W, b: np.tanh(x @ W))},
    ),
    (
        "the second bias is left out",
        "y = h W_hy + b_y: b_y says how likely each class is before anything was seen.",
        {"mlp_forward": _forward(out=lambda h, W, b: h @ W)},
    ),
    (
        "the scores go through tanh as well",
        "A score must be free to grow; softmax bends it later. Only the hidden layer gets a tanh.",
        {"mlp_forward": _forward(out=lambda h, W, b: np.tanh(h @ W + b))},
    ),
    (
        "the slope of tanh is left out on the way back",
        "Every line of the forward map has its factor on the way back. Between h and a stands tanh: times 1 - h².",
        {"mlp_backward": _backward(lambda h: 1.0)},
    ),
    (
        "tanh is taken twice in the slope",
        "h is already tanh(a): the slope is 1 - h², not 1 - tanh(h)².",
        {"mlp_backward": _backward(lambda h: 1 - np.tanh(h) ** 2)},
    ),
    (
        "the square is missing in the slope",
        "The slope of tanh is 1 - h².",
        {"mlp_backward": _backward(lambda h: 1 - h)},
    ),
    (
        "divided by N once more",
        "The mean was taken in the loss, and its 1 / N stands in dy already. In the layers slopes add up.",
        {"mlp_backward": _backward(mean=True)},
    ),
    (
        "W_hy is not transposed",
        "dy has one column a class, and dh needs one a unit: (N, V) times (V, H), so `dy @ W_hy.T`.",
        {"mlp_backward": _backward(through=lambda dy, W: dy @ W)},
    ),
    (
        "W_xh is not transposed",
        "da has one column a unit, and dx needs one a feature: (N, H) times (H, D), so `da @ W_xh.T`.",
        {"mlp_backward": _backward(through_first=lambda da, W: da @ W)},
    ),
    (
        "h is not transposed in dW_hy",
        "The sum runs over the examples: `h.T @ dy`, (H, N) times (N, V).",
        {"mlp_backward": _backward(weights=lambda h, dy: h @ dy)},
    ),
    (
        "x is not transposed in dW_xh",
        "The sum runs over the examples: `x.T @ da`, (D, N) times (N, H).",
        {"mlp_backward": _backward(weights_first=lambda x, da: x @ da)},
    ),
    (
        "returned in the order of the way back",
        "The order is dx, dW_xh, db, dW_hy, db_y: that of the arguments of mlp_forward.",
        {"mlp_backward": _backward(order=lambda dx, dW, db, dV, db_y: (dV, db_y, dW, db, dx))},
    ),
    (
        "dW_hy is computed without the bias in h",
        "dW_hy = hᵀ dy with the very h that the forward map used: keep it in the cache.",
        {"mlp_backward": _on_x},
    ),
):
    MLP.mistake(_name, _words, **{**_RIGHT, **_versions})
