"""When to stop, with what is known by then."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_equal, expect_unchanged
from autograder.spec import Exercise

EARLY = Exercise(
    "start-early-stopping",
    functions={"best_epoch": reference.best_epoch},
    returns={"best_epoch": ("best", "last")},
    points=2,
    minutes=12,
    difficulty=2,
    hints=(
        "Walk through the losses in order and remember three things: the lowest so far, where it was, and how many "
        "epochs have passed since.",
        "A loss below the lowest sets all three; any other adds 1 to the waiting. Leave the loop when the waiting "
        "reaches patience.",
    ),
    explain="The loop never looks ahead: at its end it knows what a training run would know at that epoch.",
)


def curve(rng, K=30):
    """A validation loss that falls, rises and shakes; values are far apart, so that no rounding decides."""
    K = int(rng.integers(K - 5, K + 5))
    fall = (np.arange(K) - rng.uniform(8, 14)) ** 2 / 60
    return np.round(1 + fall + rng.normal(0, 0.4, K), 3)


def expect_epochs(student, losses, patience, hint):
    best, last = student.best_epoch(losses, patience)
    want_best, want_last = reference.best_epoch(losses, patience)
    shown = f"patience = {patience}."
    if len(losses) <= 12:
        shown = f"val_losses = {np.asarray(losses).tolist()}, {shown}"
    expect_equal("best", best, want_best, hint=f"{hint} {shown}")
    expect_equal("last", last, want_last, hint=f"{hint} {shown}")


@EARLY.check("small cases by hand")
def by_hand(student, rng):
    low, mid, high = np.round(np.sort(rng.uniform(0.2, 2, 3)) + np.array([0, 0.5, 1]), 2)
    expect_epochs(student, np.array([high, low, mid, high, mid]), 2, "It waits two epochs after the lowest.")
    expect_epochs(student, np.array([high, mid, high, low, mid, high]), 2, "A new lowest starts the waiting anew.")
    expect_epochs(student, np.array([low, mid, high]), 1, "With patience 1 the first loss that is no lower ends it.")


@EARLY.check("shaky curves, and a later dip that nobody waited for")
def shaky(student, rng):
    for patience in (1, 2, 3, 5, 8):
        losses = curve(rng)
        expect_epochs(student, losses, patience, "Epochs after the stop were never run.")
        stop = reference.best_epoch(losses, patience)[1]
        if stop + 1 < len(losses):
            losses[stop + 1 :] = 0.01
            expect_epochs(student, losses, patience, "Epochs after the stop were never run.")


@EARLY.check("an equal loss is no improvement")
def equal(student, rng):
    low = float(np.round(rng.uniform(0.2, 1), 2))
    losses = np.array([low + 1, low, low + 0.5, low, low + 0.25, low + 0.5])
    expect_epochs(student, losses, 3, "Only a loss below the lowest counts.")


@EARLY.check("large losses, and val_losses is left alone")
def large(student, rng):
    losses = np.round(1e6 * curve(rng))
    want = reference.best_epoch(losses, 2)
    (best, last), after = student.best_epoch.with_arguments(losses, 2)
    for name, got, right in zip(("best", "last"), (best, last), want, strict=True):
        expect_equal(
            name,
            got,
            right,
            hint="Losses may be as large as a million: does the first of them count as the lowest so far?",
        )
    expect_unchanged(("val_losses",), after[:1], (losses,), "Only read from it.")


@EARLY.check("it may never stop early")
def never(student, rng):
    losses = np.round(3 - 0.1 * np.arange(int(rng.integers(6, 12))) + rng.uniform(0, 0.05), 3)
    expect_epochs(student, losses, 2, "A curve that falls to its end.")
    losses[-1] += 1
    expect_epochs(student, losses, 5, "Patience is left at the end.")
