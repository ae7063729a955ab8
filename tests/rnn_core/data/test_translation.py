import numpy as np
import pytest

from rnn_core.data import translation as tr
from rnn_core.errors import NameMismatchError, RangeError


def words(text):
    return text.split()


def test_the_grammar_says_each_thing_with_the_same_words():
    every = tr.meanings()
    assert len(set(every)) == len(every) == 8 * 7 * 6 * 5 * 5
    for meaning in every[::37]:
        orders = tr.japanese(meaning)
        assert len(orders) == 2 ** ((meaning.when is not None) + (meaning.where is not None))
        assert len({tuple(order) for order in orders}) == len(orders)
        for order in orders:
            assert sorted(order) == sorted(orders[0])
            assert order[-1] == tr.VERBS[meaning.does]  # the verb comes last
            assert order[order.index("wa") - 1] == tr.NOUNS[meaning.who]
            assert order[order.index("o") - 1] == tr.NOUNS[meaning.whom]


def test_a_sentence_by_hand():
    meaning = tr.Meaning("cat", "sees", "dog", "park", "today")
    assert tr.english(meaning) == words("the cat sees the dog in the park today")
    assert tr.english(meaning, time_first=True) == words("today the cat sees the dog in the park")
    assert [" ".join(order) for order in tr.japanese(meaning)] == [
        "kyou neko wa kouen de inu o miru",
        "kyou neko wa inu o kouen de miru",
        "neko wa kyou kouen de inu o miru",
        "neko wa kyou inu o kouen de miru",
    ]
    assert tr.japanese(tr.Meaning("cat", "sees", "dog")) == [words("neko wa inu o miru")]


def test_no_translation_says_two_things():
    said = [tuple(order) for meaning in tr.meanings() for order in tr.japanese(meaning)]
    assert len(said) == len(set(said))


def test_split():
    train, test = tr.split(np.random.default_rng(0), 0.2)
    assert not set(train) & set(test) and set(train) | set(test) == set(tr.meanings())
    assert len(test) == round(0.2 * len(tr.meanings()))
    assert tr.split(np.random.default_rng(0), 0.2)[1] == test
    for share in (0, 1, -1, 2):
        with pytest.raises(RangeError, match="held_out"):
            tr.split(np.random.default_rng(0), share)


def test_encode_and_decode():
    said = words("neko wa inu o miru")
    ids = tr.encode([tr.START, *said, tr.END, "neko"], tr.JAPANESE)
    assert tr.decode(ids[1:], tr.JAPANESE) == said
    assert tr.decode(ids[1:3], tr.JAPANESE) == said[:2]
    with pytest.raises(NameMismatchError, match="got 'cat'"):
        tr.encode(["cat"], tr.JAPANESE)
    assert len(set(tr.ENGLISH)) == len(tr.ENGLISH) and len(set(tr.JAPANESE)) == len(tr.JAPANESE)


@pytest.mark.parametrize("free", [True, False])
def test_a_batch(free):
    every = tr.meanings()
    meant, (source, mask, target, counts) = tr.batch(np.random.default_rng(1), every, 200, free)
    assert source.shape == mask.shape and target.shape == counts.shape
    places = []
    for n, meaning in enumerate(meant):
        read = [tr.ENGLISH[k] for k in source[n, : mask[n].sum()]]
        assert read in (tr.english(meaning), tr.english(meaning, time_first=True))
        assert mask[n].tolist() == sorted(mask[n], reverse=True)
        ids = target[n, : counts[n].sum()]
        assert ids[0] == tr.START_ID and ids[-1] == tr.END_ID and (target[n, len(ids) :] == tr.END_ID).all()
        places.append(tr.japanese(meaning).index(tr.decode(ids[1:], tr.JAPANESE)))
    assert set(places) == ({0, 1, 2, 3} if free else {0})


def test_exact():
    meaning = tr.Meaning("cat", "sees", "dog", "park", "today")
    orders = [tr.encode([*order, tr.END, "neko"], tr.JAPANESE) for order in tr.japanese(meaning)]
    swapped = tr.encode([*tr.japanese(meaning._replace(who="dog", whom="cat"))[0], tr.END, "neko"], tr.JAPANESE)
    endless = tr.encode([*tr.japanese(meaning)[0], "neko", "neko"], tr.JAPANESE)
    ids = np.array([*orders, swapped, endless])
    assert tr.exact(ids, [meaning] * 6).tolist() == [True] * 4 + [False] * 2


def test_pad():
    ids, mask = tr.pad([[3, 4], [], [5, 6, 7]], 9)
    assert ids.tolist() == [[3, 4, 9], [9, 9, 9], [5, 6, 7]]
    assert mask.tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert tr.pad([], 0)[0].shape == (0, 0)
