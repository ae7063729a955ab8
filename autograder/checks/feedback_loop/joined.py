"""A step that sees a picture joined with what the net said before."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import expect_close, expect_finite, expect_unchanged
from autograder.spec import Exercise
from rnn_core.activations import softmax

JOINED = Exercise(
    "loop-joined-step",
    functions={"joined_step": reference.joined_step},
    returns={"joined_step": ("p",)},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Each row of z is a picture's D numbers, and after them the V numbers that the net said one step before.",
        "`np.concatenate([first, second], axis=1)` puts two arrays side by side.",
        "`z = np.concatenate([x, y_prev], axis=1)` is (N, D + V). Then it is the worked example with z in place of x.",
    ),
    explain="Nothing in the step knows that a part of z is the net's own output. Whoever hands it over makes the loop.",
)


def draw_joined(rng, N=2, D=3, V=5):
    x, W, b = rng.standard_normal((N, D)) + 0.1, rng.standard_normal((D + V, V)), rng.standard_normal(V)
    return [x, softmax(rng.standard_normal((N, V))), W, b]


@JOINED.check("values agree with the reference")
def joined_values(student, rng):
    for N in (2, 4):
        args = draw_joined(rng, N)
        hint = "The input comes first, the previous output after it."
        expect_close("p", student.joined_step(*args), reference.joined_step(*args), hint=hint)


@JOINED.check("another previous output gives another belief")
def joined_previous(student, rng):
    x, y_prev, W, b = draw_joined(rng)
    for other in (y_prev[:, ::-1].copy(), np.zeros_like(y_prev)):
        got, want = student.joined_step(x, other, W, b), reference.joined_step(x, other, W, b)
        expect_close("p", got, want, hint="The last V rows of W belong to y_prev.")


@JOINED.check("large logits do no harm, and the caller's arrays are left alone")
def joined_large(student, rng):
    x, _, W, _ = args = draw_joined(rng)
    x[:, 0] = 1, -1
    W[0] += 800  # the same for all letters: no belief changes, but one row of logits is high and one is low
    p, after = student.joined_step.with_arguments(*args)
    expect_finite(
        "p", p, hint="exp(800) overflows: use `softmax`, which takes the largest logit of each row off first."
    )
    expect_close("p", p, reference.joined_step(*args))
    expect_unchanged(("x", "y_prev", "W", "b"), after, args, "Work on a new array, not in place.")


@JOINED.mistake(
    "the previous output stands before the input",
    "The shapes agree, so nothing complains; but the first D rows of W belong to the input. Put x first.",
)
def joined_step(x, y_prev, W, b):
    return softmax(np.concatenate([y_prev, x], axis=1) @ W + b)


@JOINED.mistake(
    "the previous output is left out",
    "The first D rows of W are used and the last V are not, so that the loop stays open. Join y_prev to x.",
)
def joined_step(x, y_prev, W, b):
    return softmax(x @ W[: x.shape[1]] + b)


@JOINED.mistake(
    "the logits are returned",
    "What comes back can be negative and does not sum to 1. What is fed back is a belief: softmax is missing.",
)
def joined_step(x, y_prev, W, b):
    return np.concatenate([x, y_prev], axis=1) @ W + b


@JOINED.mistake(
    "softmax along the rows of the batch",
    "With axis=0 the words of a batch share one unit of belief. Each has its own: the letters lie along the last axis.",
)
def joined_step(x, y_prev, W, b):
    return softmax(np.concatenate([x, y_prev], axis=1) @ W + b, axis=0)


@JOINED.mistake("the bias is left out", "The sum has three parts: the input's, the previous output's, and b.")
def joined_step(x, y_prev, W, b):
    return softmax(np.concatenate([x, y_prev], axis=1) @ W)


@JOINED.mistake(
    "tanh around the sum",
    "This step has no hidden layer: the sum goes straight into softmax.",
)
def joined_step(x, y_prev, W, b):
    return softmax(np.tanh(np.concatenate([x, y_prev], axis=1) @ W + b))


@JOINED.mistake(
    "a softmax that overflows",
    "exp(1000) is infinite, and infinity over infinity is not a number. Take each row's largest logit off before exp, "
    "or use the `softmax` that is imported above.",
)
def joined_step(x, y_prev, W, b):
    e = np.exp(np.concatenate([x, y_prev], axis=1) @ W + b)
    return e / e.sum(axis=1, keepdims=True)


@JOINED.mistake(
    "one maximum for all rows of the batch",
    "A row of logits far below the largest of all has exp(…) = 0 everywhere, and 0 / 0 is not a number. Each row has "
    "its own maximum; the `softmax` that is imported above takes it.",
)
def joined_step(x, y_prev, W, b):
    a = np.concatenate([x, y_prev], axis=1) @ W + b
    e = np.exp(a - a.max())
    return e / e.sum(axis=1, keepdims=True)
