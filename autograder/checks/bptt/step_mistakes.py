"""Wrong ways back through one step, known by name."""

import numpy as np

from autograder.checks.bptt.step import STEP


def put(grads, place, new):
    """The gradients with one of them replaced."""
    return (*grads[:place], new, *grads[place + 1 :])


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
    "the slope of tanh with a plus",
    "The slope is `1 - h_next**2`. With a plus it would be steepest where tanh is flat.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * (1 + h_next**2), x, h, W_xh, W_hh))
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


step_mistake(
    "db is one number",
    "Without `axis` everything is summed. `b` has one number for each unit: `da.sum(axis=0)`.",
)(lambda *a: put(right(*a), 4, right(*a)[4].sum()))
step_mistake(
    "db kept its axis",
    "With `keepdims=True` the sum has shape (1, H). `b` has shape (H,), and so must its gradient.",
)(lambda *a: put(right(*a), 4, right(*a)[4][None]))
step_mistake(
    "the slope of the sigmoid",
    "h (1 - h) is the slope of another function, the sigmoid. For tanh it is `1 - h_next**2`.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g * h_next * (1 - h_next), x, h, W_xh, W_hh))
step_mistake(
    "divided by the slope of tanh",
    "A nudge inside the tanh moves `h_next` by the slope times as much, and the loss feels it so: multiply.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(g / (1 - h_next**2), x, h, W_xh, W_hh))
step_mistake(
    "dh_next is left out",
    "`1 - h_next**2` says how the sum moves `h_next`. How `h_next` moves the loss stands in `dh_next`: multiply.",
)(lambda g, x, h, W_xh, W_hh, h_next: from_da(1 - h_next**2, x, h, W_xh, W_hh))
step_mistake(
    "dh_next is added to dh",
    "`h` acts on `h_next` through `W_hh` and the tanh alone. No second way leads past them.",
)(lambda *a: put(right(*a), 1, right(*a)[1] + a[0]))
for which in ((2,), (2, 3)):
    step_mistake(
        "dW_xh is transposed" if which == (2,) else "both gradients of weights are transposed",
        "Rows are where a signal comes from: `dW_xh` has the shape of `W_xh`, (D, H), so `x.T @ da`.",
    )(lambda *a, which=which: tuple(g.T if k in which else g for k, g in enumerate(right(*a))))
