"""What a probability costs, and how the price moves with the scores."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.parts import expect_one, expect_unchanged
from autograder.compare import expect_close
from autograder.spec import Exercise

CROSS_ENTROPY = Exercise(
    "start-cross-entropy",
    functions={"cross_entropy": reference.cross_entropy},
    returns={"cross_entropy": ("loss", "dlogits")},
    lends={"softmax": reference.softmax},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "First the loss: the logarithm of each row's probability of its own target, then the mean of N numbers.",
        "`log_p[np.arange(N), targets]` picks one number from each row; `log_p[:, targets]` picks N of each row.",
        "log(softmax) is log 0 for a score far below the others. Subtract instead: with a the scores minus their row's "
        "maximum, log p is `a - np.log(np.exp(a).sum(axis=-1, keepdims=True))`.",
        "For dlogits take the probabilities, subtract 1 at [np.arange(N), targets], divide everything by N.",
    ),
    explain="log p is computed by a subtraction, never as the logarithm of a rounded probability. The gradient is what "
    "the net said minus what was true, shared among N examples.",
)


def draw(rng, N=6, V=4):
    return rng.normal(0.5, 2, (N, V)), rng.integers(0, V, N)


def sure_and_wrong(rng):
    """Logits whose largest is 1000 above the target's, in rows of very different height."""
    logits, targets = draw(rng)
    logits[np.arange(6), (targets + 1) % 4] += 1000
    logits[3:] -= 3000
    return logits, targets


@CROSS_ENTROPY.check("the loss is the mean in nats")
def loss_values(student, rng):
    for N, V in ((1, 4), (6, 3)):
        logits, targets = draw(rng, N, V)
        loss, _ = student.cross_entropy(logits, targets)
        hint = "The mean over the N examples of -log p(target), with the natural logarithm."
        expect_close("loss", loss, reference.cross_entropy(logits, targets)[0], hint=hint)


@CROSS_ENTROPY.check("the gradient is that of the mean")
def gradient_values(student, rng):
    for logits, targets in (draw(rng), draw(rng, 5, 3), sure_and_wrong(rng)):
        _, dlogits = student.cross_entropy(logits, targets)
        hint = "The probabilities, minus 1 at the target, divided by N."
        expect_close("dlogits", dlogits, reference.cross_entropy(logits, targets)[1], hint=hint)


@CROSS_ENTROPY.check("a confident mistake has a finite price")
def confident(student, rng):
    logits, targets = sure_and_wrong(rng)
    loss, _ = student.cross_entropy(logits, targets)
    hint = "The probability is 0 to the computer, its logarithm is not: compute log p without taking the log of p."
    expect_close("loss", loss, reference.cross_entropy(logits, targets)[0], hint=hint)


@CROSS_ENTROPY.check("the caller's arrays are left alone")
def entropy_untouched(student, rng):
    logits, targets = draw(rng)
    got, after = student.cross_entropy.with_arguments(logits, targets)
    expect_one(("loss", "dlogits"), got, reference.cross_entropy(logits, targets))
    expect_unchanged(("logits", "targets"), after, (logits, targets), hint="Work on a new array.")


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
