"""Wrong ways back through a gate, known by name."""

import numpy as np

from autograder.checks.gating.gated_backward import BACK
from rnn_core.activations import sigmoid


def by_gate(d, h, g, n):
    return d * (n - h) * g * (1 - g)


def by_candidate(d, h, g, n):
    return d * g * (1 - n**2)


def straight(d, h, g, n):
    return d * (1 - g)


def collect(da_g, da_n, kept, x, h, W_xh, W_hh):
    """The five gradients from the two sums and the straight path."""
    da = np.hstack([da_g, da_n])
    return da @ W_xh.T, kept + da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


def factor(name, words, by_gate=by_gate, by_candidate=by_candidate, straight=straight):
    """Name a wrong factor; all else is built from it rightly."""

    def back(d, cache):
        x, h, W_xh, W_hh, g, n = cache
        three = (way(d, h, g, n) for way in (by_gate, by_candidate, straight))
        return collect(*three, x, h, W_xh, W_hh)

    BACK.mistake(name, words, gated_step_backward=back)


def result(name, words, place):
    """Name a wrong result; the decorated function gives it from d, da_g, da_n and the cache, the others are right."""

    def add(compute):
        def back(d, cache):
            x, h, W_xh, W_hh, g, n = cache
            da_g, da_n, kept = (way(d, h, g, n) for way in (by_gate, by_candidate, straight))
            grads = list(collect(da_g, da_n, kept, x, h, W_xh, W_hh))
            grads[place] = compute(d, da_g, da_n, *cache)
            return tuple(grads)

        BACK.mistake(name, words, gated_step_backward=back)

    return add


factor(
    "the old state is missing in the gate's factor",
    "g stands twice in (1 - g) h + g n. A nudge of g adds n *and takes away h*: the factor is n - h.",
    by_gate=lambda d, h, g, n: d * n * g * (1 - g),
)
factor(
    "only the old state is in the gate's factor",
    "g stands twice in (1 - g) h + g n. A nudge of g takes away h *and adds n*: the factor is n - h.",
    by_gate=lambda d, h, g, n: -d * h * g * (1 - g),
)
factor(
    "the gate's factor is h - n",
    "A larger g means more of n and less of h. The factor is n - h; the other sign belongs to a gate that keeps.",
    by_gate=lambda d, h, g, n: d * (h - n) * g * (1 - g),
)
factor(
    "the gate's factor is n + h",
    "h has the share 1 - g: when g grows, it shrinks. The factor is n - h.",
    by_gate=lambda d, h, g, n: d * (n + h) * g * (1 - g),
)
factor(
    "the slope of the sigmoid is missing",
    "`dh_next * (n - h)` is the gradient at g. Its sum stands one sigmoid further: multiply by g (1 - g).",
    by_gate=lambda d, h, g, n: d * (n - h),
)
factor(
    "the sigmoid is applied a second time",
    "`g` in the cache has been through the sigmoid. Its slope is g (1 - g), with this g.",
    by_gate=lambda d, h, g, n: d * (n - h) * sigmoid(g) * (1 - sigmoid(g)),
)
factor(
    "the slope of the sigmoid is taken at n",
    "The slope belongs to the gate: g (1 - g). n came out of a tanh.",
    by_gate=lambda d, h, g, n: d * (n - h) * n * (1 - n),
)
factor(
    "the slope of tanh at the gate",
    "1 - g^2 is the slope of tanh. The gate is a sigmoid: g (1 - g).",
    by_gate=lambda d, h, g, n: d * (n - h) * (1 - g**2),
)
factor(
    "half of the sigmoid's slope",
    "The slope of the sigmoid is g (1 - g): both factors. It is flat at both ends.",
    by_gate=lambda d, h, g, n: d * (n - h) * g,
)
factor(
    "half of the sigmoid's slope, 1 - g",
    "The slope of the sigmoid is g (1 - g): both factors. It is flat at both ends.",
    by_gate=lambda d, h, g, n: d * (n - h) * (1 - g),
)
factor(
    "the path by the gate is forgotten",
    "The gate was computed, too: its weights learn only if the gradient goes back through it. Its factor is n - h.",
    by_gate=lambda d, h, g, n: 0 * d,
)
factor(
    "the path by the candidate is forgotten",
    "The candidate was computed, too. A nudge of n moves h_next by g, and behind it stands the slope of tanh.",
    by_candidate=lambda d, h, g, n: 0 * d,
)
factor(
    "the straight path is forgotten",
    "h stands in (1 - g) h itself, not only inside the two sums. This is the path that needs no weight.",
    straight=lambda d, h, g, n: 0 * d,
)
factor(
    "g and 1 - g are exchanged",
    "In (1 - g) h + g n the old state has the factor 1 - g, the candidate g.",
    by_candidate=lambda d, h, g, n: d * (1 - g) * (1 - n**2),
    straight=lambda d, h, g, n: d * g,
)
factor(
    "g and 1 - g are exchanged all through",
    "This is the gradient of g h + (1 - g) n. Here g is the share of the new.",
    by_gate=lambda d, h, g, n: d * (h - n) * g * (1 - g),
    by_candidate=lambda d, h, g, n: d * (1 - g) * (1 - n**2),
    straight=lambda d, h, g, n: d * g,
)
factor(
    "the straight path has the factor g",
    "h stands in (1 - g) h: its factor is 1 - g. With the gate shut, everything passes.",
    straight=lambda d, h, g, n: d * g,
)
factor(
    "the straight path has no factor",
    "h stands in (1 - g) h: what reaches it straight is dh_next times 1 - g.",
    straight=lambda d, h, g, n: d,
)
factor(
    "the candidate's path has the factor 1 - g",
    "n stands in g n: a nudge of n moves h_next by g.",
    by_candidate=lambda d, h, g, n: d * (1 - g) * (1 - n**2),
)
factor(
    "the candidate's path has no gate",
    "n stands in g n: a nudge of n moves h_next by g times as much.",
    by_candidate=lambda d, h, g, n: d * (1 - n**2),
)
factor(
    "the slope of tanh is missing",
    "`dh_next * g` is the gradient at n. Its sum stands one tanh further: multiply by 1 - n^2.",
    by_candidate=lambda d, h, g, n: d * g,
)
factor(
    "tanh is applied a second time",
    "`n` in the cache has been through the tanh. Its slope is 1 - n^2, with this n.",
    by_candidate=lambda d, h, g, n: d * g * (1 - np.tanh(n) ** 2),
)
factor(
    "the slope of the sigmoid at the candidate",
    "n came out of a tanh, whose slope is 1 - n^2. n (1 - n) is that of a sigmoid.",
    by_candidate=lambda d, h, g, n: d * g * n * (1 - n),
)
factor(
    "the slope of tanh without its square",
    "The slope of tanh is 1 - n^2, not 1 - n.",
    by_candidate=lambda d, h, g, n: d * g * (1 - n),
)
result(
    "dh lacks the path by the gate",
    "The gate read h, too, by the first H columns of `W_hh`. All of `da @ W_hh.T` belongs to dh.",
    1,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: d * (1 - g) + da_n @ W_hh[:, h.shape[1] :].T)
