"""The letters, and the belief that is the ceiling for every net that reads them."""

import itertools

import numpy as np
import pytest

from rnn_core.data import letters
from rnn_core.errors import NameMismatchError, RangeError, ShapeError

WORDS = {"SONY": 0.4, "SONT": 0.1, "EAST": 0.3, "EASY": 0.2}
Y, T = (letters.LETTERS.index(letter) for letter in "YT")


@pytest.mark.parametrize("letter", letters.LETTERS)
def test_ink_keeps_its_distance_from_the_edge(letter):
    image = letters.draw(letter)
    assert image.shape == (letters.SIZE, letters.SIZE)
    assert image.min() == 0 and image.max() == 1
    edge = np.ones_like(image, dtype=bool)
    edge[1:-1, 1:-1] = False
    assert not image[edge].any()  # a shift by one pixel loses nothing


def test_no_two_letters_look_alike():
    for a, b in itertools.combinations(letters.LETTERS, 2):
        assert np.linalg.norm(letters.draw(a) - letters.draw(b)) > 2


def test_symmetric_letters_are_symmetric():
    for letter in "AOTY":
        np.testing.assert_allclose(letters.draw(letter), letters.draw(letter)[:, ::-1], atol=1e-12)


def test_a_blend_runs_from_t_to_y():
    np.testing.assert_array_equal(letters.blend(0), letters.draw("T"))
    np.testing.assert_array_equal(letters.blend(1), letters.draw("Y"))
    np.testing.assert_allclose(letters.blend(0.3), 0.3 * letters.draw("Y") + 0.7 * letters.draw("T"))


def test_nine_different_shifts_with_the_same_ink():
    shifted = letters.shifts(letters.draw("S"))
    assert len({image.tobytes() for image in shifted}) == 9
    np.testing.assert_allclose(shifted.sum(axis=(1, 2)), letters.draw("S").sum())
    np.testing.assert_array_equal(shifted[4], letters.draw("S"))


def test_shares_have_the_odds_that_the_text_says():
    y, t = letters.share_probabilities()
    np.testing.assert_allclose([y.sum(), t.sum()], 1)
    np.testing.assert_allclose(y + t, 2 / len(letters.SHARES))  # every share as often as any other
    np.testing.assert_allclose(y / t, 31 ** (2 * letters.SHARES - 1))


def test_the_likelihood_is_a_sum_over_every_picture():
    """Against the definition, one picture and one template at a time."""
    x = letters.write(np.random.default_rng(1), [letters.LETTERS.index(letter) for letter in "SYT"], noise=0.7)
    got = letters.log_likelihood(x, noise=0.7)
    for row, scores in zip(x, got, strict=True):
        want = []
        for images, p in letters.templates().values():
            densities = [np.exp(-((row - image) ** 2).sum() / (2 * 0.7**2)) for image in images]
            want.append(np.log(np.dot(p, densities)))
        np.testing.assert_allclose(scores - scores[0], np.array(want) - want[0], rtol=1e-9)


@pytest.mark.parametrize("context", [True, False])
def test_the_belief_is_calibrated(context):
    """Among letters believed with probability q, a share q are right: nothing else is so unless it is exact."""
    x, targets = letters.sample_words(np.random.default_rng(2), WORDS, 20_000)
    belief = letters.posterior(x, WORDS, context)
    np.testing.assert_allclose(belief.sum(axis=-1), 1)
    q, y = belief[:, -1, Y], targets[:, -1] == Y
    for low, high in itertools.pairwise(np.linspace(0, 1, 9)):
        some = (low <= q) & (q < high)
        if some.sum() > 200:
            assert abs(q[some].mean() - y[some].mean()) < 4 * np.sqrt(0.25 / some.sum())


def test_with_context_the_belief_is_bayes_rule_by_hand():
    x, _ = letters.sample_words(np.random.default_rng(3), {"SONY": 1}, 5, share=0.4)
    alone = letters.posterior(x, {"SONY": 1, "SONT": 1})[:, -1]
    known = letters.posterior(x, WORDS)[:, -1]
    np.testing.assert_allclose(known[:, Y] / known[:, T], 4 * alone[:, Y] / alone[:, T], rtol=1e-9)


def test_an_even_mixture_leaves_only_the_letters_before():
    words = {"SONY": 0.4, "SONT": 0.1, "EAST": 0.4, "EASY": 0.1}
    x, targets = letters.sample_words(np.random.default_rng(4), words, 10_000, share=0.5)
    alone, read = (letters.posterior(x, words, context)[:, -1].argmax(axis=-1) for context in (False, True))
    assert abs((alone == targets[:, -1]).mean() - 0.5) < 0.02
    assert abs((read == targets[:, -1]).mean() - 0.8) < 0.02


def test_a_fixed_share_and_no_noise_give_that_picture():
    x = letters.write(np.random.default_rng(5), np.full((3, 2), T), share=0.25, noise=0)
    assert x.shape == (3, 2, letters.D)
    allowed = {np.round(image.ravel(), 12).tobytes() for image in letters.shifts(letters.blend(0.25))}
    assert {np.round(image, 12).tobytes() for image in x.reshape(-1, letters.D)} <= allowed


def test_words_come_as_often_as_they_should():
    _, targets = letters.sample_words(np.random.default_rng(6), WORDS, 20_000)
    for word, p in WORDS.items():
        assert abs((targets == letters.encode([word])).all(axis=1).mean() - p) < 0.015


def test_orders():
    assert letters.reorder({"SONY": 1}, (2, 1, 0, 3)) == {"NOSY": 1}
    shuffled = letters.shuffle({"SONY": 0.75, "NOST": 0.25})
    assert len(shuffled) == 12
    assert shuffled["ONSY"] == pytest.approx(0.125) and shuffled["SONT"] == pytest.approx(0.25 / 6)


def test_repeated_letters_are_shuffled_too():
    assert letters.shuffle({"OOST": 1}) == pytest.approx({"OOST": 1 / 3, "OSOT": 1 / 3, "SOOT": 1 / 3})


def test_words_of_the_wrong_kind_are_named():
    with pytest.raises(NameMismatchError, match="got 'X'"):
        letters.encode(["SOX"])
    with pytest.raises(NameMismatchError, match="got 'x'"):
        letters.draw("x")
    with pytest.raises(RangeError, match=r"share: expected a number from 0 to 1, got 1\.5"):
        letters.blend(1.5)
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 7, got 8"):
        letters.write(np.random.default_rng(7), [8])
    with pytest.raises(ShapeError, match=r"x: expected shape \(N, 144\)"):
        letters.log_likelihood(np.zeros((2, 100)))


def test_same_seed_same_words():
    one, two = (letters.sample_words(np.random.default_rng(8), WORDS, 4)[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)
