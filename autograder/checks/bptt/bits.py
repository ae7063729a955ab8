"""The bits a character, from the losses of chunks of unequal length."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise

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
    expect_unchanged(("losses", "counts"), after, (losses, counts), "`losses *= …` changes the caller's array.")


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
