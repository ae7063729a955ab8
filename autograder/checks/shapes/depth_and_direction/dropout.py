"""Dropout: what the forward pass leaves out, and what the backward pass does with it."""

import numpy as np

from autograder.compare import expect, expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import dropout

DROPOUT = Exercise(
    "deep-dropout",
    functions={"dropout_forward": dropout.dropout_forward, "dropout_backward": dropout.dropout_backward},
    returns={"dropout_forward": ("y", "cache"), "dropout_backward": ("dx",)},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "First the mask: `rng.random(x.shape)` draws a number between 0 and 1 for each number of `x`. In how many of "
        "all cases is it at least `share`?",
        "What is kept is divided by `1 - share`. So the factor is 0 for what is dropped and `1 / (1 - share)` for what "
        "is kept; `y = x * factor`.",
        "Backwards the same numbers are multiplied by the same factor. Nothing is drawn again: put the factor into "
        "`cache`.",
        "`factor = (rng.random(x.shape) >= share) / (1 - share)`; where `rng` is None the factor is 1 everywhere.",
    ),
    explain="y = x * factor, so dx = dy * factor, with the factor of the forward pass. Divided by 1 - share, the mean "
    "stays what it is without dropout, and nothing has to be done when the net is used.",
)
SHAPE = 20, 30, 40
SHARES = 0.2, 0.5, 0.7


def draw(rng, shape=SHAPE):
    """Numbers that are not 0, so that a 0 in y is one that was dropped."""
    return rng.uniform(0.5, 1.5, shape)


def forward(student, x, share, seed):
    """The student's y, checked to be numbers of the right shape, and the cache."""
    y, cache = student.dropout_forward(x, share, np.random.default_rng(seed))
    expect_shape("y", y, x.shape)
    expect_finite("y", y)
    return np.asarray(y), cache


@DROPOUT.check("what is kept is enlarged, so that the mean stays")
def scaled(student, rng):
    x = draw(rng)
    for k, share in enumerate(SHARES):
        y, _ = forward(student, x, share, k)
        kept = y != 0
        came = "none is" if kept.all() else "all are"
        mixed = kept.any() and not kept.all()
        expect(mixed, f"y: with share = {share} expected some numbers to be 0 and some not, got y of which {came} 0.")
        hint = f"share = {share}: where y is not 0 it is x, enlarged so that the mean over many draws is x."
        expect_close("y", y, np.where(kept, x / (1 - share), 0), hint)


@DROPOUT.check("share is what is dropped, each number by itself")
def drawn(student, rng):
    x = draw(rng)
    for k, share in enumerate(SHARES):
        kept = forward(student, x, share, k)[0] != 0
        near = abs(kept.mean() - (1 - share)) < 6 * np.sqrt(share * (1 - share) / x.size)
        expect(near, f"y: with share = {share} about {share:.0%} are 0, got {1 - kept.mean():.1%} of {x.size}.")
        for axis, what in enumerate(("sequences", "steps", "units")):
            usual = share * (1 - share) / x.shape[axis]
            words = f"y: the same numbers are dropped in all {what}. Draw one number for each number of x."
            expect(kept.mean(axis=axis).var() < 2 * usual, words)
    first, again, other = (forward(student, x, 0.5, seed)[0] for seed in (1, 1, 2))
    expect(np.array_equal(first, again), "y: the same generator gave different masks. Draw with the `rng` handed in.")
    expect(not np.array_equal(first, other), "y: two generators gave the same mask. Draw with the `rng` handed in.")


@DROPOUT.check("off when the net is used: rng is None")
def off(student, rng):
    x, dy = draw(rng, (2, 3, 4)), rng.standard_normal((2, 3, 4))
    for share in SHARES:
        y, cache = student.dropout_forward(x, share, None)
        expect_close("y", y, x, "Without a generator nothing is dropped and nothing enlarged.")
        dx = student.dropout_backward(dy, cache)
        expect_close("dx", dx, dy, "Where y is x, dx is dy.")


@DROPOUT.check("backwards: the same numbers, the same factor")
def back(student, rng):
    x = draw(rng, (5, 6, 7))
    for k, share in enumerate((0.3, 0.6)):
        y, cache = forward(student, x, share, k)
        for _ in range(2):
            dy = rng.standard_normal(x.shape)
            dx = student.dropout_backward(dy, cache)
            factor = np.where(y != 0, 1 / (1 - share), 0)
            expect_close("dx", dx, dy * factor, "Where y is 0, dx is 0; elsewhere dx is dy times y / x.")


@DROPOUT.check("x is left alone")
def untouched(student, rng):
    x = draw(rng, (5, 6, 7))
    (y, _), after = student.dropout_forward.with_arguments(x, 0.5, np.random.default_rng(3))
    expect_shape("y", y, x.shape)
    expect_close("y", y, np.where(np.asarray(y) != 0, 2 * x, 0))
    expect_unchanged(("x",), after[:1], (x,), "`x *= …` changes the caller's array.")
