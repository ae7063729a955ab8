"""BLEU: how many of a translation's word groups stand in a right translation, too.

Source: Papineni, Roukos, Ward & Zhu (2002), BLEU: a method for automatic evaluation of machine translation.
"""

import math
from collections import Counter

from rnn_core.errors import RangeError, ShapeError


def clipped_matches(candidate, references, n):
    """Count the n-grams of a candidate that stand in a reference, each at most as often as in one reference.

    Shapes: candidate, a sequence of words or ids; references, a sequence of at least one such; n at least 1.
    Returns: how many match, and how many n-grams the candidate has (whole numbers).
    Raises: RangeError for n below 1 or no references.
    """
    if n < 1 or not len(references):
        raise RangeError(f"clipped_matches: expected n and references of at least 1, got {n} and {len(references)}")
    allowed = Counter()
    for reference in references:
        allowed |= _ngrams(reference, n)  # the largest count of any reference
    found = _ngrams(candidate, n)
    return (found & allowed).total(), found.total()


def bleu_from_counts(matches, totals, length, reference_length):
    """The geometric mean of the precisions, times a penalty for what is shorter than its reference.

    Shapes: matches, totals (K,): for n = 1 to K, summed over all sentences.
    Units: lengths in words, summed over all sentences. The score is a share from 0 to 1.
    Returns: a float; 0 where some n has no match.
    Raises: ShapeError unless there are as many matches as totals.
    """
    if len(matches) != len(totals) or not len(matches):
        raise ShapeError(f"totals: expected as many as matches, at least 1, got {len(totals)} and {len(matches)}")
    if min(matches) == 0:
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matches, totals, strict=True)) / len(matches)
    penalty = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * math.exp(mean)


def bleu(candidates, references, most=4):
    """The score of a whole test set: counts are summed over the sentences before anything is divided.

    The reference length of a sentence is that of the reference whose length is nearest, of two the shorter.

    Shapes: candidates, N sequences of words or ids; references, N lists of such; n runs from 1 to `most`.
    Returns: a float from 0 to 1. Raises: ShapeError unless each candidate has its references; RangeError.
    """
    if len(candidates) != len(references):
        raise ShapeError(f"references: expected {len(candidates)} lists, got {len(references)}")
    matches, totals = [0] * most, [0] * most
    length = reference_length = 0
    for candidate, each in zip(candidates, references, strict=True):
        for k in range(most):
            match, total = clipped_matches(candidate, each, k + 1)
            matches[k] += match
            totals[k] += total
        length += len(candidate)
        reference_length += min((abs(len(r) - len(candidate)), len(r)) for r in each)[1]
    return bleu_from_counts(matches, totals, length, reference_length)


def _ngrams(words, n):
    words = list(words)
    return Counter(tuple(words[k : k + n]) for k in range(len(words) - n + 1))
