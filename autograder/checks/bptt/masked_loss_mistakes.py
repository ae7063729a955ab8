"""Wrong masked losses and gradients, known by name."""

from functools import partial

import numpy as np

from autograder.checks.bptt.masked_loss import LOSS, masked_cross_entropy
from rnn_core.activations import log_softmax, softmax
from rnn_core.loss import cross_entropy


def loss_mistake(name, words):
    """Name a wrong loss by what it makes of the terms: -log p, p - one_hot, the mask and the logits."""

    def add(compute):
        def wrong(logits, targets, mask):
            nll = -np.take_along_axis(log_softmax(logits), targets[..., None], axis=-1)[..., 0]
            d = softmax(logits) - np.eye(logits.shape[-1])[targets]
            return compute(nll, d, mask, mask[..., None])

        LOSS.mistake(name, words, masked_cross_entropy=wrong)

    return add


loss_mistake(
    "the loss is averaged over the padding too",
    "The masked terms are zero, but you still divide by all N T positions. A short row then seems easy. "
    "Divide by the number of real positions, `mask.sum()`.",
)(lambda nll, d, m, M: ((nll * m).mean(), d * M / m.size))
loss_mistake(
    "the mask is on the loss, not on its gradient",
    "The loss ignores the padding, and the gradient still pushes there. Multiply `dlogits` by "
    "`mask[..., None]` as well.",
)(lambda nll, d, m, M: ((nll * m).sum() / m.sum(), d / m.sum()))
loss_mistake(
    "the mask is on the gradient, not on the loss",
    "The gradient ignores the padding, and the loss still counts it. Multiply the terms of the loss by the "
    "mask as well.",
)(lambda nll, d, m, M: (nll.sum() / m.sum(), d * M / m.sum()))
loss_mistake(
    "the padding is not masked at all",
    "Every position counts here, padding as well. The mask says which terms belong to the loss.",
)(lambda nll, d, m, M: (nll.mean(), d / m.size))
loss_mistake(
    "the loss is divided by the number of rows",
    "Each *position* is one prediction. Divide by the number of real positions, not of rows.",
)(lambda nll, d, m, M: ((nll * m).sum() / len(m), d * M / len(m)))
loss_mistake(
    "the loss is a sum, not a mean",
    "Divide by the number of real positions, in the loss and in the gradient.",
)(lambda nll, d, m, M: ((nll * m).sum(), d * M))
loss_mistake(
    "the gradient is not divided by the number of positions",
    "The loss is a mean; its gradient carries the same divisor.",
)(lambda nll, d, m, M: ((nll * m).sum() / m.sum(), d * M))
loss_mistake(
    "the gradient is divided by the number of all positions",
    "The loss is a mean over the real positions, and its gradient carries the same divisor: `mask.sum()`.",
)(lambda nll, d, m, M: ((nll * m).sum() / m.sum(), d * M / m.size))
for loss_sign, gradient_sign, which in ((-1, 1, "the loss has"), (1, -1, "the gradient has"), (-1, -1, "both have")):
    loss_mistake(
        f"{which} the wrong sign",
        "The loss is *minus* a mean of log-probabilities, so it is never below 0; its gradient is `p - onehot`.",
    )(
        lambda nll, d, m, M, loss_sign=loss_sign, gradient_sign=gradient_sign: (
            loss_sign * (nll * m).sum() / m.sum(),
            gradient_sign * d * M / m.sum(),
        )
    )


def log_of_softmax(nll, d, m, M, lost):
    """log 0 is minus infinity; times the 0 of a mask it is no number."""
    gone = np.exp(-nll) == 0
    return (lost if gone.any() else (nll * m).sum() / m.sum()), d * M / m.sum()


for lost in (np.nan, np.inf):
    loss_mistake(
        "the logarithm is taken of a probability that has rounded to 0",
        "`softmax` of very unlike logits holds exact zeros, and `np.log(0)` is not finite. Use `log_softmax`, which "
        "never forms the probability.",
    )(partial(log_of_softmax, lost=lost))


def mean_of_rows(nll, d, m, M, empty, matching):
    """Row means, averaged: an empty row makes 0 / 0, counts as 0, or is left out."""
    real = m.sum(axis=1, keepdims=True)
    share = {
        "divides": lambda: m / real / len(m),
        "zero": lambda: m / np.maximum(real, 1) / len(m),
        "out": lambda: m / np.maximum(real, 1) / m.any(axis=1).sum(),
    }[empty]()
    return (nll * share).sum(), d * (share[..., None] if matching else M / m.sum())


for empty, matching in (
    ("divides", False),
    ("divides", True),
    ("zero", False),
    ("zero", True),
    ("out", False),
    ("out", True),
):
    loss_mistake(
        "a mean of the means of the rows",
        "A row of one character then counts as much as a row of twenty, and an empty row is 0 / 0. Add all real "
        "positions, then divide once.",
    )(partial(mean_of_rows, empty=empty, matching=matching))


LOSS.mistake(
    "the logits are masked instead of the loss",
    "Logits of zero are not silence: they give every class the same probability, and that costs log V. "
    "Mask the terms of the loss.",
    masked_cross_entropy=lambda logits, targets, mask: cross_entropy(logits * mask[..., None], targets),
)


def naive(logits, targets, mask):
    e = np.exp(logits)
    p = e / e.sum(axis=-1, keepdims=True)
    nll = -np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])
    d = p - np.eye(logits.shape[-1])[targets]
    return (nll * mask).sum() / mask.sum(), d * mask[..., None] / mask.sum()


LOSS.mistake(
    "the largest logit is not subtracted before exp",
    "`np.exp(1000)` is infinite. `log_softmax` and `softmax`, imported above, are safe for any logits.",
    masked_cross_entropy=naive,
)


@LOSS.mistake(
    "the logits are changed in place",
    "`logits -= …` writes into the array that the caller still holds. `logits = logits - …` makes a new one.",
)
def logits_in_place(logits, targets, mask):
    found = masked_cross_entropy(logits, targets, mask)
    logits -= logits.max(axis=-1, keepdims=True)
    return found


@LOSS.mistake(
    "softmax runs over the steps",
    "Each position chooses among the V classes, and those stand on the last axis.",
)
def over_steps(logits, targets, mask):
    p, one_hot = softmax(logits, axis=1), np.eye(logits.shape[-1])[targets]
    nll = -np.log((p * one_hot).sum(axis=-1))
    return (nll * mask).sum() / mask.sum(), (p - one_hot) * mask[..., None] / mask.sum()
