"""The gradient of one step of the cell."""

import numpy as np

from autograder.checks.bptt.parts import expect_any
from autograder.compare import expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import rnn

STEP = Exercise(
    "bptt-step-backward",
    functions={"step_backward": rnn.step_backward},
    returns={"step_backward": ("dx", "dh", "dW_xh", "dW_hh", "db")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "First through the tanh: `da` has the shape of `dh_next`. All else follows from `da` as in the output layer.",
        "The slope of tanh is known from its result: `1 - h_next**2`. `h_next` is the last entry of the cache.",
        "The state's part `h @ W_hh` is a product like `x @ W_xh`: take the two given lines and put `h` for `x`.",
        "`da = dh_next * (1 - h_next**2)`, `dh = da @ W_hh.T`, `dW_hh = h.T @ da`, `db = da.sum(axis=0)`.",
    ),
    explain="`da` is the gradient at the sum inside the tanh. Each of the three parts of that sum hands it on: a "
    "product gives it to both factors, and the bias, which every row shares, adds the rows up.",
)
ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db")


def draw_step(rng, N=2, D=3, H=5):
    """dh_next and the cache of one step; all sizes differ."""
    shapes = (N, D), (N, H), (D, H), (H, H), (H,), (N, H)
    x, h, W_xh, W_hh, b, dh_next = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return dh_next, rnn.step_forward(x, np.tanh(h), W_xh, W_hh, b)[1]


def compare(student, rng, names):
    """Compare some of the gradients, of a usual size and tiny."""
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 1, 2), 1e-9)):
        dh_next, cache = draw_step(rng, *sizes)
        got, want = by_name(student.step_backward(scale * dh_next, cache)), by_name(rnn.step_backward(dh_next, cache))
        for name in names:
            hint = f"Is {name} built from `da`, and `da` from `h_next`?" if scale == 1 else "Here `dh_next` is tiny."
            expect_close(name, got[name], scale * want[name], hint)


def by_name(grads):
    return dict(zip(ORDER, grads, strict=True))


@STEP.check("dx and dh: what goes back")
def step_back(student, rng):
    compare(student, rng, ("dx", "dh"))


@STEP.check("dW_xh, dW_hh and db: what the weights get")
def step_weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@STEP.check("the caller's arrays are left alone")
def step_untouched(student, rng):
    dh_next, cache = draw_step(rng)
    got, (dh_after, cache_after) = student.step_backward.with_arguments(dh_next, cache)
    expect_any(by_name(got), by_name(rnn.step_backward(dh_next, cache)))
    hint = "`dh_next *= …` changes the caller's array; `da = dh_next * …` makes a new one."
    expect_equal("dh_next after the call", dh_after, dh_next, hint)
    for name, before, now in zip(("x", "h", "W_xh", "W_hh", "h_next"), cache, cache_after, strict=True):
        expect_equal(f"{name} in the cache after the call", now, before, hint)


def step_mistake(name, words):
    """Name a wrong step by the `da` that it uses, and what it makes of the right results."""

    def add(compute):
        STEP.mistake(name, words, step_backward=lambda dh_next, cache: compute(dh_next, *cache))

    return add


def from_da(da, x, h, W_xh, W_hh):
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


def right(g, x, h, W_xh, W_hh, h_next):
    return from_da(g * (1 - h_next**2), x, h, W_xh, W_hh)


