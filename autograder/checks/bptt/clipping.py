"""Gradient clipping by the global norm, and the bits a character."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect, expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core.optim import clip_global_norm

CLIP = Exercise(
    "bptt-clip",
    functions={"clip_by_global_norm": reference.clip_by_global_norm},
    returns={"clip_by_global_norm": ("clipped", "norm")},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "One number for all arrays together: the root of the sum of all squares.",
        "If that norm is larger than `max_norm`, multiply every array by `max_norm / norm`; if not, by 1.",
        "`norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))`",
    ),
    explain="One factor for all arrays keeps the direction: the step gets shorter and points the same way. A gradient "
    "that is short already is left alone.",
)


def draw(rng, norm):
    """Gradients of very unlike sizes that together have this norm."""
    grads = {
        "W_hh": rng.standard_normal((3, 3)),
        "b": 0.01 * rng.standard_normal(3),
        "W_hy": 5 * rng.standard_normal((3, 4)),
    }
    scale = norm / np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return {name: scale * g for name, g in grads.items()}


def compare(student, grads, max_norm, hint):
    clipped, norm = student.clip_by_global_norm(grads, max_norm)
    want, want_norm = clip_global_norm(grads, max_norm)
    expect_close("norm", norm, want_norm, hint="The norm *before* clipping, of all arrays together.")
    expect(isinstance(clipped, dict), f"clipped: expected a dict of arrays, got {type(clipped).__name__}.")
    expect_equal("the names in the result", sorted(clipped), sorted(want))
    for name in want:
        expect_close(f"clipped {name}", clipped[name], want[name], hint)


@CLIP.check("a long gradient gets shorter and keeps its direction")
def long(student, rng):
    for norm, limit in ((20.0, 1.0), (3.0, 2.5)):
        compare(student, draw(rng, norm), limit, "Every array is multiplied by the same factor.")


@CLIP.check("a short gradient is left as it is")
def short(student, rng):
    for norm, limit in ((0.3, 1.0), (2.4, 2.5), (1e-7, 1.0)):
        compare(student, draw(rng, norm), limit, "Nothing is made longer.")


@CLIP.check("zeros stay zeros")
def zeros(student, rng):
    grads = draw(rng, 20.0)
    compare(student, {**grads, "b": np.zeros(3)}, 1.0, "One array of zeros beside others.")
    compare(
        student, {name: np.zeros_like(g) for name, g in grads.items()}, 1.0, "All are zero: do not divide by the norm."
    )


@CLIP.check("the caller's arrays are left alone")
def untouched(student, rng):
    grads = draw(rng, 7.0)
    (clipped, _), after = student.clip_by_global_norm.with_arguments(grads, 2.0)
    for name, want in clip_global_norm(grads, 2.0)[0].items():
        expect_close(f"clipped {name}", clipped[name], want)
        expect_equal(f"{name} after the call", after[0][name], grads[name], "`g *= …` changes the caller's array.")


def mistake(name, words):
    """Name a wrong clipping by the factor of each array, and by the norm that it returns."""

    def add(compute):
        def wrong(grads, max_norm):
            norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
            return compute(grads, max_norm, norm)

        CLIP.mistake(name, words, clip_by_global_norm=wrong)

    return add


def scaled(grads, factor):
    return {name: g * factor for name, g in grads.items()}


mistake(
    "each array is clipped by its own norm",
    "Large arrays shrink and small ones do not: the step points somewhere else. One norm and one factor for all.",
)(
    lambda grads, limit, norm: (
        {name: g * min(1, limit / np.linalg.norm(g)) for name, g in grads.items()},
        norm,
    )
)
mistake(
    "small gradients are scaled up",
    "The factor `max_norm / norm` is above 1 for a short gradient. Near a minimum that never lets the steps get "
    "smaller. Scale only when the norm is larger than `max_norm`.",
)(lambda grads, limit, norm: (scaled(grads, limit / norm), norm))
mistake(
    "small gradients are scaled up",
    "The factor `max_norm / norm` is above 1 for a short gradient. Near a minimum that never lets the steps get "
    "smaller. Scale only when the norm is larger than `max_norm`.",
)(lambda grads, limit, norm: (scaled(grads, limit / norm if norm > 0 else 1), norm))
mistake(
    "each number is cut at the limit",
    "`np.clip` cuts the large entries and leaves the small ones: the direction changes. Multiply all by one factor.",
)(lambda grads, limit, norm: ({name: np.clip(g, -limit, limit) for name, g in grads.items()}, norm))
mistake(
    "the norms of the arrays are added",
    "Squares add up, norms do not: the root of the sum of *all* squares.",
)(
    lambda grads, limit, norm: (lambda total: (scaled(grads, min(1, limit / total)), total))(
        sum(np.linalg.norm(g) for g in grads.values())
    )
)
mistake(
    "the norm is that of the longest array",
    "The norm counts all arrays together: the root of the sum of *all* squares.",
)(
    lambda grads, limit, norm: (lambda longest: (scaled(grads, min(1, limit / longest)), longest))(
        max(np.linalg.norm(g) for g in grads.values())
    )
)
mistake(
    "a constant is added to the norm",
    "`max_norm / (norm + 1e-6)` guards against 0 / 0, and makes every clipped gradient a little too short. With "
    "`if norm > max_norm` no guard is needed.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / (norm + 1e-6))), norm))
mistake(
    "the root is missing",
    "The norm is the root of the sum of squares.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / norm**2)), norm**2))
mistake(
    "the norm after clipping is returned",
    "The norm *before* clipping is the one worth watching: it says how often, and how much, is cut.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / norm)), min(norm, limit)))
mistake(
    "the gradient is only divided by its norm",
    "The result has length 1, whatever `max_norm` is.",
)(lambda grads, limit, norm: (scaled(grads, 1 / norm), norm))


def in_place(grads, max_norm):
    clipped, norm = clip_global_norm(grads, max_norm)
    for name, g in grads.items():
        g[:] = clipped[name]
    return grads, norm


CLIP.mistake(
    "the caller's gradients are changed in place",
    "The values are right, but `g *= …` writes into the caller's arrays. Build new arrays: `factor * g`.",
    clip_by_global_norm=in_place,
)

mistake(
    "a gradient of zeros becomes 0 / 0",
    "Its norm is 0, and 0 / 0 is no number. Divide only when the norm is larger than `max_norm`.",
)(lambda grads, limit, norm: ({name: g / norm * min(norm, limit) for name, g in grads.items()}, norm))

BITS = Exercise(
    "bptt-bits",
    functions={"bits_a_character": reference.bits_a_character},
    returns={"bits_a_character": ("bits",)},
    points=1,
    minutes=8,
    difficulty=1,
    hints=(
        "First the mean over all characters: a chunk of 50 characters counts ten times as much as one of 5.",
        "The sum of `loss * count` is the loss of the whole text in nats. Divide by the number of characters, "
        "then by log 2.",
    ),
    explain="One bit is log 2 nats, so nats divided by log 2 are bits.",
)


@BITS.check("the mean over all characters, in bits")
def bits(student, rng):
    for K in (4, 7):
        losses, counts = rng.uniform(0.5, 4, K), rng.integers(1, 60, K)
        counts[0] = 100
        want = reference.bits_a_character(losses, counts)
        expect_close("bits", student.bits_a_character(losses, counts), want, hint="Chunks weigh by their length.")


@BITS.check("guessing evenly among 8 characters costs 3 bits")
def even(student, rng):
    counts = rng.integers(1, 9, 3)
    expect_close("bits", student.bits_a_character(np.full(3, np.log(8)), counts), 3.0, hint="One bit is log 2 nats.")


@BITS.check("the caller's arrays are left alone")
def bits_untouched(student, rng):
    losses, counts = rng.uniform(0.5, 4, 5), rng.integers(2, 60, 5)
    bits, after = student.bits_a_character.with_arguments(losses, counts)
    expect_close("bits", bits, reference.bits_a_character(losses, counts))
    for name, before, now in zip(("losses", "counts"), (losses, counts), after, strict=True):
        expect_equal(f"{name} after the call", now, before, "`losses *= …` changes the caller's array.")


def bits_mistake(name, words, compute):
    BITS.mistake(
        name, words, bits_a_character=lambda losses, counts: float(compute(losses, counts, np.dot(losses, counts)))
    )


bits_mistake(
    "every chunk counts the same, long or short",
    "A mean of means is the mean only when all have the same length. Weigh each loss by its count.",
    lambda losses, counts, total: np.mean(losses) / np.log(2),
)
bits_mistake(
    "the result is in nats",
    "Logarithms to base e give nats. Divide by log 2.",
    lambda losses, counts, total: total / counts.sum(),
)
bits_mistake(
    "multiplied by log 2 instead of divided",
    "A bit is smaller than a nat, so the number of bits is larger.",
    lambda losses, counts, total: total / counts.sum() * np.log(2),
)
bits_mistake(
    "the bits of the whole text",
    "Bits *a character*: divide by the number of characters.",
    lambda losses, counts, total: total / np.log(2),
)
bits_mistake(
    "divided by the number of chunks",
    "`loss * count` adds up the characters. Divide by the number of characters.",
    lambda losses, counts, total: total / len(losses) / np.log(2),
)
bits_mistake(
    "a power instead of a quotient",
    "e to the loss says among how many characters the model wavers. Bits are the loss divided by log 2.",
    lambda losses, counts, total: np.exp(total / counts.sum()),
)


@BITS.mistake(
    "the losses are changed in place",
    "`losses *= counts` writes into the array that the caller still holds. `losses * counts` makes a new one.",
)
def losses_in_place(losses, counts):
    bits = reference.bits_a_character(losses, counts)
    losses *= counts
    return bits
