"""A net with one hidden layer, there and back."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.parts import expect_unchanged
from autograder.compare import expect, expect_close, same
from autograder.spec import Exercise
from rnn_core import layers

MLP = Exercise(
    "start-mlp",
    functions={"mlp_forward": layers.mlp_forward, "mlp_backward": layers.mlp_backward},
    returns={
        "mlp_forward": ("y", "cache"),
        "mlp_backward": ("dx", "dW_xh", "db", "dW_hy", "db_y"),
    },
    lends={"tanh_backward": reference.tanh_backward, "linear_backward": reference.linear_backward},
    points=5,
    minutes=30,
    difficulty=3,
    hints=(
        "Write the forward map as three lines: a = x W_xh + b, h = tanh(a), y = h W_hy + b_y. Then walk them in "
        "reverse order, one of your two functions a line.",
        "Keep in the cache what the way back reads: x, h and both weight matrices.",
        "Backwards: `dh, dW_hy, db_y = linear_backward(dy, h, W_hy)`, then `da = tanh_backward(dh, h)`. What is left?",
        "`dx, dW_xh, db = linear_backward(da, x, W_xh)`.",
    ),
    explain="Backpropagation is the forward program read from its last line to its first, with each line replaced by "
    "its vector-Jacobian product.",
)
NAMES = ("dx", "dW_xh", "db", "dW_hy", "db_y")


def draw_mlp(rng, N=4, D=3, H=7, V=5):
    shapes = (N, D), (D, H), (H,), (H, V), (V,)
    return [rng.normal(0.1, 0.7, shape) for shape in shapes]


@MLP.check("the scores agree")
def mlp_scores(student, rng):
    for sizes in ((4, 3, 7, 5), (6, 2, 4, 3)):
        args = draw_mlp(rng, *sizes)
        hint = "tanh bends x W_xh + b; the scores themselves stay unbent."
        expect_close("y", student.mlp_forward(*args)[0], layers.mlp_forward(*args)[0], hint=hint)


def _mlp_gradient(name, hint):
    def run(student, rng):
        sizes = 5, 5, 5, 5  # all equal: there a wrong product has values to compare
        args, others, dy = draw_mlp(rng, *sizes), draw_mlp(rng, *sizes), rng.standard_normal((5, 5))
        _, cache = student.mlp_forward(*args)
        student.mlp_forward(*others)  # whoever keeps anything outside the cache now has the wrong one
        got, want = student.mlp_backward(dy, cache), layers.mlp_backward(dy, layers.mlp_forward(*args)[1])
        k = NAMES.index(name)
        expect_close(
            f"{name} (N, D, H and V are 5, and another mlp_forward came in between)", got[k], want[k], hint=hint
        )

    return run


MLP.check("the second layer: dW_hy")(_mlp_gradient("dW_hy", "The last line of the forward map comes first."))
MLP.check("the second layer: db_y")(_mlp_gradient("db_y", "b_y stands in every row of the scores."))
MLP.check("the first layer: dW_xh")(_mlp_gradient("dW_xh", "From dy through W_hy to h, through tanh to a."))
MLP.check("the first layer: db")(_mlp_gradient("db", "From dy through W_hy to h, through tanh to a."))
MLP.check("back to the input: dx")(_mlp_gradient("dx", "From dy to a, and from there through W_xh."))


@MLP.check("sizes that all differ; arrays and cache are left alone", replay=False)  # errors have many wordings
def mlp_untouched(student, rng):
    args = draw_mlp(rng)
    dy = rng.standard_normal((4, 5))
    (y, cache), after = student.mlp_forward.with_arguments(*args)
    first, (dy_after, cache_after) = student.mlp_backward.with_arguments(dy, cache)
    want, want_cache = layers.mlp_forward(*args)
    for name, a, b in zip(("y", *NAMES), (y, *first), (want, *layers.mlp_backward(dy, want_cache)), strict=True):
        expect_close(f"{name} (N, D, H, V = 4, 3, 7, 5)", a, b)
    hint = "`dy *= …` changes an array that others still need."
    expect_unchanged(("x", "W_xh", "b", "W_hy", "b_y", "dy"), (*after, dy_after), (*args, dy), hint)
    hint = "The cache holds the caller's arrays as well: mlp_backward must not write into them."
    expect(same(cache_after, cache), f"cache after mlp_backward: expected what it was before. {hint}")
    again = student.mlp_backward(dy, cache)  # sees what was written into an object
    for name, one, two in zip(NAMES, first, again, strict=True):
        expect_close(f"{name} of a second call with the same cache", two, one, hint=hint)


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
