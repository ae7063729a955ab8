"""Wrong BLEU, known by name."""

import math
from collections import Counter

import numpy as np

from autograder.checks.shapes.encoder_decoder.bleu import BLEU
from rnn_core.bleu import bleu_from_counts, clipped_matches


def grams(words, n):
    return [tuple(words[k : k + n]) for k in range(len(words) - n + 1)]


def match_mistake(name, words):
    """Name a wrong count by what it makes of candidate, references and n."""

    def add(compute):
        BLEU.mistake(name, words, clipped_matches=compute)

    return add


match_mistake(
    "nothing is clipped",
    "Seven times `the` would be seven matches. An n-gram of the candidate counts at most as often as it stands in a "
    "reference.",
)(
    lambda candidate, references, n: (
        sum(g in {h for r in references for h in grams(r, n)} for g in grams(candidate, n)),
        len(grams(candidate, n)),
    )
)
match_mistake(
    "n-grams are counted as a set",
    "A set forgets how often something occurs. Count occurrences, in the candidate and in the references: `Counter`.",
)(
    lambda candidate, references, n: (
        len(set(grams(candidate, n)) & {h for r in references for h in grams(r, n)}),
        len(set(grams(candidate, n))),
    )
)
match_mistake(
    "the matches are counted as a set, and the total is not",
    "A set forgets how often something occurs: what stands twice in both counts twice. Use `Counter` for the matches.",
)(
    lambda candidate, references, n: (
        len(set(grams(candidate, n)) & {h for r in references for h in grams(r, n)}),
        len(grams(candidate, n)),
    )
)


def summed(candidate, references, n):
    allowed = Counter(g for r in references for g in grams(r, n))
    found = Counter(grams(candidate, n))
    return (found & allowed).total(), found.total()


match_mistake(
    "the counts of the references are added up",
    "The references are different ways to say one thing, not one long text. For each n-gram take the largest count of "
    "any one of them: `|` on counters, not `+`.",
)(summed)
match_mistake(
    "only the first reference is used",
    "An n-gram is right if it stands in any reference: take for each the largest count of all of them.",
)(lambda candidate, references, n: clipped_matches(candidate, references[:1], n))
match_mistake(
    "one reference is chosen for all n-grams",
    "The largest count is taken for each n-gram by itself, and may come from another reference each time.",
)(lambda candidate, references, n: max(clipped_matches(candidate, [r], n) for r in references))


match_mistake(
    "the matches of the references are added up",
    "One n-gram of the candidate matches once, in however many references it stands. For each take the largest count "
    "of any one reference.",
)(
    lambda candidate, references, n: (
        sum(clipped_matches(candidate, [r], n)[0] for r in references),
        len(grams(candidate, n)),
    )
)
match_mistake(
    "the total counts different n-grams",
    "A set, or the length of a `Counter`, forgets how often something occurs. The total is the number of all n-grams "
    "of the candidate.",
)(lambda candidate, references, n: (clipped_matches(candidate, references, n)[0], len(set(grams(candidate, n)))))
match_mistake(
    "a candidate that is too short has a negative total",
    "With fewer than n words there are no n-grams: 0 of them, and not `len(candidate) - n + 1`.",
)(lambda candidate, references, n: (clipped_matches(candidate, references, n)[0], len(candidate) - n + 1))
match_mistake(
    "the last n-gram is missing in the total",
    "A sentence of T words has T - n + 1 n-grams, not T - n.",
)(lambda candidate, references, n: (clipped_matches(candidate, references, n)[0], max(len(candidate) - n, 0)))


def smallest(candidate, references, n):
    found, allowed = Counter(grams(candidate, n)), Counter(grams(references[0], n))
    for r in references:
        allowed &= Counter(grams(r, n))
    return (found & allowed).total(), found.total()


match_mistake(
    "an n-gram has to stand in all references",
    "The references are different ways to say one thing. What stands in one of them is right: the largest count, not "
    "the smallest.",
)(smallest)
match_mistake(
    "the last n-gram is left out",
    "A sentence of T words has T - n + 1 n-grams: `range(len(words) - n + 1)`.",
)(
    lambda candidate, references, n: (
        (Counter(grams(candidate, n)[:-1]) & _largest([grams(r, n)[:-1] for r in references])).total(),
        max(len(candidate) - n, 0),
    )
)


def _largest(lists):
    allowed = Counter()
    for each in lists:
        allowed |= Counter(each)
    return allowed


