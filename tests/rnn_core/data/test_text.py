import re
import string
from collections import Counter

import numpy as np
import pytest

from rnn_core.data import text
from rnn_core.errors import DtypeError, NameMismatchError, RangeError


@pytest.fixture(scope="module")
def help_texts():
    return text.load_text()


def test_text_is_plain_english_and_always_the_same(help_texts):
    assert help_texts == text.load_text()
    assert help_texts.isascii() and len(help_texts) > 100_000
    letters = Counter(help_texts.lower())
    assert max(string.ascii_lowercase, key=letters.get) in "et"
    assert help_texts.count(" the ") > 1000


def test_vocabulary():
    v = text.Vocabulary("hello")
    assert v.characters == "ehlo" and len(v) == 4
    assert v.encode("hole").tolist() == [1, 3, 2, 0]
    assert v.decode(v.encode("hole")) == "hole"
    assert v.encode("").dtype == int
    with pytest.raises(NameMismatchError, match="text: expected characters of the vocabulary, got 'x'"):
        v.encode("lox")
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 3, got -1"):
        v.decode([0, -1])
    with pytest.raises(DtypeError, match="ids"):
        v.decode([0.5])


def test_a_vocabulary_beyond_ascii():
    assert text.Vocabulary("\x7fa\0").characters == "\0a\x7f"
    v = text.Vocabulary("naïve 語😀a\x7f")
    assert v.characters == " aenv\x7fï語😀"
    assert v.encode("語a😀nï\x7f").tolist() == [7, 1, 8, 3, 6, 5] and v.encode("van e").tolist() == [4, 1, 3, 0, 2]
    assert v.decode(v.encode("語a😀nï")) == "語a😀nï"
    for foreign in ("b", "é", "誚", "😁", "\ud800"):
        with pytest.raises(NameMismatchError, match=re.escape(f"got {foreign!r}")):
            v.encode(f"語{foreign}")
        with pytest.raises(NameMismatchError):
            v.encode(foreign)
    with pytest.raises(NameMismatchError, match="got 'é'"):
        text.Vocabulary("ab").encode("abé")
    for foreign in set(map(chr, range(128))) - {"0", "1"}:
        with pytest.raises(NameMismatchError):
            text.Vocabulary("10").encode(foreign)


def test_split():
    train, test = text.split(np.arange(20), 0.25)
    assert train.tolist() == list(range(15)) and test.tolist() == list(range(15, 20))
    for wrong in (0, 1, -0.5):
        with pytest.raises(RangeError, match="held_out"):
            text.split(np.arange(20), wrong)


def brute_force(train, test, order, V):
    """Bits of each character, by counting in plain Python, straight from the definition."""

    def p(history, c, n):
        if n == 0:
            return 1 / V
        shorter = p(history, c, n - 1)
        context = tuple(history[len(history) - (n - 1) :]) if n > 1 else ()
        if len(context) < n - 1:
            return shorter
        after = Counter(train[i + n - 1] for i in range(len(train) - n + 1) if tuple(train[i : i + n - 1]) == context)
        count, kinds = sum(after.values()), len(after)
        return (after[c] + kinds * shorter) / (count + kinds) if count else shorter

    return [-np.log2(p(test[:i], c, order)) for i, c in enumerate(test)]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_ngrams_against_counting(order):
    rng = np.random.default_rng(0)
    V = 4
    train = (rng.random(150) ** 2 * 3).astype(int)  # never 3: unseen characters and contexts occur
    test = rng.integers(V, size=40)
    want = np.mean(brute_force(train.tolist(), test.tolist(), order, V))
    assert text.ngram_bits(train, test, order, V) == pytest.approx(want, rel=1e-12)


def test_ngram_probabilities_sum_to_one():
    rng = np.random.default_rng(1)
    V, train, before = 5, rng.integers(5, size=200), [2, 4]

    def bits(ids):
        return len(ids) * text.ngram_bits(train, np.array(ids), 2, V)

    assert sum(2 ** (bits(before) - bits([*before, c])) for c in range(V)) == pytest.approx(1, rel=1e-12)


def test_ngrams_on_the_text(help_texts):
    """Longer contexts help; the order of the text's own characters matters."""
    ids = text.Vocabulary(help_texts).encode(help_texts)
    train, test = text.split(ids)
    V = ids.max() + 1
    bits = [text.ngram_bits(train, test, order, V) for order in (1, 2, 3, 4)]
    assert bits == pytest.approx([4.67, 3.34, 2.47, 2.02], abs=0.15)  # the text differs between versions
    shuffled = np.random.default_rng(0).permutation(test)
    assert text.ngram_bits(train, shuffled, 4, V) > bits[0]


def test_ngram_errors():
    ids = np.array([0, 1, 2])
    for wrong in (0, 64):
        with pytest.raises(RangeError, match="order: expected from 1 to"):
            text.ngram_bits(ids, ids, wrong, 3)
    with pytest.raises(RangeError, match="ids: expected at least 4, got 3 and 3"):
        text.ngram_bits(ids, ids, 4, 3)
    with pytest.raises(RangeError, match="train_ids: expected ids from 0 to 1, got 2"):
        text.ngram_bits(ids, ids, 1, 2)


@pytest.mark.parametrize("foreign", [chr(code) for code in (0, ord("b"), ord("d"), 101, 198, 295, 2**16, 2**20)])
def test_no_other_character_is_taken_for_one_of_the_vocabulary(foreign):
    vocabulary = text.Vocabulary("ac")
    assert vocabulary.encode("caa").tolist() == [1, 0, 0]
    with pytest.raises(NameMismatchError):
        vocabulary.encode(f"a{foreign}c")
