"""Wrong attention, forward and backward, known by name."""

import numpy as np

from autograder.checks.shapes.encoder_decoder.attention import FORWARD
from rnn_core.attention import dot_forward


def forward_mistake(name, words):
    """Name a wrong forward pass by its weights, made of scores and mask (both as arrays), or by all it returns."""

    def add(compute):
        def wrong(queries, states, mask=None):
            m = np.ones(states.shape[:2], bool) if mask is None else np.asarray(mask, bool)
            with np.errstate(all="ignore"):
                weights = compute(queries, states, m[:, None, :])
                found = weights if isinstance(weights, tuple) else (weights @ states, weights)
            return (*found, (queries, states, found[1]))

        FORWARD.mistake(name, words, dot_forward=wrong)

    return add


def scores(queries, states):
    return queries @ states.swapaxes(1, 2)


def soft(e, axis=2, empty=1.0):
    """A softmax in which -inf counts nothing; a slice of nothing but -inf is divided by `empty`."""
    top = e.max(axis=axis, keepdims=True)
    e = np.exp(e - np.where(np.isfinite(top), top, 0))
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total > 0, total, empty)


BEFORE = "Padding has to lose *before* the softmax: a score of minus infinity becomes a weight of exactly 0."
forward_mistake("the mask is not used", f"Padding gets a share of the attention here. {BEFORE}")(
    lambda q, s, m: soft(scores(q, s))
)
forward_mistake(
    "the mask comes after the softmax",
    f"The weights of the padding are 0, and those that are left sum to less than 1. {BEFORE}",
)(lambda q, s, m: soft(scores(q, s)) * m)
forward_mistake(
    "the mask is inverted",
    "True marks what is real. `np.where(mask[:, None, :], scores, -np.inf)` keeps the scores where the mask is True.",
)(lambda q, s, m: soft(np.where(m, -np.inf, scores(q, s))))
forward_mistake(
    "the scores of the padding are set to 0",
    "A score of 0 is not silence: `exp(0)` is 1, and padding takes part in the softmax. Minus infinity is silence.",
)(lambda q, s, m: soft(scores(q, s) * m))
for empty in (0.0, 1.0):
    forward_mistake(
        "the softmax runs over the queries",
        "Each query chooses among the words of the source. Those stand on the last axis of `scores` (N, T, S): the "
        "weights of one query sum to 1.",
    )(lambda q, s, m, empty=empty: soft(np.where(m, scores(q, s), -np.inf), axis=1, empty=empty))
forward_mistake(
    "the softmax runs over the queries",
    "Each query chooses among the words of the source. Those stand on the last axis of `scores` (N, T, S): the "
    "weights of one query sum to 1.",
)(lambda q, s, m: soft(np.where(m, scores(q, s), -1e9), axis=1))
forward_mistake(
    "the scores are divided by the root of H",
    "That is the scaled dot product, from another paper. Here the score is the plain dot product.",
)(lambda q, s, m: soft(np.where(m, scores(q, s) / np.sqrt(q.shape[2]), -np.inf)))
forward_mistake(
    "the score is a cosine",
    "The dot product is used as it is. Divided by the lengths of both vectors it would be a cosine.",
)(
    lambda q, s, m: soft(
        np.where(
            m,
            scores(q, s) / np.linalg.norm(q, axis=2)[:, :, None] / np.linalg.norm(s, axis=2)[:, None, :],
            -np.inf,
        )
    )
)
forward_mistake(
    "an empty row gives NaN",
    "Where the mask is all False, every score is minus infinity and the softmax divides 0 by 0. Divide by 1 there: "
    "nothing to attend to is a weight of 0 everywhere.",
)(lambda q, s, m: soft(np.where(m, scores(q, s), -np.inf), empty=0.0))
forward_mistake(
    "an empty row attends to its padding",
    "With a large negative number instead of minus infinity all scores of an empty row are equal, and the padding gets "
    "equal shares. Set the weights to 0 where the mask is False; in the other rows they are 0 already.",
)(lambda q, s, m: soft(np.where(m, scores(q, s), -1e9)))
forward_mistake(
    "there is no softmax",
    "The weights are shares: not negative, and summing to 1. Dot products are neither.",
)(lambda q, s, m: np.where(m, scores(q, s), 0))
forward_mistake(
    "the weights are not divided by their sum",
    "`exp` alone gives positive numbers that sum to anything. Divide by the sum over the words of the source.",
)(
    lambda q, s, m: np.exp(
        np.where(m, scores(q, s) - np.where(m, scores(q, s), -1e300).max(axis=2, keepdims=True), -np.inf)
    )
)


def naive(q, s, m):
    e = np.exp(np.where(m, scores(q, s), -np.inf))
    total = e.sum(axis=2, keepdims=True)
    return e / np.where(total > 0, total, 1)


def one_top(q, s, m):
    """Softmax with one largest score for all queries of the batch."""
    e = scores(q, s)
    e = np.exp(e - e.max()) * m
    total = e.sum(axis=2, keepdims=True)
    return e / np.where(total > 0, total, 1)


forward_mistake(
    "one largest score is subtracted for the whole batch",
    "Where all scores of a query lie far below those of another one, `exp` makes 0 of all of them. Each query has a "
    "largest score of its own: `scores.max(axis=2, keepdims=True)`.",
)(one_top)
forward_mistake(
    "the states of the padding are set to 0",
    "A state of zeros has a score of 0, and that is not silence: `exp(0)` is 1, and padding takes part in the softmax. "
    "Minus infinity as a score is silence.",
)(lambda q, s, m: (soft(scores(q, s) * m) @ (s * m.swapaxes(1, 2)), soft(scores(q, s) * m)))
forward_mistake(
    "the largest score is not subtracted before exp",
    "`np.exp(1000)` is infinite, and infinity divided by infinity is NaN. Subtracting the same number from all scores "
    "of a query changes no weight.",
)(naive)
forward_mistake(
    "context and weights are exchanged",
    "The arrays are right. The order is `context, weights, cache`.",
)(lambda q, s, m: dot_forward(q, s, m[:, 0])[1::-1])
forward_mistake(
    "the context is divided by the number of words",
    "The weights sum to 1, so `weights @ states` is an average already.",
)(lambda q, s, m: (dot_forward(q, s, m[:, 0])[0] / s.shape[1], dot_forward(q, s, m[:, 0])[1]))
forward_mistake(
    "the context is the sum of the states, without weights",
    "Each state counts as much as its weight says: `weights @ states`.",
)(
    lambda q, s, m: (
        np.repeat((s * m.swapaxes(1, 2)).sum(axis=1, keepdims=True), q.shape[1], axis=1),
        dot_forward(q, s, m[:, 0])[1],
    )
)


@FORWARD.mistake(
    "the caller's states are changed",
    "`states[~mask] = 0` writes into the array that the caller still holds. `np.where(…)` makes a new one.",
)
def states_in_place(queries, states, mask=None):
    if mask is not None:
        states[~np.asarray(mask, bool)] = 0
    return dot_forward(queries, states, mask)
