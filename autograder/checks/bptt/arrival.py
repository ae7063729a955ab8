"""A loss on chosen steps only: where its gradient arrives."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.parts import expect_any, expect_parts
from autograder.compare import expect_equal
from autograder.spec import Exercise
from rnn_core import rnn

CHOSEN = Exercise(
    "bptt-chosen-steps",
    functions={"chosen_steps_gradient": reference.chosen_steps_gradient},
    returns={"chosen_steps_gradient": ("loss", "g")},
    lends={"step_backward": rnn.step_backward},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Two parts. First the gradient from outside: zeros everywhere, and at the chosen steps the slope of the loss.",
        "At a chosen step t: `dh[:, t] = (h[:, t] - targets[:, t]) / (N * K)`, with K the number of chosen steps.",
        "Then the loop of the exercise before, through *all* steps. Keep what arrives at each state: "
        "`g[:, t] = dh[:, t] + carried`, then `carried = step_backward(g[:, t], caches[t])[1]`.",
    ),
    explain="A step without a loss gets nothing from outside. It still hands on what comes from the future: `g` is "
    "zero only after the last chosen step.",
)


def draw(rng, N=3, T=6, D=2, H=4):
    """h, targets and the list of step caches; all sizes differ."""
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H)
    x, h0, W_xh, W_hh, b, targets = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    h, cache = reference.forward(x, np.tanh(h0), W_xh, W_hh, b)
    return h, targets, cache


def both(student, h, targets, steps, cache):
    """What the student returned by name, and what is right."""
    functions = student.chosen_steps_gradient, reference.chosen_steps_gradient
    return (dict(zip(("loss", "g"), f(h, targets, steps, cache), strict=True)) for f in functions)


def compare(student, h, targets, steps, cache, hint):
    expect_parts(("g",), *both(student, h, targets, steps, cache), hint)


@CHOSEN.check("the loss: a mean over sequences and chosen steps")
def loss(student, rng):
    h, targets, cache = draw(rng)
    for steps in ([1, 3], [0, 2, 5]):
        hint = "Half the squared distance, averaged over sequences and chosen steps."
        expect_parts(("loss",), *both(student, h, targets, steps, cache), hint)


@CHOSEN.check("the gradient at every state agrees with the reference")
def gradient(student, rng):
    h, targets, cache = draw(rng)
    for steps in ([1, 3], [0, 2, 5]):
        hint = "Does g[:, t] hold both what comes from outside and from the future?"
        compare(student, h, targets, steps, cache, hint)


@CHOSEN.check("ignored steps hand the gradient on")
def through(student, rng):
    h, targets, cache = draw(rng)
    hint = "Only step 4 has a loss. Steps 0 to 3 have none, and still the gradient passes through them."
    compare(student, h, targets, [4], cache, hint)


@CHOSEN.check("nothing arrives after the last chosen step")
def after(student, rng):
    h, targets, cache = draw(rng, N=2, T=5, D=3)
    compare(student, h, targets, [0], cache, "No state after step 0 acts on this loss: its gradient is exactly 0.")


@CHOSEN.check("the caller's arrays are left alone")
def untouched(student, rng):
    h, targets, cache = draw(rng)
    (loss, g), now = student.chosen_steps_gradient.with_arguments(h, targets, [1, 3], cache)
    want = reference.chosen_steps_gradient(h, targets, [1, 3], cache)
    expect_any({"loss": loss, "g": g}, {"loss": want[0], "g": want[1]})
    expect_equal("h after the call", now[0], h)
    expect_equal("targets after the call", now[1], targets)
    expect_equal("steps after the call", now[2], [1, 3], "`steps.pop()` empties the caller's list.")


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
CHOSEN.mistake(
    "every step has a loss",
    "`steps` lists the steps that count. Elsewhere the gradient from outside is exactly 0.",
    chosen_steps_gradient=lambda h, targets, steps, cache: reference.chosen_steps_gradient(
        h, targets, list(range(len(cache))), cache
    ),
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
CHOSEN.mistake(
    "every step has a loss",
    "`steps` lists the steps that count. Elsewhere the gradient from outside is exactly 0.",
    chosen_steps_gradient=lambda h, targets, steps, cache: tuple(
        part * len(cache) / len(steps)
        for part in reference.chosen_steps_gradient(h, targets, list(range(len(cache))), cache)
    ),
)
CHOSEN.mistake(
    "the steps are counted from 1",
    "Step `s` is `h[:, s]`: the list counts from 0, as the arrays do. With `s - 1` another state gets the loss.",
    chosen_steps_gradient=lambda h, targets, steps, cache: reference.chosen_steps_gradient(
        h, targets, [step - 1 for step in steps], cache
    ),
)


@CHOSEN.mistake(
    "the steps are counted from 1",
    "Step `s` is `h[:, s]`: the list counts from 0, as the arrays do. With `t + 1` another state gets the loss.",
)
def counted_from_one(h, targets, steps, cache):
    shifted = [step - 1 for step in steps if step > 0]  # a first step of 0 is never met in the loop
    if not shifted:
        return 0.0, np.zeros_like(h)
    loss, g = reference.chosen_steps_gradient(h, targets, shifted, cache)
    return loss * len(shifted) / len(steps), g * len(shifted) / len(steps)


@CHOSEN.mistake(
    "the caller's list of steps is used up",
    "`steps.pop()` takes the steps out of the list that the caller still holds. Read it with `t in steps`.",
)
def used_up(h, targets, steps, cache):
    found = reference.chosen_steps_gradient(h, targets, steps, cache)
    steps.clear()
    return found
