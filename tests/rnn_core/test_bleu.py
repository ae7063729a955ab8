import math

import numpy as np
import pytest

from rnn_core.bleu import bleu, bleu_from_counts, clipped_matches
from rnn_core.errors import RangeError, ShapeError


def words(text):
    return text.split()


# The examples of Papineni et al. (2002), with the counts that stand there.
REFERENCES = [
    words("it is a guide to action that ensures that the military will forever heed party commands"),
    words(
        "it is the guiding principle which guarantees the military forces always being under the command of the party"
    ),
    words("it is the practical guide for the army always to heed the directions of the party"),
]
FIRST = words("it is a guide to action which ensures that the military always obeys the commands of the party")
SECOND = words("it is to insure the troops forever hearing the activity guidebook that party direct")
MATS = [words("the cat is on the mat"), words("there is a cat on the mat")]


@pytest.mark.parametrize(
    ("candidate", "references", "n", "want"),
    [
        (FIRST, REFERENCES, 1, (17, 18)),
        (SECOND, REFERENCES, 1, (8, 14)),
        (FIRST, REFERENCES, 2, (10, 17)),
        (SECOND, REFERENCES, 2, (1, 13)),
        (["the"] * 7, MATS, 1, (2, 7)),
        (["the"] * 7, MATS, 2, (0, 6)),
        (["the"], MATS, 2, (0, 0)),
        ([], MATS, 1, (0, 0)),
    ],
)
def test_the_counts_of_the_paper(candidate, references, n, want):
    assert clipped_matches(candidate, references, n) == want


@pytest.mark.parametrize("seed", range(20))
def test_counts_against_crossing_out(seed):
    """With one reference: look for each n-gram of the candidate, and cross out what was found."""
    rng = np.random.default_rng(seed)
    candidate, reference = rng.integers(0, 4, 9), rng.integers(0, 4, 11)
    for n in range(1, 5):
        left, match = [tuple(reference[k : k + n]) for k in range(12 - n)], 0
        for k in range(10 - n):
            group = tuple(candidate[k : k + n])
            if group in left:
                left.remove(group)
                match += 1
        assert clipped_matches(candidate, [reference], n) == (match, 10 - n)


def test_the_score():
    assert bleu_from_counts([3, 1], [4, 3], 4, 4) == pytest.approx(math.sqrt(3 / 4 * 1 / 3), rel=1e-15)
    assert bleu_from_counts([3, 1], [4, 3], 4, 6) == pytest.approx(0.5 * math.exp(1 - 6 / 4), rel=1e-15)
    assert bleu_from_counts([3, 1], [4, 3], 6, 4) == pytest.approx(0.5, rel=1e-15)
    assert bleu_from_counts([3, 0], [4, 3], 4, 4) == 0.0
    assert bleu_from_counts([0], [0], 0, 4) == 0.0


def test_a_right_translation_scores_1_and_longer_is_not_better():
    assert bleu([MATS[0], MATS[1]], [MATS, MATS]) == pytest.approx(1.0, rel=1e-15)
    assert bleu([MATS[0] + ["now"]], [MATS]) < 1
    assert bleu([MATS[0][:4]], [[MATS[0]]]) == pytest.approx(math.exp(1 - 6 / 4), rel=1e-15)


def test_counts_are_summed_before_they_are_divided():
    candidates, references = [["a", "b", "c"], ["d"]], [[["a", "b", "x"]], [["d"]]]
    assert bleu(candidates, references, most=2) == pytest.approx(math.sqrt(3 / 4 * 1 / 2), rel=1e-15)


def test_the_nearest_reference_gives_the_length():
    five, seven = list("abcde"), list("abcdefg")
    assert bleu([list("abcdef")], [[seven, five]]) == 1.0  # as near to 5 as to 7: the shorter counts
    assert bleu([list("abcdef")], [[seven]]) == pytest.approx(math.exp(1 - 7 / 6), rel=1e-15)


def test_errors():
    with pytest.raises(RangeError, match="n and references of at least 1, got 0 and 1"):
        clipped_matches(["a"], [["a"]], 0)
    with pytest.raises(RangeError, match="got 1 and 0"):
        clipped_matches(["a"], [], 1)
    with pytest.raises(ShapeError, match="totals: expected as many as matches"):
        bleu_from_counts([1, 2], [3], 1, 1)
    with pytest.raises(ShapeError, match="references: expected 1 lists, got 2"):
        bleu([["a"]], [[["a"]], [["a"]]])
