"""Wrong soft switches, known by name."""

import numpy as np

from autograder.checks.gating.gated_step import STEP
from rnn_core.activations import sigmoid


def sums(x, h, W_xh, W_hh, b):
    """a_g and a_n."""
    return np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)


def parts(x, h, W_xh, W_hh, b):
    """g and n."""
    a_g, a_n = sums(x, h, W_xh, W_hh, b)
    return sigmoid(a_g), np.tanh(a_n)


def mix(g, n, h):
    return (1 - g) * h + g * n


def mistake(name, words):
    """Name a wrong step by a function that gives h_next."""

    def add(compute):
        STEP.mistake(name, words, gated_step_forward=lambda *args: (compute(*args), None))

    return add


def by_parts(name, words):
    """Name a wrong mix by a function of g, n and h."""

    def add(compute):
        mistake(name, words)(lambda x, h, W_xh, W_hh, b: compute(*parts(x, h, W_xh, W_hh, b), h))

    return add


by_parts(
    "the gate and 1 - gate are exchanged",
    "Here `g` is the share of the *new*: `(1 - g) * h + g * n`. Other cells count the other way; say which it is.",
)(lambda g, n, h: g * h + (1 - g) * n)
by_parts(
    "the old state is kept whole",
    "The gate acts on both: as much as comes in of the new must go of the old. `(1 - g) * h`, not `h`.",
)(lambda g, n, h: h + g * n)
by_parts(
    "the old state has no share",
    "`g * n` is the new part. What the gate does not take stays: `(1 - g) * h`.",
)(lambda g, n, h: g * n)
by_parts(
    "the candidate is taken whole",
    "The gate acts on both: `1 - g` of the old state, and `g` of the candidate.",
)(lambda g, n, h: (1 - g) * h + n)
by_parts(
    "the new state goes through a tanh again",
    "The mix of h and n is the new state as it is. A tanh at each step would wear down what is kept.",
)(lambda g, n, h: np.tanh((1 - g) * h + g * n))
mistake(
    "the candidate goes through a sigmoid",
    "A gate is a share, between 0 and 1. The candidate is a value and has a sign: tanh.",
)(lambda *a: mix(sigmoid(sums(*a)[0]), sigmoid(sums(*a)[1]), a[1]))
mistake(
    "the gate goes through a tanh",
    "A share lies between 0 and 1, and tanh goes down to -1. The gate's function is the sigmoid.",
)(lambda *a: mix(np.tanh(sums(*a)[0]), np.tanh(sums(*a)[1]), a[1]))
mistake(
    "the functions of gate and candidate are exchanged",
    "The gate, a share, goes through the sigmoid, the candidate, a value, through tanh. Or are the columns exchanged?",
)(lambda *a: mix(np.tanh(sums(*a)[0]), sigmoid(sums(*a)[1]), a[1]))
mistake(
    "the columns are taken as n, g",
    "The first H columns belong to the gate, the last H to the candidate: stacked g, n.",
)(lambda *a: mix(sigmoid(sums(*a)[1]), np.tanh(sums(*a)[0]), a[1]))
mistake(
    "every second column is the gate's",
    "The columns are stacked in two blocks of H, not in pairs: `np.split(a, 2, axis=1)`.",
)(lambda x, h, W_xh, W_hh, b: (lambda a: mix(sigmoid(a[:, 0::2]), np.tanh(a[:, 1::2]), h))(x @ W_xh + h @ W_hh + b))
mistake(
    "the gate goes without its sigmoid",
    "The sum is any number; a share lies between 0 and 1. The sigmoid makes the one from the other.",
)(lambda *a: mix(sums(*a)[0], np.tanh(sums(*a)[1]), a[1]))
mistake(
    "the candidate goes without its tanh",
    "The candidate is a tanh of its sum: without it the state could grow without bound.",
)(lambda *a: mix(sigmoid(sums(*a)[0]), sums(*a)[1], a[1]))
mistake(
    "the gate does not read the state",
    "Gate and candidate both read input and state. The first H columns of `W_hh` belong to the gate.",
)(lambda x, h, W_xh, W_hh, b: mix(sigmoid(np.split(x @ W_xh + b, 2, 1)[0]), parts(x, h, W_xh, W_hh, b)[1], h))
mistake(
    "the candidate does not read the state",
    "Gate and candidate both read input and state. The last H columns of `W_hh` belong to the candidate.",
)(lambda x, h, W_xh, W_hh, b: mix(parts(x, h, W_xh, W_hh, b)[0], np.tanh(np.split(x @ W_xh + b, 2, 1)[1]), h))
mistake(
    "neither reads the state",
    "Gate and candidate both read input and state: the sum has the part `h @ W_hh`.",
)(lambda x, h, W_xh, W_hh, b: mix(*parts(x, 0 * h, W_xh, W_hh, b), h))
mistake(
    "the candidate reads the gated state",
    "There is a cell that does so. Here the candidate reads `h` as it is, not `g * h`.",
)(
    lambda x, h, W_xh, W_hh, b: (lambda g: mix(g, np.tanh(np.split(x @ W_xh + (g * h) @ W_hh + b, 2, 1)[1]), h))(
        parts(x, h, W_xh, W_hh, b)[0]
    )
)
mistake("the bias is missing", "The sum has three parts: `x @ W_xh + h @ W_hh + b`.")(
    lambda x, h, W_xh, W_hh, b: mix(*parts(x, h, W_xh, W_hh, 0 * b), h)
)
mistake(
    "the gate stands inside the tanh",
    "The gate multiplies the candidate, and the candidate comes out of its tanh first: `g * np.tanh(a_n)`.",
)(lambda *a: (lambda g, a_n: (1 - g) * a[1] + np.tanh(g * a_n))(sigmoid(sums(*a)[0]), sums(*a)[1]))
