"""A step that sees one picture, and nothing of what was before."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core.activations import sigmoid, softmax

FEEDFORWARD = Exercise(
    "loop-feedforward-step",
    functions={"feedforward_step": reference.feedforward_step},
    returns={"feedforward_step": ("p",)},
    points=2,
    minutes=10,
    hints=(
        "The hidden layer is there already. What is left is the worked example once more, with h in place of x.",
        "The logits are `h @ W_hy + b_y`, of shape (N, V).",
        "`softmax` turns every row of logits into probabilities: `return softmax(h @ W_hy + b_y)`.",
    ),
    explain="The net of lesson 0, with probabilities at its end. Every row is worked out by itself: no picture "
    "knows of another.",
)


def draw_feedforward(rng, N=2, D=3, H=7, V=5):
    shapes = (N, D), (D, H), (H,), (H, V), (V,)
    return [rng.standard_normal(shape) + 0.1 for shape in shapes]


@FEEDFORWARD.check("values agree with the reference")
def feedforward_values(student, rng):
    for N in (2, 4):
        args = draw_feedforward(rng, N)
        hint = "Is tanh around `x @ W_xh + b`, and softmax around all of the second layer?"
        expect_close("p", student.feedforward_step(*args), reference.feedforward_step(*args), hint=hint)


@FEEDFORWARD.check("every row sums to 1, and a picture is read the same in any company")
def feedforward_rows(student, rng):
    x, *weights = draw_feedforward(rng, N=4)
    p, first = student.feedforward_step(x, *weights), student.feedforward_step(x[:1], *weights)
    want = reference.feedforward_step(x, *weights)
    expect_shape("p", p, want.shape)
    expect_close("sum of each row", np.sum(p, axis=-1), np.ones(4), hint="softmax goes along the last axis.")
    expect_close("p", p, want)
    expect_close("p of the first picture alone", first, want[:1], hint="Is anything taken over axis 0?")


@FEEDFORWARD.check("large logits do no harm, and the caller's arrays are left alone")
def feedforward_large(student, rng):
    x, W_xh, b, W_hy, _ = args = draw_feedforward(rng)
    x += np.outer([3, -3] - b[0] - x @ W_xh[:, 0], W_xh[:, 0]) / (W_xh[:, 0] @ W_xh[:, 0])  # unit 0: nearly 1 and -1
    W_hy[0] += 800  # the same for all letters: no belief changes, but one row of logits is high and one is low
    hint = "exp(800) overflows: use `softmax`, which takes the largest logit of each row off first."
    p, after = student.feedforward_step.with_arguments(*args)
    expect_finite("p", p, hint=hint)
    expect_close("p", p, reference.feedforward_step(*args))
    expect_unchanged(("x", "W_xh", "b", "W_hy", "b_y"), after, args, "Work on a new array, not in place.")


@FEEDFORWARD.mistake(
    "the logits are returned",
    "What comes back can be negative and does not sum to 1. What turns logits into probabilities is missing.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return np.tanh(x @ W_xh + b) @ W_hy + b_y


@FEEDFORWARD.mistake(
    "softmax along the pictures",
    "With axis=0 the pictures of a batch share one unit of belief. Each has its own: letters lie along the last axis.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return softmax(np.tanh(x @ W_xh + b) @ W_hy + b_y, axis=0)


@FEEDFORWARD.mistake(
    "the bias b stands outside the tanh",
    "A tanh unit sees its sum with the bias in it: tanh(x W_xh + b). Look where the bracket closes.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return softmax((np.tanh(x @ W_xh) + b) @ W_hy + b_y)


@FEEDFORWARD.mistake(
    "no tanh: two linear layers",
    "Two matrix products in a row are one matrix product. What stands between them makes the hidden layer.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return softmax((x @ W_xh + b) @ W_hy + b_y)


@FEEDFORWARD.mistake(
    "sigmoid in place of tanh",
    "Both are S-shaped, but sigmoid runs from 0 to 1 and tanh from -1 to 1. The equation says tanh.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return softmax(sigmoid(x @ W_xh + b) @ W_hy + b_y)


@FEEDFORWARD.mistake(
    "a softmax that overflows",
    "exp(1000) is infinite, and infinity over infinity is not a number. Take each row's largest logit off before exp, "
    "or use the `softmax` that is imported above.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    e = np.exp(np.tanh(x @ W_xh + b) @ W_hy + b_y)
    return e / e.sum(axis=1, keepdims=True)


@FEEDFORWARD.mistake(
    "one maximum for all pictures",
    "A row of logits far below the largest of all has exp(…) = 0 everywhere, and 0 / 0 is not a number. Each row has "
    "its own maximum; the `softmax` that is imported above takes it.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    a = np.tanh(x @ W_xh + b) @ W_hy + b_y
    e = np.exp(a - a.max())
    return e / e.sum(axis=1, keepdims=True)


@FEEDFORWARD.mistake(
    "one sum for all pictures",
    "All pictures together share one unit of belief. Each row has its own: the sum runs along the last axis.",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    a = np.tanh(x @ W_xh + b) @ W_hy + b_y
    e = np.exp(a - a.max())
    return e / e.sum()


@FEEDFORWARD.mistake("b_y is left out", "The second layer has a bias too: h W_hy + b_y.")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    return softmax(np.tanh(x @ W_xh + b) @ W_hy)
