"""Layer normalisation, forwards."""

import numpy as np

from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core.normalisation import layer_norm_forward

FORWARD = Exercise(
    "vanish-layer-norm-forward",
    functions={"layer_norm_forward": layer_norm_forward},
    returns={"layer_norm_forward": ("y", "cache")},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "Each row has its own mean and its own variance, over its H units: the last axis. `keepdims=True` keeps the "
        "results as (N, 1), so that they can be subtracted from (N, H).",
        "`eps` stands under the root, beside the variance: `scale = 1 / np.sqrt(variance + eps)`.",
        "`centred = a - a.mean(axis=-1, keepdims=True)`, `variance = (centred**2).mean(axis=-1, keepdims=True)`, "
        "`normal = centred * scale`, `y = gain * normal + b`.",
    ),
    explain="The statistics of a row need no other row. So the same is done in training and at a test, for every batch "
    "size and at every step.",
)


def draw(rng, N, H, size=0.02):
    """a, gain and b; the rows have different means and spreads, and N and H differ. So small that eps can be seen."""
    a = size * (rng.standard_normal((N, H)) * rng.uniform(0.6, 2, (N, 1)) + rng.uniform(0.5, 2, (N, 1)))
    return a, 0.5 + rng.uniform(0.3, 1.5, H), 0.4 + 0.5 * rng.standard_normal(H)


def compare(student, args, hint):
    y, _ = student.layer_norm_forward(*args)
    expect_close("y", y, layer_norm_forward(*args)[0], hint)


@FORWARD.check("each row gets mean 0 and variance 1")
def normal(student, rng):
    for N, H in ((3, 5), (2, 7)):
        a, _, _ = draw(rng, N, H)
        compare(
            student, (a, np.ones(H), np.zeros(H)), "gain is 1 and b is 0 here. Mean and variance are those of a row."
        )


@FORWARD.check("then gain and shift, a number of each for each unit")
def affine(student, rng):
    compare(student, draw(rng, 4, 6), "`gain` multiplies what is normalised already, and `b` is added in the end.")


@FORWARD.check("a large eps, in its place under the root")
def epsilon(student, rng):
    hint = "eps is 0.3 here. It is added to the variance, before the root."
    compare(student, (*draw(rng, 3, 4, size=1.5), 0.3), hint)
    flat = np.full((2, 5), 3.0), np.ones(5), np.arange(5.0)
    compare(student, flat, "A row of equal numbers has the variance 0: that is what eps is for.")


@FORWARD.check("a row does not depend on the other rows")
def alone(student, rng):
    a, gain, b = draw(rng, 4, 5)
    compare(student, (a[:1], gain, b), "A batch of one row.")
    y, _ = student.layer_norm_forward(a, gain, b)
    expect_close("the first row, in a batch of four", y[0], layer_norm_forward(a[:1], gain, b)[0][0])


@FORWARD.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng, 3, 4)
    (y, _), after = student.layer_norm_forward.with_arguments(*args)
    expect_close("y", y, layer_norm_forward(*args)[0])
    expect_unchanged(("a", "gain", "b"), after, args, "`a -= …` writes into the caller's array.")
