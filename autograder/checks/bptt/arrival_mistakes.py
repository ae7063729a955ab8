"""Wrong gradients of a loss on chosen steps, known by name."""

from functools import partial

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.arrival import CHOSEN
from rnn_core import rnn


def walk(dh, cache, steps, kept):
    """g from dh: `kept(outside, carried)` is what a state hands on; g holds the same."""
    g, carried = np.zeros_like(dh), np.zeros_like(dh[:, 0])
    for t in steps:
        g[:, t] = kept(dh[:, t], carried)
        carried = rnn.step_backward(g[:, t], cache[t])[1]
    return g


def mistake(name, words):
    """Name a wrong answer by what it makes of loss, outside gradient, whole gradient and the arguments."""

    def add(compute):
        def wrong(h, targets, steps, cache):
            loss, g = reference.chosen_steps_gradient(h, targets, steps, cache)
            dh = np.zeros_like(h)
            dh[:, steps] = (h[:, steps] - targets[:, steps]) / (len(h) * len(steps))
            return compute(loss, dh, g, h, steps, cache, targets)

        CHOSEN.mistake(name, words, chosen_steps_gradient=wrong)

    return add


mistake(
    "ignored steps get no gradient",
    "What arrives from outside is right. But a chosen state was made from the states before it: take the gradient back "
    "through all of them, chosen or not.",
)(lambda loss, dh, g, h, steps, cache, _: (loss, dh))
mistake(
    "the loss is averaged over all steps",
    "Only the chosen steps count: divide by N times the number of chosen steps, K.",
)(lambda loss, dh, g, h, steps, cache, _: (loss * len(steps) / len(cache), g * len(steps) / len(cache)))
mistake(
    "the gradient is not divided by what the loss is averaged over",
    "The loss is a mean over N sequences and K chosen steps. Its gradient carries the same 1 / (N K).",
)(lambda loss, dh, g, h, steps, cache, _: (loss, g * len(h) * len(steps)))
mistake(
    "the loss is averaged over the steps, not over the sequences",
    "Divide by N as well: N times K numbers are averaged.",
)(lambda loss, dh, g, h, steps, cache, _: (loss * len(h), g * len(h)))
mistake(
    "the mean runs over the units too",
    "The squared distance is a *sum* over the units. Only sequences and chosen steps are averaged: divide by N K.",
)(lambda loss, dh, g, h, steps, cache, _: (loss / h.shape[2], g / h.shape[2]))
mistake(
    "the factor 1/2 of the loss is forgotten",
    "The loss is *half* the squared distance, so its slope is `h - targets`, without a 2.",
)(lambda loss, dh, g, h, steps, cache, _: (2 * loss, 2 * g))
mistake(
    "the loop visits the chosen steps only",
    "From one chosen step to the one before, the gradient passes through every step between them. Loop over all steps.",
)(
    lambda loss, dh, g, h, steps, cache, _: (
        loss,
        walk(dh, cache, steps[::-1], lambda outside, carried: outside + carried),
    )
)
mistake(
    "the loop runs forwards",
    "The gradient comes from later states. Go from the last step to the first.",
)(lambda loss, dh, g, h, steps, cache, _: (loss, walk(dh, cache, range(len(cache)), lambda o, carried: o + carried)))
mistake(
    "at a chosen step the gradient from the future is lost",
    "A chosen state has two sources: its own loss, and the future. Add them; do not replace one by the other.",
)(
    lambda loss, dh, g, h, steps, cache, _: (
        loss,
        walk(dh, cache, range(len(cache))[::-1], lambda outside, carried: outside if outside.any() else carried),
    )
)


def at_all_steps(h, targets, steps, cache, over_chosen):
    """Loss and gradient of all steps, as a mean over them or divided by the number of chosen ones."""
    loss, g = reference.chosen_steps_gradient(h, targets, list(range(len(cache))), cache)
    factor = len(cache) / len(steps) if over_chosen else 1
    return loss * factor, g * factor


for over_chosen in (False, True):
    CHOSEN.mistake(
        "every step has a loss",
        "`steps` lists the steps that count. Elsewhere the gradient from outside is exactly 0.",
        chosen_steps_gradient=partial(at_all_steps, over_chosen=over_chosen),
    )
mistake(
    "every step sends a gradient",
    "The loss counts the chosen steps only, and so must its gradient: elsewhere what comes from outside is exactly 0.",
)(
    lambda loss, dh, g, h, steps, cache, targets: (
        loss,
        walk((h - targets) / (len(h) * len(steps)), cache, range(len(cache))[::-1], lambda o, carried: o + carried),
    )
)


def counted_from_one(h, targets, steps, cache, wraps):
    """Step s read as s - 1: a first step of 0 becomes the last one, or is never met in the loop."""
    shifted = [step - 1 for step in steps if step > 0 or wraps]
    if not shifted:
        return 0.0, np.zeros_like(h)
    loss, g = reference.chosen_steps_gradient(h, targets, shifted, cache)
    return loss * len(shifted) / len(steps), g * len(shifted) / len(steps)


for wraps in (True, False):
    CHOSEN.mistake(
        "the steps are counted from 1",
        "Step `s` is `h[:, s]`: the list counts from 0, as the arrays do. With `s - 1` another state gets the loss.",
        chosen_steps_gradient=partial(counted_from_one, wraps=wraps),
    )


@CHOSEN.mistake(
    "the caller's list of steps is used up",
    "`steps.pop()` takes the steps out of the list that the caller still holds. Read it with `t in steps`.",
)
def used_up(h, targets, steps, cache):
    found = reference.chosen_steps_gradient(h, targets, steps, cache)
    steps.clear()
    return found


mistake(
    "the gradient has the wrong sign",
    "The slope of half the squared distance is `h - targets`, not `targets - h`.",
)(lambda loss, dh, g, h, steps, cache, _: (loss, -g))
mistake(
    "g is what the step hands back, not what arrives at its state",
    "What arrives at `h[:, t]` is `dh[:, t] + carried`, before it goes back through step t. Keep that in `g[:, t]`.",
)(lambda loss, dh, g, h, steps, cache, _: (loss, np.stack(handed_back(g, cache), axis=1)))
mistake(
    "g holds only what comes from the future",
    "At a chosen state two gradients meet: `g[:, t] = dh[:, t] + carried`.",
)(lambda loss, dh, g, h, steps, cache, _: (loss, g - dh))
mistake(
    "the loss is averaged over the sequences, not over the steps",
    "Divide by K, the number of chosen steps, as well: N times K numbers are averaged.",
)(lambda loss, dh, g, h, steps, cache, _: (loss * len(steps), g * len(steps)))
mistake(
    "the loss is a mean over the units too, its gradient is not",
    "`np.mean` of all squares divides by H as well. The squared distance is a *sum* over the units: divide by N K.",
)(lambda loss, dh, g, h, steps, cache, _: (loss / h.shape[2], g))


def handed_back(g, cache):
    return [rnn.step_backward(g[:, t], kept)[1] for t, kept in enumerate(cache)]
