"""Truncated backpropagation: the values are carried from chunk to chunk, the gradient is not."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.chunks import compare_grads, draw
from autograder.compare import expect_close, expect_equal
from autograder.spec import Exercise

TRUNCATED = Exercise(
    "bptt-truncated",
    functions={"truncated_gradients": reference.truncated_gradients},
    returns={"truncated_gradients": ("loss", "grads")},
    lends={"chunk_gradients": reference.chunk_gradients},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Walk over the chunks from left to right. Between two chunks one thing is handed on: the state.",
        "`for t in range(0, T, size):` with `inputs[:, t : t + size]`, and `h` as the initial state of each chunk.",
        "Each chunk's loss is a mean over its own steps, and all chunks have the same length: the mean over all steps "
        "is the mean of the chunks. The same goes for the gradients.",
    ),
    explain="`chunk_gradients` takes its initial state as given, so the gradient ends there. The values do not: what "
    "the state remembers of earlier chunks is used, but nothing teaches earlier chunks to remember it.",
)


@TRUNCATED.check("loss and gradients agree with the reference")
def values(student, rng):
    for size in (2, 3):
        args = draw(rng)
        loss, grads = student.truncated_gradients(*args, size)
        want_loss, want = reference.truncated_gradients(*args, size)
        expect_close("loss", loss, want_loss, hint="Is the state of each chunk the last state of the one before?")
        compare_grads(grads, want)


@TRUNCATED.check("one chunk of full length cuts nothing")
def whole(student, rng):
    args = draw(rng)
    loss, grads = student.truncated_gradients(*args, 6)
    want_loss, want, _ = reference.chunk_gradients(*args)
    expect_close("loss", loss, want_loss)
    compare_grads(grads, want)


@TRUNCATED.check("chunks of one step still carry the state")
def ones(student, rng):
    args = draw(rng)
    loss, grads = student.truncated_gradients(*args, 1)
    want_loss, want = reference.truncated_gradients(*args, 1)
    expect_close("loss", loss, want_loss)
    compare_grads(grads, want)


@TRUNCATED.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (loss, _), after = student.truncated_gradients.with_arguments(*args, 2)
    expect_close("loss", loss, reference.truncated_gradients(*args, 2)[0])
    for name, p in args[0].items():
        expect_equal(f"{name} after the call", after[0][name], p, "The weights stay still: this is no training.")
    expect_equal("h0 after the call", after[3], args[3])


def walk(params, inputs, targets, h0, size, state, begin=lambda h0: h0):
    """Losses and gradients of all chunks; `state(h, h0)` is what the next chunk begins with."""
    losses, grads, h = [], [], begin(h0)
    for t in range(0, inputs.shape[1], size):
        loss, g, h = reference.chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        losses.append(loss)
        grads.append(g)
        h = state(h, h0)
    return losses, grads


def mistake(name, words, combine, state=lambda h, h0: h, begin=lambda h0: h0):
    def truncated_gradients(params, inputs, targets, h0, size):
        losses, grads = walk(params, inputs, targets, h0, size, state, begin)
        return combine(losses), {name: combine([g[name] for g in grads]) for name in params}

    TRUNCATED.mistake(name, words, truncated_gradients=truncated_gradients)


def mean(items):
    return sum(items) / len(items)


mistake(
    "every chunk begins with h0",
    "The state that a chunk ends with is the one that the next begins with. Hand it on.",
    mean,
    lambda h, h0: h0,
)
mistake(
    "every chunk but the first begins with zeros",
    "Cutting the gradient does not mean cutting the memory: the values go on, only the gradient stops.",
    mean,
    lambda h, h0: 0 * h0,
)
mistake(
    "every chunk begins with zeros",
    "Also the first one: it begins with `h0`. Each later chunk begins with the state that the one before ended with.",
    mean,
    lambda h, h0: 0 * h0,
    lambda h0: 0 * h0,
)
for divisor in (lambda T, size: size, lambda T, size: T):
    TRUNCATED.mistake(
        "the sum is not divided by the number of chunks",
        "Each chunk's loss is a mean over its own steps already. The mean of these means has one divisor: how many "
        "chunks there are, T / size.",
        truncated_gradients=lambda *args, divisor=divisor: (
            lambda found, factor: (found[0] * factor, {name: g * factor for name, g in found[1].items()})
        )(
            reference.truncated_gradients(*args),
            args[1].shape[1] // args[4] / divisor(args[1].shape[1], args[4]),
        ),
    )
mistake(
    "the chunks are added, not averaged", "The loss is the mean over all steps: divide by the number of chunks.", sum
)
mistake(
    "only the last chunk is kept",
    "Each chunk has its share. `grads = …` in the loop forgets the chunks before.",
    lambda items: items[-1],
)
mistake("only the first chunk is kept", "Is there a `return` inside the loop?", lambda items: items[0])
TRUNCATED.mistake(
    "the gradient is carried over the boundary",
    "This is the full gradient: nothing is cut. Take each chunk by itself, with its initial state as a given number.",
    truncated_gradients=lambda params, inputs, targets, h0, size: reference.chunk_gradients(
        params, inputs, targets, h0
    )[:2],
)


def learning_on_the_way(params, inputs, targets, h0, size):
    losses, grads, h = [], [], h0
    for t in range(0, inputs.shape[1], size):
        loss, g, h = reference.chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        params = {name: p - g[name] for name, p in params.items()}
        losses.append(loss)
        grads.append(g)
    return mean(losses), {name: mean([g[name] for g in grads]) for name in params}


TRUNCATED.mistake(
    "the weights are changed on the way",
    "This compares two gradients of the same weights. Nothing is learned between the chunks.",
    truncated_gradients=learning_on_the_way,
)


def loss_is_mean_gradients_are_sums(params, inputs, targets, h0, size):
    losses, grads = walk(params, inputs, targets, h0, size, lambda h, h0: h)
    return float(np.mean(losses)), {name: sum(g[name] for g in grads) for name in params}


TRUNCATED.mistake(
    "the loss is a mean, the gradients are a sum",
    "The gradient of a mean is the mean of the gradients.",
    truncated_gradients=loss_is_mean_gradients_are_sums,
)


def loss_is_sum_gradients_are_means(params, inputs, targets, h0, size):
    losses, grads = walk(params, inputs, targets, h0, size, lambda h, h0: h)
    return sum(losses), {name: mean([g[name] for g in grads]) for name in params}


TRUNCATED.mistake(
    "the gradients are a mean, the loss is a sum",
    "The loss, too, is the mean over all steps.",
    truncated_gradients=loss_is_sum_gradients_are_means,
)