step_mistake(
    "the slope of tanh is taken at h instead of h_next",
    "`h` went into this step, `h_next` came out of its tanh. The slope of tanh is 1 minus the square of what came out.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * (1 - h**2), x, h, W_xh, W_hh))
step_mistake(
    "the slope is that of 1 - a², with a from before the tanh",
    "tanh'(a) = 1 - tanh(a)², and tanh(a) is `h_next`. Squaring the sum inside the tanh gives another number.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * (1 - np.arctanh(h_next) ** 2), x, h, W_xh, W_hh))
step_mistake(
    "tanh is applied a second time",
    "`h_next` is already a tanh. The slope is `1 - h_next**2`; `1 - np.tanh(h_next)**2` squashes it once more.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * (1 - np.tanh(h_next) ** 2), x, h, W_xh, W_hh))
step_mistake(
    "the slope of tanh without its square",
    "The slope is `1 - h_next**2`, not `1 - h_next`: at `h_next = -1` the curve is flat.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * (1 - h_next), x, h, W_xh, W_hh))
step_mistake(
    "the tanh is passed without its slope",
    "`dh_next` arrives behind the tanh, the products stand before it. Between them: multiply by `1 - h_next**2`.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g, x, h, W_xh, W_hh))
step_mistake(
    "W_hh is not transposed",
    "`W_hh` is square, so the product fits without a complaint. Forwards unit i acts on unit j by `W_hh[i, j]`; "
    "backwards the gradient goes from j to i: `da @ W_hh.T`.",
)(lambda *a: put(right(*a), 1, a[0] * (1 - a[5] ** 2) @ a[4]))
step_mistake(
    "dW_hh is built from h_next, not from h",
    "`W_hh` multiplies the state that the step *reads*. That is `h`; `h_next` is what it wrote.",
)(lambda *a: put(right(*a), 3, a[5].T @ (a[0] * (1 - a[5] ** 2))))
step_mistake(
    "dW_hh is transposed",
    "`dW_hh[i, j]` belongs to the weight from unit i to unit j: the state in the row, the slope in the column.",
)(lambda *a: put(right(*a), 3, right(*a)[3].T))
step_mistake(
    "db is not summed over the batch",
    "Every row of the batch uses the same `b`: its gradient adds the rows up, and has the shape of `b`.",
)(lambda *a: put(right(*a), 4, a[0] * (1 - a[5] ** 2)))
step_mistake(
    "db is averaged over the batch",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
)(lambda *a: put(right(*a), 4, right(*a)[4] / len(a[0])))

for averaged in ((3, 4), (3,), (2, 3, 4)):
    step_mistake(
        "gradients of the weights are averaged over the batch",
        "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
    )(lambda *a, averaged=averaged: tuple(g / len(a[0]) if k in averaged else g for k, g in enumerate(right(*a))))
step_mistake(
    "dx and dh are exchanged",
    "The numbers are right. The order is `dx, dh, dW_xh, dW_hh, db`.",
)(lambda *a: (right(*a)[1], right(*a)[0], *right(*a)[2:]))
step_mistake(
    "dh is built from dh_next, not from da",
    "`dh_next` arrives behind the tanh, and the products before it. Everything is built from `da`: `da @ W_hh.T`.",
)(lambda *a: put(right(*a), 1, a[0] @ a[4].T))
step_mistake(
    "dW_hh is built from dh_next, not from da",
    "`dh_next` arrives behind the tanh, and the products stand before it. Everything is built from `da`: `h.T @ da`.",
)(lambda *a: put(right(*a), 3, a[2].T @ a[0]))
step_mistake(
    "db is built from dh_next, not from da",
    "`dh_next` arrives behind the tanh, and the bias stands before it. Everything is built from `da`.",
)(lambda *a: put(right(*a), 4, a[0].sum(axis=0)))
step_mistake(
    "dh, dW_hh and db are built from dh_next, not from da",
    "`dh_next` arrives behind the tanh, and the sum stands before it. Everything is built from `da`, as `dx` is.",
)(
    lambda g, x, h, W_xh, W_hh, h_next: (lambda whole, slopeless: (whole[0], slopeless[1], whole[2], *slopeless[3:]))(
        right(g, x, h, W_xh, W_hh, h_next), from_da(g, x, h, W_xh, W_hh)
    )
)

step_mistake(
    "db is summed over the units",
    "`b` has one number for each unit. Add up the rows of the batch, the first axis: `da.sum(axis=0)`.",
)(lambda *a: put(right(*a), 4, (a[0] * (1 - a[5] ** 2)).sum(axis=1)))


def step_in_place(dh_next, cache):
    dh_next *= 1 - cache[4] ** 2
    return from_da(dh_next, *cache[:4])


STEP.mistake(
    "dh_next is changed in place",
    "The values are right, but `dh_next *= …` writes into the array that the caller still holds.",
    step_backward=step_in_place,
)


def put(grads, place, new):
    return (*grads[:place], new, *grads[place + 1 :])
