import numpy as np
import pytest

from rnn_core.data import digits


def test_two_halves_of_real_digits():
    (train_images, train_numbers), (test_images, test_numbers) = digits.load()
    assert train_images.shape == (898, 64) and test_images.shape == (899, 64)
    assert train_images.dtype == np.float32 and train_images.min() == 0 and train_images.max() == 1
    for numbers in (train_numbers, test_numbers):
        assert np.bincount(numbers).min() > 80 and numbers.max() == 9
    with pytest.raises(ValueError, match="read-only"):
        train_images[0] = 0


def test_captions_have_two_lengths():
    assert [digits.WORDS[k] for k in digits.caption(7, 2)] == ["seven", "left", "of", "two"]
    assert [digits.WORDS[k] for k in digits.caption(4, 4)] == ["four", "twice"]
    assert digits.END not in digits.caption(4, 4) and digits.START not in digits.caption(7, 2)


def test_held_out_pairs_are_in_no_training_scene_but_each_digit_is_on_both_sides():
    seen, kept = digits.pairs(), digits.pairs(held_out=True)
    assert len(seen) + len(kept) == 100 and len(kept) == 20 and not set(seen) & set(kept)
    for pairs in (seen, kept):
        assert {left for left, _ in pairs} == {right for _, right in pairs} == set(range(10))


def test_a_scene_shows_what_its_caption_says():
    images, numbers = half = digits.load()[1]
    scenes, captions = digits.scenes(np.random.default_rng(0), half, 50, digits.pairs())
    assert scenes.shape == (50, 128) and scenes.dtype == np.float32
    for scene, caption in zip(scenes, captions, strict=True):
        shown = [int(numbers[np.flatnonzero((images == part).all(axis=1))[0]]) for part in np.split(scene, 2)]
        assert caption == digits.caption(*shown)
