"""Wrong times to stop, known by name."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.checks.before_you_start.early_stopping import EARLY


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


def _one_late(val_losses, patience):
    best, last = reference.best_epoch(val_losses, patience)
    return best, min(last + 1, len(val_losses) - 1)


def _no_end(val_losses, patience):
    best, last = reference.best_epoch(val_losses, patience)
    return (best, last) if last - best >= patience else None


for _name, _words, _version in (
    (
        "the waiting is looked at before the epoch is counted",
        "At the top of the loop `waited` does not know of this epoch yet, and the run stops one epoch late. Look at "
        "the end of the loop.",
        _one_late,
    ),
    (
        "last is always best + patience",
        "The losses may end before patience is used up. Then last is the last epoch that there is.",
        lambda val_losses, patience: (lambda best: (best, best + patience))(
            reference.best_epoch(val_losses, patience)[0]
        ),
    ),
    (
        "nothing comes back when patience is never used up",
        "The only `return` stands inside the loop. A run that gets better to its end leaves the loop: return there.",
        _no_end,
    ),
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
