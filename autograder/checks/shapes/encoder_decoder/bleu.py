"""BLEU: clipped n-grams, and the score made of them."""

import numpy as np

from autograder.compare import by_name, expect_close, expect_equal, expect_unchanged
from autograder.spec import Exercise
from rnn_core import bleu

NAMES = ("matches", "total")
BLEU = Exercise(
    "translate-bleu",
    functions={"clipped_matches": bleu.clipped_matches, "bleu_from_counts": bleu.bleu_from_counts},
    returns={"clipped_matches": NAMES, "bleu_from_counts": ("score",)},
    points=4,
    minutes=30,
    difficulty=2,
    hints=(
        "All n-grams of a sentence: `[tuple(words[k:k + n]) for k in range(len(words) - n + 1)]`. A `Counter` of that "
        "list says how often each occurs.",
        "For each n-gram of the candidate: how often is it there, and what is the largest number of times it "
        "stands in any *one* reference? The smaller of the two matches.",
        "With counters: `allowed |= Counter(…)` over the references keeps the larger count, `found & allowed` the "
        "smaller; `.total()` adds up.",
        "`bleu_from_counts`: 0 if any match count is 0. Otherwise `np.exp(np.mean(np.log(matches / totals)))`, times "
        "`np.exp(1 - reference_length / length)` where the length is below that of the references.",
    ),
    explain="Clipping stops a candidate from earning twice with one good word. The penalty stops it from earning with "
    "few safe words: precision alone says nothing about what is missing.",
)


def draw(rng, most=3):
    """A candidate and two references of a few words that come more than once."""
    words = ["wa", "o", "de", "neko", "miru"]
    candidate, *references = ([words[int(k)] for k in rng.choice(5, T, p=[0.4, 0.3, 0.1, 0.1, 0.1])] for T in (9, 7, 8))
    return candidate, references


def compare(student, args, hint):
    got, want = (by_name(NAMES, f(*args)) for f in (student.clipped_matches, bleu.clipped_matches))
    expect_equal("total", got["total"], want["total"], "The n-grams of the candidate: those of a longer n are fewer.")
    expect_equal("matches", got["matches"], want["matches"], hint)


@BLEU.check("clipped_matches: one reference")
def one_reference(student, rng):
    for n in (1, 2, 3):
        candidate, references = draw(rng)
        hint = "Each n-gram of the candidate counts at most as often as it stands in the reference."
        compare(student, (candidate, references[:1], n), hint)
    the = ["the"] * 7, [["the", "cat", "is", "on", "the", "mat"]], 1
    compare(student, the, "Seven times `the`: the reference has two of them.")
    turned = ["wa", "neko", "o", "miru"], [["neko", "wa", "miru", "o"]], 2
    compare(student, turned, "`wa neko` and `neko wa` are two different pairs.")


@BLEU.check("clipped_matches: the best of several references, word by word")
def several(student, rng):
    for n in (1, 1, 2, 2):
        candidate, references = draw(rng)
        compare(student, (candidate, references, n), "The largest count in any one reference, for each n-gram.")
    compare(student, (["wa"], [["wa", "o"], ["o"]], 2), "A candidate of one word has no pair of words.")
    compare(student, (["wa"], [["wa", "o", "de", "miru"]], 4), "A candidate of one word has no group of four.")
    a = ["b", "a", "a", "d"], [["a", "d"], ["a", "b", "c"]], 1
    compare(student, a, "Each reference has one `a`; together they do not allow two.")


def draw_counts(rng, K=4):
    totals = np.sort(rng.integers(20, 60, K))[::-1]
    matches = [int(rng.integers(5, t)) for t in totals]
    return matches, [int(t) for t in totals]


@BLEU.check("bleu_from_counts: long enough, so no penalty")
def long_enough(student, rng):
    for K, length, reference_length in ((4, 50, 50), (3, 61, 50)):
        matches, totals = draw_counts(rng, K)
        got = student.bleu_from_counts(matches, totals, length, reference_length)
        want = bleu.bleu_from_counts(matches, totals, length, reference_length)
        expect_close("score", got, want, "The geometric mean of the precisions; a longer text pays nothing here.")


@BLEU.check("bleu_from_counts: the penalty for what is too short")
def too_short(student, rng):
    for length in (40, 25):
        matches, totals = draw_counts(rng)
        got = student.bleu_from_counts(matches, totals, length, 50)
        expect_close("score", got, bleu.bleu_from_counts(matches, totals, length, 50), "exp(1 - r / c), with c < r.")


@BLEU.check("bleu_from_counts: a precision of 0 makes a score of 0")
def none(student, rng):
    matches, totals = draw_counts(rng)
    for place in (3, 1):
        some = [0 if k >= place else m for k, m in enumerate(matches)]
        hint = "One length of n-grams without a match makes the product 0, and its logarithm is no number."
        expect_equal("score", float_of(student.bleu_from_counts(some, totals, 50, 50)), 0.0, hint)
    want = bleu.bleu_from_counts(matches, totals, 40, 50)
    expect_close("score", student.bleu_from_counts(matches, totals, 40, 50), want)


def float_of(score):
    """A number as a float, and anything else as it is."""
    return float(score) if isinstance(score, int | float | np.number) else score


@BLEU.check("the caller's lists are left alone")
def untouched(student, rng):
    candidate, references = draw(rng)
    args = candidate, references, 2
    got, after = student.clipped_matches.with_arguments(*args)
    expect_equal("matches and total", list(got), list(bleu.clipped_matches(*args)))
    names, hint = ("candidate", "references"), "Crossing words out with `remove` changes the caller's list. Use a copy."
    expect_unchanged(names, after[:2], args[:2], hint)
