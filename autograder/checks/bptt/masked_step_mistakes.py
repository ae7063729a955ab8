"""Wrong masked steps, forwards and backwards, known by name."""

from functools import partial

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.masked_step import STEP


def forward_mistake(name, words):
    def add(compute):
        def wrong(x, h, W_xh, W_hh, b, real):
            candidate = np.tanh(x @ W_xh + h @ W_hh + b)
            return compute(candidate, h, real[:, None]), (x, h, W_xh, W_hh, candidate, real)

        STEP.mistake(name, words, masked_step_forward=wrong)

    return add


def backward_mistake(name, words):
    """Name a wrong gradient by `da` and by what a row of padding hands on."""

    def add(compute):
        def wrong(dh_next, cache):
            x, h, W_xh, W_hh, candidate, real = cache
            da, carried = compute(dh_next, dh_next * (1 - candidate**2), real[:, None], cache)
            return da @ W_xh.T, da @ W_hh.T + carried, x.T @ da, h.T @ da, da.sum(axis=0)

        STEP.mistake(name, words, masked_step_backward=wrong)

    return add


def input_masked(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh((x * real[:, None]) @ W_xh + h @ W_hh + b)
    return candidate, (x, h, W_xh, W_hh, candidate, real)


forward_mistake(
    "padding sets the state to zero",
    "The state of a short sequence would be gone at the end of the batch. Padding keeps the state: choose `h`, not 0.",
)(lambda candidate, h, R: candidate * R)
forward_mistake("the mask is ignored forwards", "Rows of padding run like the others. Choose row by row.")(
    lambda candidate, h, R: candidate
)
forward_mistake(
    "the mask is the wrong way round forwards",
    "Where `real` is True the step runs: `np.where(real[:, None], candidate, h)`.",
)(lambda candidate, h, R: np.where(R, h, candidate))
STEP.mistake(
    "the input is masked, and the step runs all the same",
    "An input of zeros is an input: tanh and `W_hh` still change the state. Padding must leave it as it is.",
    masked_step_forward=input_masked,
)
backward_mistake(
    "padding hands no gradient on",
    "Forwards the state passed the padding unchanged. So does the gradient: `dh` of such a row is `dh_next`.",
)(lambda g, da, R, cache: (da * R, 0))
backward_mistake(
    "the mask is on one side only: padding gives the weights a share",
    "A row of padding did not go through tanh and the weights. Its `da` is 0.",
)(lambda g, da, R, cache: (da, g * ~R))
backward_mistake(
    "the mask is ignored backwards",
    "Rows of padding took another way forwards. Mask `da`, and hand their `dh_next` on.",
)(lambda g, da, R, cache: (da, 0))
backward_mistake(
    "real rows hand their gradient on a second time",
    "A real row's gradient goes through tanh and `W_hh`, and only there. The direct way is for padding alone.",
)(lambda g, da, R, cache: (da * R, g))
backward_mistake(
    "the mask is the wrong way round backwards",
    "Where `real` is True the gradient goes through the step.",
)(lambda g, da, R, cache: (da * ~R, g * R))
backward_mistake(
    "W_hh is not transposed",
    "Forwards unit i acts on unit j by `W_hh[i, j]`; backwards the gradient goes from j to i: `da @ W_hh.T`.",
)(lambda g, da, R, cache: (da * R, g * ~R + (da * R) @ cache[3] - (da * R) @ cache[3].T))
backward_mistake(
    "dh is right, and the padding's own `da` still acts on the input and the weights",
    "Choosing in `dh` is not enough. A row of padding did not go through the products: make its `da` 0 first.",
)(lambda g, da, R, cache: (slope := g * (1 - np.where(R, cache[4], cache[1]) ** 2), g * ~R - (slope * ~R) @ cache[3].T))


@STEP.mistake(
    "the gradients of the weights are averaged over the real rows",
    "The loss has divided once. Each row's share is added, and nothing is divided here.",
)
def masked_step_backward(dh_next, cache):
    dx, dh, *weights = reference.masked_step_backward(dh_next, cache)
    return dx, dh, *(d / cache[5].sum() for d in weights)


backward_mistake(
    "the slope of tanh is taken at h",
    "The slope is 1 minus the square of what came out of tanh: `candidate`.",
)(lambda g, da, R, cache: (g * (1 - cache[1] ** 2) * R, g * ~R))


def forward_in_place(x, h, W_xh, W_hh, b, real, kept):
    h_next, cache = reference.masked_step_forward(x, h, W_xh, W_hh, b, real)
    cache = (x, h.copy() if kept else h, *cache[2:])
    h[real] = h_next[real]
    return h, cache


for kept in (True, False):
    STEP.mistake(
        "the new state is written over the old one",
        "`h[real] = …` changes the array that the caller still holds, and that the way back needs. Make a new one.",
        masked_step_forward=partial(forward_in_place, kept=kept),
    )


def other_cache(x, h, W_xh, W_hh, b, real):
    h_next, _ = reference.masked_step_forward(x, h, W_xh, W_hh, b, real)
    return h_next, ()


STEP.mistake(
    "the cache does not hold what it is asked to hold",
    "The state is right. `masked_step_backward` reads `(x, h, W_xh, W_hh, candidate, real)`, in this order, with the "
    "tanh of every row as `candidate`. The cell hands this line out: leave it as it is.",
    masked_step_forward=other_cache,
)


forward_mistake(
    "a real row keeps its old state as well",
    "`real * candidate + h` adds the old state to the new one. Where the row is real, the new one replaces it.",
)(lambda candidate, h, R: candidate * R + h)
forward_mistake(
    "only the real rows come back",
    "`candidate[real]` drops the rows of padding, and with them their states. All N rows come back: choose row by row.",
)(lambda candidate, h, R: candidate[R[:, 0]])


def changed(name, words, change):
    """Name a wrong gradient by what it makes of the right one; `change(grads, dh_next, cache)`."""
    STEP.mistake(
        name,
        words,
        masked_step_backward=lambda dh_next, cache: change(
            list(reference.masked_step_backward(dh_next, cache)), dh_next, cache
        ),
    )


backward_mistake(
    "the tanh is passed without its slope",
    "Between `dh_next` and the products stands a tanh: multiply by `1 - candidate**2`.",
)(lambda g, da, R, cache: (g * R, g * ~R))
changed(
    "real rows hand nothing back",
    "The gradient of a real row goes through tanh and `W_hh`: `da @ W_hh.T`. Only padding has nothing to send there.",
    lambda grads, g, cache: (grads[0], g * ~cache[5][:, None], *grads[2:]),
)
changed(
    "gradients of the weights are averaged over the real rows",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
    lambda grads, g, cache: (*grads[:2], *(part / max(cache[5].sum(), 1) for part in grads[2:])),
)
changed(
    "padding gives the bias a share",
    "`db` adds up the rows of the *masked* `da`: a row of padding did not use the bias.",
    lambda grads, g, cache: (*grads[:4], (g * (1 - cache[4] ** 2)).sum(axis=0)),
)
