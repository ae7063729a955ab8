"""Wrong truncated gradients, known by name."""

from autograder.checks.bptt import reference
from autograder.checks.bptt.truncation import TRUNCATED


def walk(params, inputs, targets, h0, size, state, begin=lambda h0: h0):
    """Losses and gradients of all chunks; `state(h, h0)` is what the next chunk begins with."""
    losses, grads, h = [], [], begin(h0)
    for t in range(0, inputs.shape[1], size):
        loss, g, h = reference.chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        losses.append(loss)
        grads.append(g)
        h = state(h, h0)
    return losses, grads


def mistake(name, words, combine, state=lambda h, h0: h, begin=lambda h0: h0, combine_losses=None):
    """Name a wrong truncation by what it makes of the chunks' gradients and losses, and of the states between."""

    def truncated_gradients(params, inputs, targets, h0, size):
        losses, grads = walk(params, inputs, targets, h0, size, state, begin)
        return (combine_losses or combine)(losses), {name: combine([g[name] for g in grads]) for name in params}

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

mistake(
    "the loss is a mean, the gradients are a sum",
    "The gradient of a mean is the mean of the gradients.",
    sum,
    combine_losses=mean,
)
mistake(
    "the gradients are a mean, the loss is a sum",
    "The loss, too, is the mean over all steps.",
    mean,
    combine_losses=sum,
)
