"""Wrong losses and gradients, known by name."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.cross_entropy import CROSS_ENTROPY


def _changed(loss=lambda loss, N, V: loss, dlogits=lambda d, N: d):
    def version(logits, targets):
        (N, V), (right, d) = logits.shape, reference.cross_entropy(logits, targets)
        return loss(right, N, V), dlogits(d, N)

    return version


def _log_of_softmax(logits, targets, eps=0.0):
    p = reference.softmax(logits)
    N = len(logits)
    loss = -np.log(p[np.arange(N), targets] + eps).mean()
    p[np.arange(N), targets] -= 1
    return loss, p / N


def _all_pairs(logits, targets):
    p = reference.softmax(logits)
    loss = -np.log(p[:, targets]).mean()
    return loss, reference.cross_entropy(logits, targets)[1]


def _all_pairs_twice(logits, targets):
    p = reference.softmax(logits)
    loss = -np.log(p[:, targets]).mean()
    p[:, targets] -= 1
    return loss, p / len(logits)


def _shifted_in_place(logits, targets):
    logits -= logits.max(axis=-1, keepdims=True)
    return reference.cross_entropy(logits, targets)


def _one_maximum(logits, targets):
    shifted, N = logits - logits.max(), len(logits)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), targets] -= 1
    return -log_p[np.arange(N), targets].mean(), d / N


def _four_kinds(logits, targets):
    loss, _ = reference.cross_entropy(logits, targets)
    return loss, (reference.softmax(logits) - np.eye(4)[targets]) / len(logits)


def _overflow(logits, targets):
    N = len(logits)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), targets] -= 1
    return -log_p[np.arange(N), targets].mean(), d / N


for _name, _words, _version in (
    (
        "the sum instead of the mean, in loss and gradient",
        "A sum grows with the number of examples, so that losses of 20 and of 200 examples cannot be compared. "
        "Divide both by N.",
        _changed(lambda loss, N, V: loss * N, lambda d, N: d * N),
    ),
    (
        "the gradient is not divided by N",
        "The loss is a mean: each example moves it by 1 / N of its own price. The gradient must be that of the number "
        "that you return.",
        _changed(dlogits=lambda d, N: d * N),
    ),
    (
        "the loss is a sum, the gradient that of the mean",
        "Return the mean over the N examples; the gradient is already that of the mean.",
        _changed(lambda loss, N, V: loss * N),
    ),
    (
        "averaged over all N times V numbers",
        "Only one number of each row counts, that of its target; the others are 0 in `(one_hot * log_p).mean()` but "
        "still counted. Divide by N, not by N times V.",
        _changed(lambda loss, N, V: loss / V),
    ),
    (
        "bits instead of nats",
        "`np.log2` counts in bits. The gradient p - 1 belongs to the natural logarithm, `np.log`; convert to report.",
        _changed(lambda loss, N, V: loss / np.log(2)),
    ),
    (
        "the sign of the loss",
        "A logarithm of a probability is below 0; the price of a surprise is minus that.",
        _changed(lambda loss, N, V: -loss),
    ),
    (
        "the sign of the gradient",
        "A higher score for the target lowers the loss, so its slope is p - 1, below 0. You return 1 - p there.",
        _changed(dlogits=lambda d, N: -d),
    ),
    (
        "the logarithm of a probability that has rounded to 0",
        "A score 1000 below the largest has p = 0 to the computer, and log 0 is minus infinity. Compute log p "
        "directly: the score minus the logarithm of the sum of exponentials.",
        _log_of_softmax,
    ),
    (
        "a small number inside the logarithm",
        "`log(p + 1e-12)` is finite and wrong: no mistake costs more than 27.6 nats then. Compute log p directly: "
        "the score minus the logarithm of the sum of exponentials.",
        lambda logits, targets: _log_of_softmax(logits, targets, 1e-12),
    ),
    (
        "log p overflows",
        "The formula is right and `np.exp(1000)` is infinite. Subtract each row's maximum from its scores first.",
        _overflow,
    ),
    (
        "one maximum for all rows",
        "A row far below the largest score of all has exp(…) = 0 everywhere, and the logarithm of 0 is minus infinity. "
        "Subtract from each row its own maximum: `logits.max(axis=-1, keepdims=True)`.",
        _one_maximum,
    ),
    (
        "the number of kinds is written into the program",
        "Here there are four kinds, elsewhere more or fewer. Their number is `logits.shape[1]`.",
        _four_kinds,
    ),
    (
        "the caller's logits are shifted",
        "`logits -= …` writes into the array that the caller passed in. `logits - …` makes a new one.",
        _shifted_in_place,
    ),
    (
        "every row is read at every target (the loss)",
        "`p[:, targets]` has shape (N, N): all rows at all targets. It runs, and the mean of it is a number. "
        "`p[np.arange(N), targets]` pairs row n with target n.",
        _all_pairs,
    ),
    (
        "every row is read at every target",
        "`p[:, targets]` has shape (N, N): all rows at all targets. It runs, and the mean of it is a number. "
        "`p[np.arange(N), targets]` pairs row n with target n.",
        _all_pairs_twice,
    ),
):
    CROSS_ENTROPY.mistake(_name, _words, cross_entropy=_version)


def _parts(logits, targets):
    """loss, p and the one-hot targets."""
    return reference.cross_entropy(logits, targets)[0], reference.softmax(logits), np.eye(logits.shape[1])[targets]


def _no_one(logits, targets):
    loss, p, _ = _parts(logits, targets)
    return loss, p / len(p)


def _early_division(logits, targets):
    loss, p, one_hot = _parts(logits, targets)
    return loss, p / len(p) - one_hot


def _of_probability(logits, targets):
    loss, p, one_hot = _parts(logits, targets)
    return loss, np.where(one_hot == 1, -1 / p / len(p), 0.0)


def _no_mean(logits, targets):
    rows = [reference.cross_entropy(logits[n : n + 1], targets[n : n + 1])[0] for n in range(len(logits))]
    return np.array(rows), reference.cross_entropy(logits, targets)[1]


for _name, _words, _version in (
    (
        "the 1 at the target is not subtracted",
        "Probabilities are never below 0, so every score would be pushed down, the right one too. p - 1 at the target "
        "is below 0 and pulls it up.",
        _no_one,
    ),
    (
        "only the probabilities are divided by N",
        "The 1 belongs to the same mean: subtract it first, then divide everything by N.",
        _early_division,
    ),
    (
        "the gradient of the probabilities, not of the scores",
        "-1 / p is the slope of -log p by p. The scores move p through softmax, and together they give p - 1.",
        _of_probability,
    ),
    (
        "one loss for each example, without the mean",
        "Each example has its price. The loss is their mean, a single number: `.mean()`.",
        _no_mean,
    ),
    (
        "loss and gradient averaged over all N times V numbers",
        "Only one number of each row counts, that of its target. Divide by N, not by N times V.",
        lambda logits, targets: tuple(part / logits.shape[1] for part in reference.cross_entropy(logits, targets)),
    ),
):
    CROSS_ENTROPY.mistake(_name, _words, cross_entropy=_version)
