from collections import Counter

import numpy as np
import pytest

from rnn_core.data import sentences


def found(text):
    (row,) = [row for row in sentences.every() if " ".join(row[0]) == text]
    return row


@pytest.mark.parametrize(
    ("text", "turned", "label"),
    [
        ("the film is good", "", "praise"),
        ("the film is not good", "good", "complaint"),
        ("i doubt that the plot was never really bad", "the plot was never", "complaint"),
        ("nobody says that this story is dull but that is false", "this story is dull", "complaint"),
        ("they say the music was never very cold and i mean it", "very cold", "praise"),
    ],
)
def test_tags_and_label(text, turned, label):
    words, tags, sign = found(text)
    assert [w for w, tag in zip(words, tags, strict=True) if tag] == turned.split()
    assert sentences.LABELS[sign] == label


def test_labels_are_balanced_and_each_part_may_turn_them():
    every = sentences.every()
    assert Counter(label for *_, label in every) == {0: len(every) / 2, 1: len(every) / 2}
    for opening in ("i think", "i doubt that"):
        labels = [label for words, _, label in every if " ".join(words).startswith(opening)]
        assert np.mean(labels) == 0.5
    assert len({" ".join(words) for words, *_ in every}) == len(every)


def test_no_test_sentence_is_trained_on():
    to_train, to_test = sentences.split(np.random.default_rng(1))
    assert len(to_test) == len(sentences.every()) // 5
    assert not {" ".join(row[0]) for row in to_train} & {" ".join(row[0]) for row in to_test}


def test_a_batch_holds_its_sentences_padding_and_targets():
    to_train, _ = sentences.split(np.random.default_rng(1))
    ids, tags, mask = sentences.draw(np.random.default_rng(2), to_train, 20, tags=True)
    again, labels, _ = sentences.draw(np.random.default_rng(2), to_train, 20, T=20)
    assert again.shape == (20, 20) and np.array_equal(again[:, : ids.shape[1]], ids) and not again[~mask.any()].any()
    for n in range(20):
        words, row_tags, label = found(" ".join(sentences.WORDS[k] for k in ids[n, mask[n]]))
        assert np.array_equal(mask[n], np.arange(ids.shape[1]) < len(words))
        assert tags[n, mask[n]].tolist() == row_tags and labels[n] == label
        assert not ids[n, ~mask[n]].any() and not tags[n, ~mask[n]].any()


def test_filler_and_change():
    rng = np.random.default_rng(3)
    words = ["the", "film"]
    assert sentences.with_filler(rng, words, 3)[:2] == sentences.with_filler(rng, words, 3, before=True)[3:] == words
    ids, _, mask = sentences.draw(rng, [(words, [0, 0], 1)], 1, change=lambda words: words[::-1])
    assert [sentences.WORDS[k] for k in ids[0]] == ["film", "the"] and mask.all()
    assert sentences.padded([[], [4, 5]])[1].tolist() == [[False, False], [True, True]]
