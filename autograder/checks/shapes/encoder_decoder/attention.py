"""Dot attention: forward with a mask, and backward."""

import numpy as np

from autograder.compare import (
    by_name,
    expect_all_close,
    expect_any_close,
    expect_close,
    expect_finite,
    expect_shape,
    expect_unchanged,
)
from autograder.spec import Exercise
from rnn_core.attention import dot_backward, dot_forward

NAMES = ("context", "weights", "cache")
FORWARD = Exercise(
    "translate-dot-forward",
    functions={"dot_forward": dot_forward},
    returns={"dot_forward": NAMES},
    points=3,
    minutes=25,
    difficulty=2,
    hints=(
        "Three lines: scores, weights, context. Which axis of `scores` (N, T, S) holds the words to choose among?",
        "`scores = queries @ states.swapaxes(1, 2)`. The mask (N, S) is lined up with it by `mask[:, None, :]`.",
        "Before the softmax: `np.where(mask[:, None, :], scores, -np.inf)`, so that `exp` makes an exact 0 of it. "
        "The softmax runs over the last axis, and `context = weights @ states`.",
        "A row without a real word has only -inf, and softmax would give NaN. Write the softmax yourself: subtract the "
        "largest score (0 where that is -inf), take `exp`, and divide by the sum, or by 1 where the sum is 0.",
    ),
    explain="A score of minus infinity is a weight of exactly 0, and the others still sum to 1. Setting weights to 0 "
    "after the softmax would leave a sum below 1.",
)
WHERE = {
    "weights": "Scores, mask, softmax over the words of the source: in this order.",
    "context": "The states of the source, each times its weight, added up: `weights @ states`.",
}


def draw(rng, N=4, T=3, S=5, H=6):
    """queries, states and a mask with ragged rows, of which one is empty; nothing is centred on zero."""
    queries, states = 0.2 + 0.7 * rng.standard_normal((N, T, H)), 0.3 + 0.7 * rng.standard_normal((N, S, H))
    lengths = rng.permutation([0, S, *rng.integers(2, S, N - 2)])
    return queries, states, np.arange(S) < lengths[:, None]


def both(student, args):
    """The student's results and the right ones, by name."""
    return (by_name(NAMES, f(*args)) for f in (student.dot_forward, dot_forward))


def real_rows(args):
    """The same without the empty row."""
    keep = args[2].any(axis=1)
    return tuple(a[keep] for a in args)


def compare(got, want, names):
    for name in names:
        expect_shape(name, got[name], want[name].shape, "`weights` is (N, T, S), `context` is (N, T, H).")
        expect_close(name, got[name], want[name], WHERE[name])


@FORWARD.check("without padding: scores, softmax, context")
def whole(student, rng):
    for sizes in ((4, 3, 5, 6), (2, 4, 3, 2)):
        queries, states, mask = draw(rng, *sizes)
        for each in (np.ones_like(mask), None):
            got, want = both(student, (queries, states, each))
            compare(got, want, ("weights", "context"))


@FORWARD.check("the mask: padding gets a weight of 0, and the rest sums to 1")
def masked(student, rng):
    for sizes in ((4, 3, 5, 6), (5, 2, 4, 3)):
        queries, states, mask = real_rows(draw(rng, *sizes))
        if sizes[0] == 5:
            mask = rng.permuted(mask, axis=1)  # padding anywhere in the row
        got, want = both(student, (queries, states, mask))
        expect_finite("weights", got["weights"], "Is something divided by 0?")
        compare(got, want, ("weights", "context"))


@FORWARD.check("nothing to attend to: weights and context are 0")
def empty(student, rng):
    args = draw(rng)
    got, want = both(student, args)
    expect_finite("weights", got["weights"], "In the row whose mask is all False: is 0 divided by 0 there?")
    hint = "In the row whose mask is all False there is nothing to attend to."
    expect_close("weights", got["weights"], want["weights"], hint)
    expect_close("context", got["context"], want["context"], hint)


@FORWARD.check("large scores do not overflow")
def large(student, rng):
    queries, states, mask = real_rows(draw(rng))
    towards = states[:, :1] / np.linalg.norm(states[:, :1], axis=2, keepdims=True)
    lengths = rng.uniform(1, 3, queries.shape[:2])
    lengths[:, 0] = rng.uniform(800, 900, len(lengths))  # exp(710) is too large for a float64
    queries = towards * lengths[..., None]
    states = states - (states @ towards.swapaxes(1, 2) - np.eye(1, states.shape[1]).T) * towards  # 1, then 0 along it
    mask = np.ones_like(mask)
    got, want = both(student, (queries, states, mask))
    expect_finite("weights", got["weights"], "Subtract the largest score of each query before `exp`.")
    compare(got, want, ("weights", "context"))