result(
    "dh lacks the path by the candidate",
    "The candidate read h, too, by the last H columns of `W_hh`. All of `da @ W_hh.T` belongs to dh.",
    1,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: d * (1 - g) + da_g @ W_hh[:, : h.shape[1]].T)
result(
    "dh has the straight path alone",
    "Gate and candidate read h, too: add `da @ W_hh.T`.",
    1,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: d * (1 - g))
result(
    "all three ways in dh have the factor 1 - g",
    "1 - g belongs to the straight way alone: `dh_next * (1 - g) + da @ W_hh.T`.",
    1,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: (1 - g) * (d + np.hstack([da_g, da_n]) @ W_hh.T))
result(
    "the two slopes are missing on the way to h",
    "`W_hh` stands inside tanh and sigmoid: what goes back through it is `da`, which holds both slopes.",
    1,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: d * (1 - g) + np.hstack([d * (n - h), d * g]) @ W_hh.T)
result(
    "dW_hh is built from another state",
    "`W_hh` multiplies the state that the step *reads*: `h`, not what it wrote.",
    3,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: ((1 - g) * h + g * n).T @ np.hstack([da_g, da_n]))
result(
    "dW_hh is built from the kept part of the state",
    "`W_hh` multiplies `h` itself. The factor 1 - g acts outside, in the mix.",
    3,
)(lambda d, da_g, da_n, x, h, W_xh, W_hh, g, n: ((1 - g) * h).T @ np.hstack([da_g, da_n]))
result(
    "db is averaged over the batch",
    "Rows that share a bias add their shares. Where an average is wanted, the loss holds it already.",
    4,
)(lambda d, da_g, da_n, *_: np.hstack([da_g, da_n]).mean(axis=0))
result(
    "db is not summed over the batch",
    "Every row of the batch uses the same `b`: its gradient adds the rows up, and has the shape of `b`.",
    4,
)(lambda d, da_g, da_n, *_: np.hstack([da_g, da_n]))


@BACK.mistake(
    "the columns are stacked as n, g",
    "The first H columns belong to the gate, the last H to the candidate: `np.hstack([da_g, da_n])`.",
)
def columns(d, cache):
    x, h, W_xh, W_hh, g, n = cache
    da_g, da_n = by_gate(d, h, g, n), by_candidate(d, h, g, n)
    return collect(da_n, da_g, straight(d, h, g, n), x, h, W_xh, W_hh)


@BACK.mistake(
    "the two sums start from what is left on the straight path",
    "All three ways start from `dh_next`. Was it multiplied by 1 - g before the other two were computed?",
)
def after_the_straight(d, cache):
    x, h, W_xh, W_hh, g, n = cache
    left = d * (1 - g)
    return collect(by_gate(left, h, g, n), by_candidate(left, h, g, n), left, x, h, W_xh, W_hh)


@BACK.mistake(
    "dh_next is changed in place",
    "The values are right, but `dh_next *= …` writes into the array that the caller still holds.",
)
def in_place(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da_g, da_n = by_gate(dh_next, h, g, n), by_candidate(dh_next, h, g, n)
    dh_next *= 1 - g
    return collect(da_g, da_n, dh_next, x, h, W_xh, W_hh)
