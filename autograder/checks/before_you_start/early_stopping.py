"""When to stop, with what is known by then."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_equal
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
        expect_equal(name, got, right, hint="Here losses are about a million: with what does the comparison begin?")
    expect_equal("val_losses after the call", after[0], losses, hint="Only read from it.")


@EARLY.check("it may never stop early")
def never(student, rng):
    losses = np.round(3 - 0.1 * np.arange(int(rng.integers(6, 12))) + rng.uniform(0, 0.05), 3)
    expect_epochs(student, losses, 2, "A curve that falls to its end.")
    losses[-1] += 1
    expect_epochs(student, losses, 5, "Patience is left at the end.")


def _early(
    counts=lambda waited, patience: waited == patience,
    better=lambda loss, lowest: loss < lowest,
    reset=True,
    whole=False,
    previous=False,
    result=lambda best, last, lowest: (best, last),
    start=np.inf,
):
    def version(val_losses, patience):
        best, lowest, waited, before = 0, start, 0, np.inf
        for last, loss in enumerate(val_losses):
            improved = loss < before if previous else better(loss, lowest)
            if better(loss, lowest):
                best, lowest = last, loss
            if improved:
                waited = 0 if reset else waited
            else:
                waited += 1
            before = loss
            if counts(waited, patience):
                break
        if whole:
            best = int(np.argmin(val_losses))
        return result(best, last, lowest)

    return version


for _name, _words, _version in (
    (
        "it looks into epochs that were never run",
        "`argmin` over all losses sees what came after the stop. At the stop only the losses up to there are known.",
        _early(whole=True),
    ),
    (
        "one epoch too patient",
        "It stops when the number of epochs without a new lowest reaches patience: at `waited == patience` after "
        "adding this epoch, not one later.",
        _early(lambda waited, patience: waited > patience),
    ),
    (
        "one epoch too early",
        "With patience 2 there are two epochs without a new lowest, and the second of them is the last.",
        _early(lambda waited, patience: waited and waited >= patience - 1),
    ),
    (
        "the lowest begins at a fixed number",
        "A loss may be larger than any number that you choose. Begin with infinity, `np.inf`, or with the first loss.",
        _early(start=1000),
    ),
    (
        "an equal loss counts as better",
        "`<=` starts the waiting anew on a plateau, and a flat curve never stops. Only lower is better: `<`.",
        _early(better=lambda loss, lowest: loss <= lowest),
    ),
    (
        "it never stops",
        "`argmin` over all losses is the best epoch of a run that went on to the end. Here the run ends as soon as "
        "patience is used up, and nobody knows the rest.",
        lambda val_losses, patience: (int(np.argmin(val_losses)), len(val_losses) - 1),
    ),
    (
        "the waiting is not set back",
        "A new lowest shows that waiting paid off: count from 0 again.",
        _early(reset=False),
    ),
    (
        "each loss is compared with the one before",
        "A curve that shakes goes down every other epoch without getting better. Compare with the lowest so far.",
        _early(previous=True),
    ),
    (
        "the last epoch comes back as the best",
        "The last epoch is where the waiting ended, `patience` epochs after the best. Remember where the lowest was.",
        _early(result=lambda best, last, lowest: (last, last)),
    ),
    (
        "the loss comes back, not its epoch",
        "best is the number of the epoch, counted from 0; the loss there can be looked up.",
        _early(result=lambda best, last, lowest: (lowest, last)),
    ),
    (
        "epochs are counted from 1",
        "The first epoch has the number 0, as the first element of val_losses.",
        _early(result=lambda best, last, lowest: (best + 1, last + 1)),
    ),
    (
        "last is the number of epochs run",
        "last is the number of the last epoch run, counted from 0: one less than how many were run.",
        _early(result=lambda best, last, lowest: (best, last + 1)),
    ),
    (
        "returned in the other order",
        "The order is best, last.",
        _early(result=lambda best, last, lowest: (last, best)),
    ),
):
    EARLY.mistake(_name, _words, best_epoch=_version)
