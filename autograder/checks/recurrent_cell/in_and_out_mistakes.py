"""Wrong one-hot vectors and probabilities, known by name."""

import numpy as np

from autograder.checks.recurrent_cell.in_and_out import IN_OUT
from rnn_core.activations import sigmoid, softmax


def largest_only(ids, V):
    return np.eye(np.max(ids) + 1)[ids]


def filled(ids, V):
    x = np.zeros((*np.shape(ids), V))
    x[..., ids] = 1
    return x


IN_OUT.mistake(
    "as many columns as ids occur",
    "You count the ids of this text. A text need not contain every character: the length of the last axis is `V`.",
    one_hot=largest_only,
)
IN_OUT.mistake(
    "ids counted from 1",
    "The 1 stands one place to the left. Ids count from 0: id 0 is the first column.",
    one_hot=lambda ids, V: np.eye(V)[np.asarray(ids) - 1],
)
IN_OUT.mistake(
    "V is the first axis",
    "`np.eye(V)[:, ids]` picks columns and puts V first. Pick rows: `np.eye(V)[ids]`.",
    one_hot=lambda ids, V: np.eye(V)[:, ids],
)
IN_OUT.mistake(
    "one long list of vectors",
    "The vectors are right, but the ids were flattened. The shape of the ids stays in front: (N, T, V).",
    one_hot=lambda ids, V: np.eye(V)[np.ravel(ids)],
)
IN_OUT.mistake(
    "ones for all ids in every row",
    "`x[..., ids] = 1` sets the columns of all ids everywhere. Each position gets only its own 1.",
    one_hot=filled,
)
IN_OUT.mistake(
    "the id itself instead of a 1",
    "Each vector holds the number of the character. It should hold a 1 there: the size of an id means nothing.",
    one_hot=lambda ids, V: np.eye(V)[ids] * np.asarray(ids)[..., None],
)


def mistake(name, words, wrong):
    IN_OUT.mistake(name, words, output_probabilities=wrong)


def naive(a):
    return np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)


mistake(
    "no softmax",
    "What comes back are the scores. Put them through `softmax` along the last axis.",
    lambda h, W_hy, b_y: h @ W_hy + b_y,
)
mistake(
    "softmax on the state",
    "You turned the state into probabilities and then took scores of them. First the scores from the raw state, "
    "then softmax.",
    lambda h, W_hy, b_y: softmax(h) @ W_hy + b_y,
)
mistake(
    "the bias stands outside the softmax",
    "Adding `b_y` to probabilities makes rows that do not sum to 1. The bias belongs to the scores.",
    lambda h, W_hy, b_y: softmax(h @ W_hy) + b_y,
)
mistake(
    "the bias is missing",
    "The rows sum to 1, but `b_y` is not in the scores.",
    lambda h, W_hy, b_y: softmax(h @ W_hy),
)
mistake(
    "everything sums to 1 together",
    "`exp(a).sum()` without an axis adds up all states. Every state has probabilities of its own: `axis=-1, "
    "keepdims=True`.",
    lambda h, W_hy, b_y: (lambda e: e / e.sum())(np.exp(h @ W_hy + b_y - np.max(h @ W_hy + b_y))),
)
mistake(
    "softmax along the first axis",
    "The sequences compete with each other: it is the columns that sum to 1. The scores of one state stand on "
    "the last axis.",
    lambda h, W_hy, b_y: softmax(h @ W_hy + b_y, axis=0),
)
mistake(
    "softmax along axis 1",
    "Right for (N, H), wrong for whole sequences, where axis 1 is the steps. `axis=-1` is always the last one.",
    lambda h, W_hy, b_y: softmax(h @ W_hy + b_y, axis=1),
)
mistake(
    "a sigmoid for each score",
    "Each number lies between 0 and 1, but a row does not sum to 1. Exactly one of the V classes comes: use softmax.",
    lambda h, W_hy, b_y: sigmoid(h @ W_hy + b_y),
)
mistake(
    "tanh on the scores",
    "tanh belongs to the state. Squashed scores stay within [-1, 1], and no class can become much likelier than "
    "another.",
    lambda h, W_hy, b_y: softmax(np.tanh(h @ W_hy + b_y)),
)
mistake(
    "exp of large scores",
    "exp(1000) is infinite, and infinity divided by infinity is not a number. The `softmax` that is given "
    "subtracts the "
    "largest score of each row first.",
    lambda h, W_hy, b_y: naive(h @ W_hy + b_y),
)


def in_place(h, W_hy, b_y):
    p = softmax(h @ W_hy + b_y)
    h[...] = softmax(h)
    return p


mistake(
    "the state is overwritten by its softmax",
    "The probabilities are right, but the next step would now get a softmax in place of the raw state. Use a new name.",
    in_place,
)


def one_axis_only(ids, V):
    x = np.zeros((len(ids), V))
    x[np.arange(len(ids)), ids] = 1
    return x


IN_OUT.mistake(
    "ids with one axis only",
    "For one text this is right. A batch has ids (N, T): `np.eye(V)[ids]` picks a row for each id, whatever the axes.",
    one_hot=one_axis_only,
)


def likeliest(h, W_hy, b_y):
    a = h @ W_hy + b_y
    return np.eye(a.shape[-1])[a.argmax(axis=-1)]


mistake(
    "all belief for the likeliest class",
    "A 1 for the largest score and 0 elsewhere leaves no doubt to measure or to draw from. Use `softmax`.",
    likeliest,
)


def one_maximum(h, W_hy, b_y):
    a = h @ W_hy + b_y
    return naive(a - a.max())


mistake(
    "one maximum for all rows",
    "A row far below the largest score of all has exp(…) = 0 everywhere, and 0 / 0 is not a number. Each row has its "
    "own maximum; the `softmax` that is given takes it.",
    one_maximum,
)


def lost_axis(h, W_hy, b_y):
    e = np.exp(h @ W_hy + b_y)
    return e / e.sum(axis=-1)


mistake(
    "the sum lost its axis (no keepdims)",
    "A sum of shape (N,) lines up with the last axis of (N, V), not with the rows. Use the `softmax` that is given, or "
    "`keepdims=True`.",
    lost_axis,
)