match_mistake(
    "the total counts the n-grams of the reference",
    "That is recall. Precision asks how many of the *candidate's* n-grams are right.",
)(lambda candidate, references, n: (clipped_matches(candidate, references, n)[0], len(grams(references[0], n))))
match_mistake(
    "all lengths up to n are counted together",
    "One call counts one length of n-grams: the pairs, for n = 2, and no single words.",
)(
    lambda candidate, references, n: tuple(
        sum(clipped_matches(candidate, references, k)[j] for k in range(1, n + 1)) for j in (0, 1)
    )
)
match_mistake(
    "the order within an n-gram is lost",
    "`neko wa` and `wa neko` are two pairs. Keep the order: a tuple, not a set or a sorted list.",
)(
    lambda candidate, references, n: (
        (
            Counter(tuple(sorted(g)) for g in grams(candidate, n))
            & _largest([[tuple(sorted(g)) for g in grams(r, n)] for r in references])
        ).total(),
        len(grams(candidate, n)),
    )
)
match_mistake(
    "pieces of n words are cut side by side",
    "n-grams overlap: one begins at every word, not at every n-th.",
)(
    lambda candidate, references, n: (
        (Counter(grams(candidate, n)[::n]) & _largest([grams(r, n)[::n] for r in references])).total(),
        len(grams(candidate, n)[::n]),
    )
)
match_mistake(
    "matches and total are exchanged",
    "The numbers are right. The order is `matches, total`.",
)(lambda candidate, references, n: clipped_matches(candidate, references, n)[::-1])


def sorted_in_place(candidate, references, n):
    found = clipped_matches(candidate, references, n)
    for r in references:
        r.sort()
    return found


BLEU.mistake(
    "the caller's references are changed",
    "Crossing out with `remove`, or `sort`, works on the list that the caller still holds. Use a copy.",
    clipped_matches=sorted_in_place,
)


def score_mistake(name, words):
    """Name a wrong score by what it makes of precisions (an array) and the two lengths."""

    def add(compute):
        def wrong(matches, totals, length, reference_length):
            with np.errstate(all="ignore"):
                return float(compute(np.divide(matches, totals), length, reference_length))

        BLEU.mistake(name, words, bleu_from_counts=wrong)

    return add


def geometric(p):
    return 0.0 if p.min() == 0 else math.exp(np.log(p).mean())


def penalty(c, r):
    return min(1.0, math.exp(1 - r / c))


score_mistake(
    "there is no penalty for short texts",
    "One safe word has a precision of 1. What is shorter than its reference is multiplied by exp(1 - r / c).",
)(lambda p, c, r: geometric(p))
score_mistake(
    "the penalty is turned round",
    "c is the length of what was written, r that of the reference: exp(1 - r / c) is below 1 where c < r.",
)(lambda p, c, r: geometric(p) * min(1.0, math.exp(1 - c / r)))
score_mistake(
    "the penalty is turned round",
    "c is the length of what was written, r that of the reference. Your factor for a short text is above 1, a reward: "
    "exp(1 - r / c) is below 1 where c < r.",
)(lambda p, c, r: geometric(p) * (math.exp(1 - c / r) if c < r else 1))
score_mistake(
    "the penalty is applied to long texts as well",
    "Where the text is longer, exp(1 - r / c) is above 1 and would be a reward. The factor is 1 there.",
)(lambda p, c, r: geometric(p) * math.exp(1 - r / c))
score_mistake(
    "the penalty is the ratio of the lengths",
    "The factor is exp(1 - r / c), which falls faster than c / r.",
)(lambda p, c, r: geometric(p) * min(1.0, c / r))
score_mistake(
    "the mean is arithmetic",
    "The precisions are multiplied, and the K-th root taken: exp of the mean of the logarithms.",
)(lambda p, c, r: p.mean() * penalty(c, r) * (p.min() > 0))
score_mistake(
    "the mean is arithmetic, and 0 is a precision like any other",
    "The precisions are multiplied, so one of 0 makes the score 0: exp of the mean of the logarithms.",
)(lambda p, c, r: p.mean() * penalty(c, r))
score_mistake(
    "the root of the product is missing",
    "A product of K precisions is not a mean. Take the K-th root: exp of the *mean* of the logarithms.",
)(lambda p, c, r: p.prod() * penalty(c, r))
score_mistake(
    "the fourth root is taken for every K",
    "The mean runs over as many precisions as there are. Divide by `len(matches)`.",
)(lambda p, c, r: p.prod() ** 0.25 * penalty(c, r))
score_mistake(
    "a precision of 0 is left out",
    "Where no n-gram of some length is right, the product is 0. Leaving it out would reward a text without a single "
    "right pair.",
)(lambda p, c, r: (geometric(p[p > 0])) * penalty(c, r))
score_mistake(
    "a precision of 0 gives NaN",
    "The logarithm of 0 is minus infinity. Return 0 before taking logarithms.",
)(lambda p, c, r: geometric(p) * penalty(c, r) if p.min() > 0 else np.nan)
BLEU.mistake(
    "the counts are summed before they are divided",
    "Each length of n-grams has a precision of its own, and their *geometric mean* is taken. Summed up, single words "
    "would count most.",
    bleu_from_counts=lambda matches, totals, length, reference_length: (
        sum(matches) / sum(totals) * penalty(length, reference_length)
    ),
)
BLEU.mistake(
    "the score stands in per cent",
    "A share from 0 to 1 was asked for.",
    bleu_from_counts=lambda *a: 100 * bleu_from_counts(*a),
)
