"""Padding: a loss that does not count it."""

import numpy as np

from autograder.compare import (
    by_name,
    expect_all_close,
    expect_any_close,
    expect_close,
    expect_finite,
    expect_unchanged,
)
from autograder.spec import Exercise
from rnn_core.loss import cross_entropy


def masked_cross_entropy(logits, targets, mask):
    """The reference, without a default for the mask."""
    return cross_entropy(logits, targets, mask)


NAMES = ("loss", "dlogits")
LOSS = Exercise(
    "bptt-masked-loss",
    functions={"masked_cross_entropy": masked_cross_entropy},
    returns={"masked_cross_entropy": NAMES},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Compute `log_softmax(logits)` everywhere, and count only what the mask marks, in the loss *and* in "
        "the gradient.",
        "The log-probabilities of the targets: `np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]`.",
        "`loss = -(picked * mask).sum() / mask.sum()`.",
        "`dlogits = (softmax(logits) - one_hot) * mask[..., None] / mask.sum()`, with `one_hot = np.eye(V)[targets]`.",
    ),
    explain="The number of real positions divides both loss and gradient. The mask multiplies both: leaving one of the "
    "two out gives a gradient of another loss.",
)


def draw_loss(rng, N=4, T=5, V=7):
    """logits, targets and a mask with ragged rows, of which one is empty."""
    lengths = rng.permutation([0, *rng.integers(1, T + 1, N - 1)])
    lengths[np.argmax(lengths)] = T - 1  # something is padding in every draw
    mask = np.arange(T) < lengths[:, None]
    targets = np.where(mask, rng.integers(0, V, (N, T)), 0)
    return 1.5 * rng.standard_normal((N, T, V)), targets, mask


def some_draws(rng):
    """Two sizes with padding, and a mask without any."""
    logits, targets, mask = draw_loss(rng)
    return draw_loss(rng), draw_loss(rng, 3, 2, 4), (logits, targets, np.ones_like(mask))


def both(student, args):
    """The student's loss and gradient by name, and the right ones."""
    return (by_name(NAMES, f(*args)) for f in (student.masked_cross_entropy, masked_cross_entropy))


DIVIDED = "Is something divided by 0 in a row without real positions? Is there a logarithm of 0?"


@LOSS.check("the loss: a mean over the real positions")
def loss_values(student, rng):
    for args in some_draws(rng):
        got, want = both(student, args)
        expect_finite("loss", got["loss"], DIVIDED)
        expect_close("loss", got["loss"], want["loss"], "Of the real positions only: divide by their number.")


@LOSS.check("the gradient belongs to that loss")
def gradient_values(student, rng):
    for args in some_draws(rng):
        got, want = both(student, args)
        expect_close("dlogits", got["dlogits"], want["dlogits"], "The same division and the same mask as in the loss.")


@LOSS.check("what stands in the padding changes nothing")
def padding(student, rng):
    logits, targets, mask = draw_loss(rng)
    before, want = both(student, (logits, targets, mask))
    expect_any_close(before, want)
    expect_finite("loss", before["loss"], DIVIDED)
    logits[~mask] += 50 * rng.standard_normal(logits[~mask].shape)
    targets[~mask] = 3
    after, _ = both(student, (logits, targets, mask))
    for name in before:
        expect_close(f"{name} with other numbers in the padding", after[name], before[name])


@LOSS.check("large logits do not overflow")
def large(student, rng):
    logits, _, mask = draw_loss(rng)
    got, want = both(student, (1000 * logits, logits.argmin(axis=-1), mask))
    hint = {
        "loss": "Has the probability rounded to 0, so that its logarithm is no number? Use `log_softmax`.",
        "dlogits": "`softmax`, imported above, is safe here.",
    }
    for name in NAMES:
        expect_finite(name, got[name], hint[name])
    expect_all_close(NAMES, got, want, hint)


@LOSS.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw_loss(rng)
    found, after = student.masked_cross_entropy.with_arguments(*args)
    expect_any_close(by_name(NAMES, found), by_name(NAMES, masked_cross_entropy(*args)))
    expect_unchanged(("logits", "targets", "mask"), after, args, "`logits -= …` changes the caller's array.")
