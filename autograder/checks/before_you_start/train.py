"""Training, judged by what the net says about fresh examples; and why the test set is used once."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import (
    CheckFailed,
    expect,
    expect_close,
    expect_finite,
    expect_names,
    expect_shape,
    expect_unchanged,
)
from autograder.spec import Exercise, Written
from rnn_core import layers

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
        "best_epoch": reference.best_epoch,
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
    expect_names("params", params, SHAPES)
    for name, shape in SHAPES.items():
        expect_shape(name, params[name], tuple(sizes[size] for size in shape))
        expect_finite(name, params[name], "Is the learning rate too large?")
    return {name: np.asarray(params[name], dtype=float) for name in SHAPES}


def accuracy(params, x, y):
    return float((layers.mlp_forward(x, **params)[0].argmax(axis=1) == y).mean())


def _learns(V, extra, H, least):
    def run(student, rng):
        training, validation, fresh = (arms(rng, N, V, extra) for N in (300, 100, 600))
        right = accuracy(trained(student, training, validation, int(rng.integers(1e6)), H), *fresh)
        if right < least:  # an unlucky start, about once in 200 runs, is no mistake
            right = accuracy(trained(student, training, validation, int(rng.integers(1e6)), H), *fresh)
        expect(
            right >= least,
            f"Of 600 fresh examples of {V} classes the net that train returned names {right:.0%} right; expected at "
            f"least {least:.0%}. Does the training loss fall? Is every batch paired with its own labels?",
        )

    return run


TRAIN.check("three classes: fresh examples are named", replay=False)(_learns(3, 1, 16, 0.93))
TRAIN.check("four classes, other sizes: fresh examples are named", replay=False)(_learns(4, 3, 20, 0.83))


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
    hint = "Shuffle the order of the rows, not the arrays."
    expect_unchanged(("x", "y", "x_val", "y_val"), after[:4], (*training, *validation), hint)


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
