"""Learning for examples that the net has not seen: early stopping, training, what hidden units detect."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import CheckFailed, expect, expect_close, expect_equal, expect_shape
from autograder.spec import Exercise, Written
from rnn_core import layers

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
    shown = f"val_losses = {np.asarray(losses).tolist()}, patience = {patience}."
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
):
    def version(val_losses, patience):
        best, lowest, waited, before = 0, np.inf, 0, np.inf
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
        "an equal loss counts as better",
        "`<=` starts the waiting anew on a plateau, and a flat curve never stops. Only lower is better: `<`.",
        _early(better=lambda loss, lowest: loss <= lowest),
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


TRAIN = Exercise(
    "start-train",
    functions={"train": reference.train},
    returns={"train": ("params",)},
    lends={
        "mlp_forward": layers.mlp_forward,
        "mlp_backward": layers.mlp_backward,
        "softmax": reference.softmax,
        "cross_entropy": reference.cross_entropy,
        "momentum_step": reference.momentum_step,
        "adam_step": reference.adam_step,
    },
    points=4,
    minutes=30,
    difficulty=3,
    seconds=20,
    hints=(
        "Three loops inside each other: epochs, batches, parameters. The validation loss comes once an epoch.",
        "`order = rng.permutation(len(x))` once an epoch; a batch is `rows = order[start : start + 20]`.",
        "m and v are dicts of zeros with the shapes of params; t counts steps over all epochs and is 1 at the first.",
        "`best = params` remembers a name, not the numbers. Make a new dict at every step, or copy every array.",
    ),
    explain="Everything that the net learns from is x and y. The validation set only says when to stop: no gradient "
    "comes from it.",
)
SHAPES = {"W_xh": ("D", "H"), "b": ("H",), "W_hy": ("H", "V"), "b_y": ("V",)}


def arms(rng, N, V, extra=1, twist=1.5):
    """Points on V arms of a spiral, and `extra` features that say nothing. Returns: x (N, 2 + extra) and y (N,)."""
    y = rng.integers(0, V, N)
    y[:V] = np.arange(V)
    r = rng.uniform(0.3, 2, N)
    angle = 2 * np.pi * y / V + twist * r
    x = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1) + 0.08 * rng.standard_normal((N, 2))
    return np.concatenate([x, rng.standard_normal((N, extra))], axis=1), y


def trained(student, training, validation, seed, H=16):
    """The parameters that the student's function returns, once their names and shapes are right."""
    params = student.train(*training, *validation, np.random.default_rng(seed), H)
    sizes = {"D": training[0].shape[1], "H": H, "V": int(training[1].max()) + 1}
    words = f"params: expected a dict of {', '.join(SHAPES)}"
    expect(isinstance(params, dict), f"{words}, got {type(params).__name__}.")
    expect(params.keys() == SHAPES.keys(), f"{words}, got {', '.join(map(str, params))}.")
    for name, shape in SHAPES.items():
        expect_shape(name, params[name], tuple(sizes[size] for size in shape))
        expect(
            bool(np.isfinite(params[name]).all()), f"{name}: expected finite numbers. Is the learning rate too large?"
        )
    return {name: np.asarray(params[name], dtype=float) for name in SHAPES}


def accuracy(params, x, y):
    return float((layers.mlp_forward(x, **params)[0].argmax(axis=1) == y).mean())


def _learns(V, extra, H, least=0.93):
    def run(student, rng):
        training, validation, fresh = (arms(rng, N, V, extra) for N in (300, 100, 600))
        right = accuracy(trained(student, training, validation, int(rng.integers(1e6)), H), *fresh)
        expect(
            right >= least,
            f"Of 600 fresh examples of {V} classes the net that train returned names {right:.0%} right; expected at "
            f"least {least:.0%}. Does the training loss fall? Is every batch paired with its own labels?",
        )

    return run


TRAIN.check("three classes: fresh examples are named", replay=False)(_learns(3, 1, 16))
TRAIN.check("four classes, other sizes: fresh examples are named", replay=False)(_learns(4, 3, 20))


