"""What a probability costs, and how the price moves with the scores."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import by_name, expect_any_close, expect_close, expect_finite, expect_unchanged
from autograder.spec import Exercise

NAMES = ("loss", "dlogits")

CROSS_ENTROPY = Exercise(
    "start-cross-entropy",
    functions={"cross_entropy": reference.cross_entropy},
    returns={"cross_entropy": NAMES},
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
        expect_finite("dlogits", dlogits, hint="exp(1000) is infinite: subtract each row's maximum first.")
        hint = "The probabilities, minus 1 at the target, divided by N."
        expect_close("dlogits", dlogits, reference.cross_entropy(logits, targets)[1], hint=hint)


@CROSS_ENTROPY.check("a confident mistake has a finite price")
def confident(student, rng):
    logits, targets = sure_and_wrong(rng)
    loss, _ = student.cross_entropy(logits, targets)
    hint = "The probability is 0 to the computer, its logarithm is not: compute log p without taking the log of p."
    expect_finite("loss", loss, hint=hint)
    hint = "Is it the logarithm of a probability that has rounded to 0?"
    expect_close("loss", loss, reference.cross_entropy(logits, targets)[0], hint=hint)


@CROSS_ENTROPY.check("the caller's arrays are left alone")
def entropy_untouched(student, rng):
    logits, targets = draw(rng)
    got, after = student.cross_entropy.with_arguments(logits, targets)
    want = reference.cross_entropy(logits, targets)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, want))
    expect_unchanged(("logits", "targets"), after, (logits, targets), hint="Work on a new array.")
