"""Wrong ways from the two sums to what made them, known by name."""

import numpy as np

from autograder.checks.gru import reference
from autograder.checks.gru.back import BACK, ORDER


def back_mistake(name, words, *changed):
    """Name a wrong step back by the results that it changes: each a function of g, cache, da and du."""

    def add(*computes):
        def step_backward(dh_next, cache):
            da, du = reference.sum_gradients(dh_next, cache)
            results = dict(zip(ORDER, right(dh_next, cache, da, du), strict=True))
            new = {r: f(dh_next, cache, da, du) for r, f in zip(changed, computes, strict=True)}
            return tuple((results | new).values())

        BACK.mistake(name, words, step_backward=step_backward)

    return add


def right(g, cache, da, du):
    x, h, W_xh, W_hh, _, z, _, _ = cache
    return da @ W_xh.T, g * z + du @ W_hh.T, x.T @ da, h.T @ du, da.sum(axis=0), du.sum(axis=0)


def blocks(d):
    return np.split(d, 3, axis=1)


def without(block):
    """dh without the way through one of the blocks."""

    def dh(g, cache, da, du):
        parts = [0 * d if k == block else d for k, d in enumerate(blocks(du))]
        return g * cache[5] + np.hstack(parts) @ cache[3].T

    return dh


back_mistake(
    "the straight way through z * h is forgotten",
    "The old state also stands in the last line, as `z * h`: add `dh_next * z`. It is the way on which a gradient goes "
    "back over many steps.",
    "dh",
)(lambda g, cache, da, du: du @ cache[3].T)
back_mistake(
    "the straight way has 1 - z for z",
    "`h_next = (1 - z) * n + z * h`: the old state is multiplied by z. (Where z takes the new it would be 1 - z.)",
    "dh",
)(lambda g, cache, da, du: g * (1 - cache[5]) + du @ cache[3].T)
back_mistake(
    "the straight way goes without the factor z",
    "`z * h` hands its gradient to h times z: `dh_next * z`, not `dh_next`.",
    "dh",
)(lambda g, cache, da, du: g + du @ cache[3].T)
back_mistake(
    "the way through r is missing in dh",
    "r reads the old state as well. `du @ W_hh.T`, with all 3H columns, takes the ways through r, z and n at once.",
    "dh",
)(without(0))
back_mistake(
    "the way through z is missing in dh",
    "z reads the old state as well. `du @ W_hh.T`, with all 3H columns, takes the ways through r, z and n at once.",
    "dh",
)(without(1))
back_mistake(
    "the way through n is missing in dh",
    "The candidate reads the old state. `du @ W_hh.T`, with all 3H columns, takes the ways through r, z and n at once.",
    "dh",
)(without(2))
back_mistake(
    "only the straight way leads back to h",
    "The old state also stands in the sum `h @ W_hh + b_h`, whose gradient is du: add `du @ W_hh.T`.",
    "dh",
)(lambda g, cache, da, du: g * cache[5])
back_mistake(
    "W_hh is not transposed",
    "Forwards unit i acts on unit j by `W_hh[i, j]`; backwards the gradient goes from j to i, through the transpose of "
    "each of the three parts.",
    "dh",
)(
    lambda g, cache, da, du: (
        g * cache[5] + sum(d @ W for d, W in zip(blocks(du), np.split(cache[3], 3, axis=1), strict=True))
    )
)
back_mistake(
    "dh is built from da, not from du",
    "The old state stands in the sum `h @ W_hh + b_h`. Its gradient is du, which has the factor r in the columns of n.",
    "dh",
)(lambda g, cache, da, du: g * cache[5] + da @ cache[3].T)
back_mistake(
    "dW_hh is built from da, not from du",
    "`W_hh` stands in the sum `h @ W_hh + b_h`. Its gradient is du, which has the factor r in the columns of n.",
    "dW_hh",
)(lambda g, cache, da, du: cache[1].T @ da)
back_mistake(
    "db_h is built from da, not from du",
    "`b_h` stands in the sum `h @ W_hh + b_h`, which r multiplies in the columns of n: add up the rows of du.",
    "db_h",
)(lambda g, cache, da, du: da.sum(axis=0))
back_mistake(
    "dW_hh and db_h are built from da, not from du",
    "`W_hh` and `b_h` stand in the sum `h @ W_hh + b_h`. Its gradient is du.",
    "dW_hh",
    "db_h",
)(lambda g, cache, da, du: cache[1].T @ da, lambda g, cache, da, du: da.sum(axis=0))
back_mistake(
    "everything is built from du",
    "There are two sums, and r parts them: what belongs to `x @ W_xh + b_x` is built from da.",
    "dx",
    "dW_xh",
    "db_x",
)(
    lambda g, cache, da, du: du @ cache[2].T,
    lambda g, cache, da, du: cache[0].T @ du,
    lambda g, cache, da, du: du.sum(axis=0),
)
back_mistake(
    "db_x is built from du, not from da",
    "`b_x` stands in the sum with the input, which r does not touch: add up the rows of da.",
    "db_x",
)(lambda g, cache, da, du: du.sum(axis=0))
back_mistake("dx is built from du, not from da", "The input stands in the sum `x @ W_xh + b_x`: da.", "dx")(
    lambda g, cache, da, du: du @ cache[2].T
)
back_mistake("dW_xh is built from du, not from da", "`W_xh` stands in the sum `x @ W_xh + b_x`: da.", "dW_xh")(
    lambda g, cache, da, du: cache[0].T @ du
)
back_mistake(
    "db_x and db_h are exchanged",
    "The numbers are right. The order is `dx, dh, dW_xh, dW_hh, db_x, db_h`.",
    "db_x",
    "db_h",
)(lambda g, cache, da, du: du.sum(axis=0), lambda g, cache, da, du: da.sum(axis=0))
back_mistake(
    "dx and dh are exchanged",
    "The numbers are right. The order is `dx, dh, dW_xh, dW_hh, db_x, db_h`.",
    "dx",
    "dh",
)(lambda *a: right(*a)[1], lambda *a: right(*a)[0])
back_mistake(
    "the candidate's part of dW_hh has the reset state, as in the form of 2014",
    "Where r acts before the product, `W_hn` meets `r * h`. Here it meets `h`, and r is in du already.",
    "dW_hh",
)(
    lambda g, cache, da, du: np.hstack(
        [cache[1].T @ du[:, : -cache[1].shape[1]], (cache[4] * cache[1]).T @ du[:, -cache[1].shape[1] :]]
    )
)
back_mistake(
    "the biases are averaged over the batch",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
    "db_x",
    "db_h",
)(lambda g, cache, da, du: da.mean(axis=0), lambda g, cache, da, du: du.mean(axis=0))
back_mistake(
    "the biases are not summed over the batch",
    "Every row of the batch uses the same bias: its gradient adds the rows up, and has the shape of the bias.",
    "db_x",
    "db_h",
)(lambda g, cache, da, du: da, lambda g, cache, da, du: du)
back_mistake(
    "gradients of the weights are averaged over the batch",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
    *ORDER[2:],
)(*(lambda *a, k=k: right(*a)[k] / len(a[0]) for k in range(2, 6)))


def in_place(dh_next, cache):
    results = right(dh_next, cache, *reference.sum_gradients(dh_next, cache))
    dh_next *= cache[5]
    return results


BACK.mistake(
    "dh_next is changed in place",
    "The values are right, but `dh_next *= …` writes into the array that the caller still holds.",
    step_backward=in_place,
)