@TRAIN.check("the validation set decides when to stop", replay=False)
def stops(student, rng):
    losses = []
    for _ in range(3):
        training, (x_val, y_val) = arms(rng, 60, 3), arms(rng, 60, 3)
        opposite = (y_val + 1) % 3
        params = trained(student, training, (x_val, opposite), int(rng.integers(1e6)))
        losses.append(reference.cross_entropy(layers.mlp_forward(x_val, **params)[0], opposite)[0])
    expect(
        float(np.mean(losses)) < 2,
        "Here the validation labels contradict the training labels, so the best epoch is one of the first. Yet the "
        f"net that train returned has a validation loss of {np.mean(losses):.2g} nats: it is that of a later epoch. "
        "Is the best net copied when it is found, and is it the one returned?",
    )


@TRAIN.check("nothing is learned from the validation set", replay=False)
def only_training(student, rng):
    training, (x_val, y_val) = arms(rng, 60, 3), arms(rng, 60, 3)
    training[0][:, 2] = 0  # while training, this feature is silent: its weights get no gradient
    seed, rows = int(rng.integers(1e6)), []
    for scale in (1, -3):
        loud = x_val * [1, 1, scale]
        rows.append(trained(student, training, (loud, y_val), seed)["W_xh"][2])
    expect(bool(np.abs(rows[0]).max() > 0), "W_xh: a row of weights is exactly 0. Do the weights start at random?")
    words = (
        "Only the validation examples differ between two runs, in a feature that is 0 in all training examples; yet "
        "its weights differ. They have learned from the validation set, or the start does not come from rng alone."
    )
    try:
        expect_close("W_xh", *(row / np.abs(row).max() for row in rows))
    except CheckFailed as failed:
        raise CheckFailed(words) from failed


@TRAIN.check("the same rng gives the same net, and the data stay as they were", replay=False)
def repeats(student, rng):
    training, validation = arms(rng, 60, 3), arms(rng, 40, 3)
    first = trained(student, training, validation, 1)
    again, after = student.train.with_arguments(*training, *validation, np.random.default_rng(1), 16)
    other = trained(student, training, validation, 2)
    for name in SHAPES:
        expect_close(name, again[name], first[name], hint="Every random number must come from the rng passed in.")
    expect(not np.allclose(first["W_xh"], other["W_xh"]), "W_xh: expected another net from another rng, got the same.")
    for name, now, before in zip(("x", "y", "x_val", "y_val"), after, (*training, *validation), strict=False):
        expect_close(f"{name} after the call", now, before, hint="Shuffle the order of the rows, not the arrays.")


UNIT_CHOICES = ("none", "fewer than half", "half or more")
UNITS = Exercise(
    "start-units",
    values={"predicted_units": "half or more"},
    points=1,
    minutes=3,
    hints=("Commit to what you believe; the point is for the prediction, not for being right.",),
    explain="Any of the three is accepted; the run decides.",
)


@UNITS.check("a prediction is made before the run")
def predicted(student, rng):
    value = student.predicted_units
    expect(
        isinstance(value, str) and value in UNIT_CHOICES,
        f'predicted_units: expected one of {", ".join(UNIT_CHOICES)}, between quotes, got "{value}".',
    )


ONCE = Written(
    "start-test-once",
    model="Every decision that looks at a number fits the decision to that number a little. Whoever tries twenty nets "
    "on the test set and reports the best has chosen the net that happened to suit these examples: part of its lead is "
    "luck, and will not come again with new examples. The reported share is then too high, although no gradient ever "
    "came from the test set. The twenty should be compared on the validation set, and the test set be used once, for "
    "the one that was chosen. If the result disappoints and the net is changed because of it, the test set has become "
    "a validation set, and an honest number needs fresh examples.",
    rubric=(
        "Choosing by the test set is a way of fitting it: the best of many is partly the luckiest.",
        "Says what follows, a reported number that is too good, and what to do instead: choose by the validation set, "
        "test once.",
    ),
    points=2,
    minutes=8,
    difficulty=2,
)