@FORWARD.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    got, after = student.dot_forward.with_arguments(*args)
    want = by_name(NAMES[:2], dot_forward(*args)[:2])
    expect_any_close(by_name(NAMES[:2], got[:2]), want)
    expect_unchanged(("queries", "states", "mask"), after, args, "`states[…] = …` changes the caller's array.")


GRADS = ("dqueries", "dstates")
BACKWARD = Exercise(
    "translate-dot-backward",
    functions={"dot_backward": dot_backward},
    returns={"dot_backward": GRADS},
    points=4,
    minutes=30,
    difficulty=3,
    hints=(
        "Three forward lines, so three steps back, last line first: average, softmax, scores.",
        "The average: `dweights = dcontext @ states.swapaxes(1, 2)`, and the first share of the states is "
        "`weights.swapaxes(1, 2) @ dcontext`.",
        "The softmax: `dscores = weights * (dweights - shared)` with "
        "`shared = (weights * dweights).sum(axis=2, keepdims=True)`.",
        "The scores are a product of queries and states, and each factor gets the gradient times the other: "
        "`dqueries = dscores @ states`, and the second share of the states is `dscores.swapaxes(1, 2) @ queries`.",
    ),
    explain="The states are used twice: they are compared with the query, and they are averaged. Two uses, two shares, "
    "and they add. No mask is needed here: where a weight is 0, all its gradients are 0.",
)
SEEK = {
    "dqueries": "dqueries come from dscores and the states.",
    "dstates": "The states are used twice, in the scores and in the average: two shares.",
}


def draw_back(rng, N=4, T=3, S=5, H=6):
    """dcontext and the cache of a forward pass with an empty row.

    Where the words of a row would all gain nearly alike, float32 loses what is left: such draws are drawn again.
    """
    for _ in range(50):
        args = draw(rng, N, T, S, H)
        cache, dcontext = dot_forward(*args)[2], 0.2 + rng.standard_normal((N, T, H))
        sizes = np.abs(dot_backward(dcontext, cache)[0][args[2].any(axis=1)]).max(axis=2)
        if sizes.min() > 0.01 * sizes.max():
            break
    return dcontext, cache


def compare_back(student, rng, names):
    """Compare some of the gradients: usual sizes, a single query, and a tiny gradient."""
    for sizes, scale in (((4, 3, 5, 6), 1.0), ((3, 1, 4, 2), 1.0), ((5, 4, 3, 2), 1e-8)):
        dcontext, cache = draw_back(rng, *sizes)
        got, want = (by_name(GRADS, f(scale * dcontext, cache)) for f in (student.dot_backward, dot_backward))
        for name in names:
            expect_shape(name, got[name], want[name].shape, "A gradient has the shape of what it belongs to.")
        expect_all_close(names, got, want, SEEK)


@BACKWARD.check("dqueries: through the softmax and the scores")
def queries_back(student, rng):
    compare_back(student, rng, ("dqueries",))


@BACKWARD.check("dstates: a share from the scores and one from the average")
def states_back(student, rng):
    compare_back(student, rng, ("dstates",))


@BACKWARD.check("equal states: only the average has something to say")
def equal_states(student, rng):
    """With all states of a row equal the context does not depend on the weights."""
    queries, states, mask = real_rows(draw(rng))
    states = np.repeat(states[:, :1], states.shape[1], axis=1)
    cache, dcontext = dot_forward(queries, states, mask)[2], 0.2 + rng.standard_normal(queries.shape)
    got = by_name(GRADS, student.dot_backward(dcontext, cache))
    expect_shape("dqueries", got["dqueries"], queries.shape)
    expect_finite("dqueries", got["dqueries"])
    most = np.abs(got["dqueries"]).max()
    tolerance = 1e-3 if np.asarray(got["dqueries"]).dtype == np.float32 else 1e-9
    if not most <= tolerance:
        expect_close(
            "dqueries for equal states",
            got["dqueries"],
            np.zeros_like(queries),
            "Weights sum to 1, so with equal states a query changes nothing: is the sum term of the softmax there?",
        )
    want = dot_backward(dcontext, cache)[1]
    expect_close("dstates for equal states", got["dstates"], want, SEEK["dstates"])


@BACKWARD.check("the caller's arrays are left alone")
def back_untouched(student, rng):
    dcontext, cache = draw_back(rng)
    got, (after, cache_after) = student.dot_backward.with_arguments(dcontext, cache)
    expect_any_close(by_name(GRADS, got), by_name(GRADS, dot_backward(dcontext, cache)))
    names = ("dcontext", "queries in the cache", "states in the cache", "weights in the cache")
    expect_unchanged(names, (after, *cache_after), (dcontext, *cache), "`dcontext *= …` changes the caller's array.")
