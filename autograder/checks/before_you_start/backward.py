"""Slopes sent back: through tanh, through a linear map, through a net with one hidden layer."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_close
from autograder.spec import Exercise
from rnn_core import layers

TANH = Exercise(
    "start-tanh-backward",
    functions={"tanh_backward": reference.tanh_backward},
    returns={"tanh_backward": ("dx",)},
    points=1,
    minutes=8,
    hints=(
        "The square above: `dx = dy * 2 * x`. Here the slope is another one, the pattern is the same.",
        "`1 - y**2` is the slope of every element. What came back from the loss multiplies it, element by element.",
    ),
    explain="tanh works on each element by itself, so its Jacobian is diagonal and the product is one by elements.",
)


@TANH.check("values agree, for any number of axes")
def tanh_values(student, rng):
    for shape in ((3, 5), (4,), (2, 3, 7)):
        dy, y = rng.standard_normal(shape), np.tanh(rng.normal(0.3, 1, shape))
        hint = "The slope of tanh, written with its result y, times what came back."
        expect_close("dx", student.tanh_backward(dy, y), reference.tanh_backward(dy, y), hint=hint)


@TANH.check("the caller's arrays are left alone")
def tanh_untouched(student, rng):
    dy, y = rng.standard_normal((2, 5)), np.tanh(rng.normal(0.3, 1, (2, 5)))
    dx, after = student.tanh_backward.with_arguments(dy, y)
    expect_close("dx", dx, reference.tanh_backward(dy, y))
    for name, now, before in zip(("dy", "y"), after, (dy, y), strict=True):
        expect_close(f"{name} after the call", now, before, hint="`dy *= …` changes the caller's array.")


def _tanh_in_place(dy, y):
    dy *= 1 - y**2
    return dy


for _name, _words, _version in (
    (
        "tanh is taken twice",
        "y is already tanh(x). `1 - np.tanh(y)**2` is the slope at another place; with y at hand it is `1 - y**2`.",
        lambda dy, y: dy * (1 - np.tanh(y) ** 2),
    ),
    ("the square is missing", "The slope of tanh is 1 - y², not 1 - y.", lambda dy, y: dy * (1 - y)),
    (
        "what came back is left out",
        "1 - y² says how x moves y. How y moves the loss stands in dy, and the chain rule multiplies the two.",
        lambda dy, y: 1 - y**2,
    ),
    (
        "the slope of the sigmoid",
        "y (1 - y) is the slope of another function, the sigmoid. For tanh it is 1 - y².",
        lambda dy, y: dy * y * (1 - y),
    ),
    (
        "divided by the slope",
        "The forward map turns a change of x into one of y by multiplying with the slope, and the loss feels it "
        "through the same factor: multiply.",
        lambda dy, y: dy / (1 - y**2),
    ),
    ("dy is changed in place", "`dy *= …` writes into the caller's array. `dy * …` makes a new one.", _tanh_in_place),
):
    TANH.mistake(_name, _words, tanh_backward=_version)


LINEAR = Exercise(
    "start-linear-backward",
    functions={"linear_backward": reference.linear_backward},
    returns={"linear_backward": ("dx", "dW", "db")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "A gradient has the shape of what it belongs to: dx (N, D), dW (D, H), db (H,). Which products of dy (N, H), "
        "x (N, D) and W (D, H) have these shapes?",
        "`dy @ W.T` is (N, H) times (H, D). For dW the rows must vanish: (D, N) times (N, H).",
        "b is added to every row, so the slopes of all rows add up in db: `dy.sum(axis=0)`.",
    ),
    explain="What broadcasting spreads out in the forward direction is summed on the way back. Shapes nearly "
    "determine the products; equal sizes hide a forgotten transpose.",
)


def draw_linear(rng, N=4, D=3, H=5):
    return rng.standard_normal((N, H)), rng.normal(0.3, 1, (N, D)), rng.standard_normal((D, H))


def _one_gradient(k, name, hint):
    def run(student, rng):
        for sizes in ((5, 5, 5), (4, 3, 5)):  # equal sizes first: there a wrong product has values to compare
            args = draw_linear(rng, *sizes)
            got, want = student.linear_backward(*args)[k], reference.linear_backward(*args)[k]
            expect_close(f"{name} (N, D, H = {sizes})", got, want, hint=hint)

    return run


LINEAR.check("dx: back to the input")(_one_gradient(0, "dx", "Each input reaches all H results, by its row of W."))
LINEAR.check("dW: one slope a weight")(_one_gradient(1, "dW", "dW[i, j] sums x[n, i] dy[n, j] over the rows n."))
LINEAR.check("db: summed over the rows")(_one_gradient(2, "db", "The same b stands in every row."))


@LINEAR.check("the caller's arrays are left alone")
def linear_untouched(student, rng):
    args = draw_linear(rng)
    (dx, _, _), after = student.linear_backward.with_arguments(*args)
    expect_close("dx", dx, reference.linear_backward(*args)[0])
    for name, now, before in zip(("dy", "x", "W"), after, args, strict=True):
        expect_close(f"{name} after the call", now, before)


for _name, _words, _version in (
    (
        "W is not transposed",
        "Forwards x @ W adds over the inputs; backwards the sum runs over the results, so W is read the other way "
        "round: `dy @ W.T`. With equal sizes the wrong one runs without an error.",
        lambda dy, x, W: (dy @ W, x.T @ dy, dy.sum(axis=0)),
    ),
    (
        "dW is transposed",
        "`dy.T @ x` has shape (H, D). W has (D, H), and so must its gradient: `x.T @ dy`.",
        lambda dy, x, W: (dy @ W.T, dy.T @ x, dy.sum(axis=0)),
    ),
    (
        "x is not transposed",
        "The sum runs over the examples, so the rows of x must become columns: `x.T @ dy`. With equal sizes "
        "`x @ dy` runs without an error.",
        lambda dy, x, W: (dy @ W.T, x @ dy, dy.sum(axis=0)),
    ),
    (
        "db is not summed over the rows",
        "One b serves all rows: broadcasting copied it N times, so the N slopes add up. db has the shape of b, (H,).",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy),
    ),
    (
        "db is summed along the wrong axis",
        "`axis` names the axis that vanishes. The rows must, so `axis=0`; `axis=1` leaves one number an example.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum(axis=1)),
    ),
    (
        "db is one number",
        "Without `axis` everything is summed. b has one number a column of W: `dy.sum(axis=0)`.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum()),
    ),
    (
        "db is averaged over the rows",
        "The mean was taken in the loss, and its 1 / N stands in dy already. Here slopes add up: `sum`, not `mean`.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.mean(axis=0)),
    ),
    (
        "dW and db are divided by N once more",
        "The mean was taken in the loss, and its 1 / N stands in dy already. Here slopes add up.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy / len(x), dy.mean(axis=0)),
    ),
    (
        "returned in another order",
        "The order is dx, dW, db: that of the arguments x, W, b of the forward map.",
        lambda dy, x, W: (x.T @ dy, dy.sum(axis=0), dy @ W.T),
    ),
):
    LINEAR.mistake(_name, _words, linear_backward=_version)


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


def _mlp_gradients(which, hint):
    def run(student, rng):
        args = draw_mlp(rng)
        dy = rng.standard_normal((4, 5))
        _, cache = student.mlp_forward(*args)
        _, want_cache = layers.mlp_forward(*args)
        got, want = student.mlp_backward(dy, cache), layers.mlp_backward(dy, want_cache)
        for k in which:
            expect_close(NAMES[k], got[k], want[k], hint=hint)

    return run


MLP.check("the second layer: dW_hy and db_y")(_mlp_gradients((3, 4), "The last line of the forward map comes first."))
MLP.check("the first layer: dW_xh and db")(_mlp_gradients((1, 2), "From dy through W_hy to h, through tanh to a."))
MLP.check("back to the input: dx")(_mlp_gradients((0,), "The same path, and through W_xh."))


@MLP.check("the caller's arrays are left alone")
def mlp_untouched(student, rng):
    args = draw_mlp(rng)
    (y, _), after = student.mlp_forward.with_arguments(*args)
    expect_close("y", y, layers.mlp_forward(*args)[0])
    for name, now, before in zip(("x", "W_xh", "b", "W_hy", "b_y"), after, args, strict=True):
        expect_close(f"{name} after the call", now, before)


def _forward(bend=lambda x, W, b: np.tanh(x @ W + b), out=lambda h, W, b: h @ W + b):
    def version(x, W_xh, b, W_hy, b_y):
        h = bend(x, W_xh, b)
        return out(h, W_hy, b_y), (x, h, W_xh, W_hy)

    return version


def _backward(slope=lambda h: 1 - h**2, order=lambda *grads: grads, mean=False, through=lambda dy, W: dy @ W.T):
    def version(dy, cache):
        x, h, W_xh, W_hy = cache
        da = through(dy, W_hy) * slope(h)
        n = len(x) if mean else 1
        return order(da @ W_xh.T, x.T @ da / n, da.sum(axis=0) / n, h.T @ dy / n, dy.sum(axis=0) / n)

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
