"""Wrong gradients of dot attention, known by name."""

import numpy as np

from autograder.checks.shapes.encoder_decoder.attention import BACKWARD
from rnn_core.attention import dot_backward


def back_mistake(name, words):
    """Name a wrong way back by what it makes of dcontext (g), queries (q), states (s) and weights (w)."""

    def add(compute):
        BACKWARD.mistake(name, words, dot_backward=lambda dcontext, cache: compute(dcontext, *cache))

    return add


def dweights(g, s):
    return g @ s.swapaxes(1, 2)


def softmax_back(g, s, w):
    d = dweights(g, s)
    return w * (d - (w * d).sum(axis=2, keepdims=True))


def to_both(d, g, q, s, w):
    """The two gradients from dscores."""
    return d @ s, d.swapaxes(1, 2) @ q + w.swapaxes(1, 2) @ g


back_mistake(
    "the sum term of the softmax is missing",
    "The weights of a query sum to 1: one can only grow if others shrink. So the slope has two terms, "
    "`weights * (dweights - shared)`, with the sum of `weights * dweights` over the source words as `shared`.",
)(lambda g, q, s, w: to_both(w * dweights(g, s), g, q, s, w))
back_mistake(
    "the sum term of the softmax has a plus",
    "`weights * (dweights - shared)`: what all weights would gain alike is no gain, so it is taken off.",
)(lambda g, q, s, w: to_both(w * (dweights(g, s) + (w * dweights(g, s)).sum(axis=2, keepdims=True)), g, q, s, w))
back_mistake(
    "the sum term of the softmax runs over the queries",
    "The softmax ran over the words of the source, the last axis. The sum of its gradient runs over the same axis.",
)(lambda g, q, s, w: to_both(w * (dweights(g, s) - (w * dweights(g, s)).sum(axis=1, keepdims=True)), g, q, s, w))
back_mistake(
    "the sum term is a plain mean",
    "What is taken off is the mean of `dweights` *weighted by the weights*: `(weights * dweights).sum(…)`.",
)(lambda g, q, s, w: to_both(w * (dweights(g, s) - dweights(g, s).mean(axis=2, keepdims=True)), g, q, s, w))
back_mistake(
    "the sum term is not weighted",
    "What is taken off is the sum of `weights * dweights`, not of `dweights` alone.",
)(lambda g, q, s, w: to_both(w * (dweights(g, s) - dweights(g, s).sum(axis=2, keepdims=True)), g, q, s, w))
back_mistake(
    "the softmax is passed as if it were a sigmoid",
    "`weights * (1 - weights)` is the slope of one weight along its own score. Each weight depends on all scores "
    "of its query: `weights * (dweights - shared)`.",
)(lambda g, q, s, w: to_both(w * (1 - w) * dweights(g, s), g, q, s, w))
back_mistake(
    "the softmax is passed without its slope",
    "`dweights` arrives behind the softmax, the scores stand before it. Between them: "
    "`dscores = weights * (dweights - shared)`.",
)(lambda g, q, s, w: to_both(dweights(g, s), g, q, s, w))
back_mistake(
    "the factor of the weights is missing in the softmax",
    "`dscores = weights * (dweights - shared)`: a word with a weight near 0 hardly reacts.",
)(lambda g, q, s, w: to_both(dweights(g, s) - (w * dweights(g, s)).sum(axis=2, keepdims=True), g, q, s, w))
back_mistake(
    "dstates holds the share of the average alone",
    "The states are used a second time: they are compared with the query. Add `dscores.swapaxes(1, 2) @ queries`.",
)(lambda g, q, s, w: (softmax_back(g, s, w) @ s, w.swapaxes(1, 2) @ g))
back_mistake(
    "dstates holds the share of the scores alone",
    "The states are used a second time: they are averaged. Add `weights.swapaxes(1, 2) @ dcontext`.",
)(lambda g, q, s, w: (softmax_back(g, s, w) @ s, softmax_back(g, s, w).swapaxes(1, 2) @ q))
back_mistake(
    "the two shares of dstates are subtracted",
    "Two uses, two shares, and they add.",
)(lambda g, q, s, w: (softmax_back(g, s, w) @ s, w.swapaxes(1, 2) @ g - softmax_back(g, s, w).swapaxes(1, 2) @ q))
back_mistake(
    "the share of the average is built from dscores",
    "In `context = weights @ states` the states were multiplied with the weights: their share is "
    "`weights.swapaxes(1, 2) @ dcontext`.",
)(
    lambda g, q, s, w: (
        softmax_back(g, s, w) @ s,
        softmax_back(g, s, w).swapaxes(1, 2) @ q + softmax_back(g, s, w).swapaxes(1, 2) @ g,
    )
)
back_mistake(
    "the share of the scores is built from the weights",
    "In the scores the states were multiplied with the queries, and `dscores` has arrived there: "
    "`dscores.swapaxes(1, 2) @ queries`.",
)(lambda g, q, s, w: (softmax_back(g, s, w) @ s, w.swapaxes(1, 2) @ (g + q)))
back_mistake(
    "dqueries are built from the weights",
    "In the scores the queries were multiplied with the states, and `dscores` has arrived there: `dscores @ states`.",
)(lambda g, q, s, w: (w @ s, to_both(softmax_back(g, s, w), g, q, s, w)[1]))
back_mistake(
    "dqueries and dstates are exchanged",
    "The arrays are right. The order is `dqueries, dstates`.",
)(lambda g, q, s, w: to_both(softmax_back(g, s, w), g, q, s, w)[::-1])
back_mistake(
    "the gradients are divided by the root of H",
    "The scores were not divided by it forwards, so nothing is divided backwards.",
)(lambda g, q, s, w: to_both(softmax_back(g, s, w) / np.sqrt(q.shape[2]), g, q, s, w))
back_mistake(
    "dstates is averaged over the queries",
    "Every query used the states, and the shares of all uses add up. A mean, if any, was taken in the loss.",
)(lambda g, q, s, w: (softmax_back(g, s, w) @ s, to_both(softmax_back(g, s, w), g, q, s, w)[1] / q.shape[1]))


@BACKWARD.mistake(
    "dcontext is changed",
    "`dcontext *= …` writes into the array that the caller still holds. A new name makes a new array.",
)
def dcontext_in_place(dcontext, cache):
    found = dot_backward(dcontext, cache)
    dcontext *= 2
    return found
