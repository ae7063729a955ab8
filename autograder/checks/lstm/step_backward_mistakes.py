"""Wrong ways back through one step of the LSTM, known by name."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.gates_mistakes import WRONG, pieces
from autograder.checks.lstm.step_backward import BACK, ORDER


def products(da, dc, cache):
    """What follows from da, in the right order."""
    x, h, _, W_xh, W_hh, *_ = cache
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, h.T @ da, da.sum(axis=0)


def mistake(name, words):
    """Name a wrong step by what it makes of da, dc, the cache and the right results by name."""

    def add(change):
        def step_backward(dh_next, dc_next, cache):
            da, dc = reference.gate_gradients(dh_next, dc_next, cache)
            right = dict(zip(ORDER, products(da, dc, cache), strict=True))
            return tuple((right | change(da, right, dh_next, dc_next, cache)).values())

        BACK.mistake(name, words, step_backward=step_backward)

    return add


for name, variants in WRONG.items():  # who writes the gates' lines once more can make their mistakes once more
    if not name.startswith(("da is stacked", "the slopes of the input")):
        for words, make in variants:
            BACK.mistake(
                name,
                words,
                step_backward=lambda dh, dc, cache, make=make: products(*make(pieces(dh, dc, cache)), cache),
            )

mistake(
    "dW_hh is built from h_next",
    "`W_hh` multiplies the state that the step *reads*: `h`. `h_next` is what it wrote.",
)(lambda da, right, dh, dc, cache: {"dW_hh": (cache[8] * np.tanh(cache[9])).T @ da})
mistake(
    "dW_hh is built from the cell state",
    "The gates read `h`, not `c`: `h.T @ da`.",
)(lambda da, right, dh, dc, cache: {"dW_hh": cache[2].T @ da})
for which in (("dW_xh",), ("dW_hh",), ("dW_xh", "dW_hh")):
    mistake(
        f"transposed: {', '.join(which)}",
        "A gradient has the shape of what it belongs to, rows where a signal comes from: `x.T @ da`, `h.T @ da`.",
    )(lambda da, right, dh, dc, cache, which=which: {name: right[name].T for name in which})
mistake(
    "db is not summed over the batch",
    "Every row of the batch uses the same `b`: its gradient adds the rows up, and has the shape of `b`.",
)(lambda da, right, dh, dc, cache: {"db": da})
mistake(
    "db is averaged over the batch",
    "Rows that share a bias add their shares. Where an average is wanted, the loss holds it already.",
)(lambda da, right, dh, dc, cache: {"db": da.mean(axis=0)})
mistake(
    "db is summed over the columns",
    "`b` has one number for each column. Add up the rows of the batch, the first axis: `da.sum(axis=0)`.",
)(lambda da, right, dh, dc, cache: {"db": da.sum(axis=1)})
mistake(
    "db is one number",
    "Without `axis` everything is summed. `b` has one number for each column: `da.sum(axis=0)`.",
)(lambda da, right, dh, dc, cache: {"db": da.sum()})
mistake(
    "db kept its axis",
    "With `keepdims=True` the sum has shape (1, 4H). `b` has shape (4H,), and so must its gradient.",
)(lambda da, right, dh, dc, cache: {"db": da.sum(axis=0, keepdims=True)})
for which in (("dW_xh", "dW_hh", "db"), ("dW_xh", "dW_hh")):
    mistake(
        "gradients of the weights are averaged over the batch",
        "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
    )(lambda da, right, dh, dc, cache, which=which: {name: right[name] / len(da) for name in which})
mistake(
    "dx and dh are exchanged",
    "The numbers are right. The order is `dx, dh, dc, dW_xh, dW_hh, db`.",
)(lambda da, right, dh, dc, cache: {"dx": right["dh"], "dh": right["dx"]})
mistake(
    "dh and dc are exchanged",
    "The numbers are right. The order is `dx, dh, dc, dW_xh, dW_hh, db`.",
)(lambda da, right, dh, dc, cache: {"dh": right["dc"], "dc": right["dh"]})
mistake(
    "dh_next is added to dh",
    "`h` acts on the step through the four gates alone: no second way leads from `h` to `h_next`.",
)(lambda da, right, dh, dc, cache: {"dh": right["dh"] + dh})
mistake(
    "dc comes out as zero",
    "`gate_gradients` gives `dc` as its second result: it goes back beside `dh`.",
)(lambda da, right, dh, dc, cache: {"dc": 0 * dc})
mistake(
    "dc_next is handed back as dc",
    "`dc_next` arrives at the new cell state. What goes back to the old one is the `dc` of `gate_gradients`.",
)(lambda da, right, dh, dc, cache: {"dc": dc})
for k, gate in enumerate("ifgo"):
    mistake(
        f"dh goes back through block {gate} alone",
        "`h` acts on all four gates. `da @ W_hh.T` with all 4H columns adds the four parts up.",
    )(lambda da, right, dh, dc, cache, k=k: {"dh": np.split(da, 4, axis=1)[k] @ np.split(cache[4], 4, axis=1)[k].T})


@BACK.mistake(
    "dc_next is changed in place",
    "The values are right, but `dc_next += …` writes into the array that the caller still holds.",
)
def in_place(dh_next, dc_next, cache):
    da, dc = reference.gate_gradients(dh_next, dc_next, cache)
    dc_next[...] = pieces(dh_next, dc_next, cache)["d"]
    return products(da, dc, cache)
