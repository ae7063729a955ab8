"""Scenes of two real handwritten digits, side by side, and a caption for each.

The digits come with scikit-learn: 1,797 images of 8 by 8 pixels. Source: Alpaydin & Kaynak (1998), Optical
recognition of handwritten digits, UCI Machine Learning Repository.
"""

import functools

import numpy as np

SIZE = 8  # pixels a side
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = (*NUMBERS, "left", "of", "twice", "<start>", "<end>")
START, END = WORDS.index("<start>"), WORDS.index("<end>")
HELD_OUT = tuple((left, (left + step) % 10) for left in range(10) for step in (3, 6))  # pairs kept for the test


@functools.cache
def load():
    """Read the digits: the first half of them to train on, the second half to test on.

    Shapes: images (K, 64), numbers (K,), for K of 898 and 899. Units: ink from 0 to 1.
    Returns: train and test, each a pair of images (float32) and numbers, both read-only.
    Raises: ModuleNotFoundError where scikit-learn is not installed.
    """
    from sklearn.datasets import load_digits  # takes a second

    found = load_digits()
    images, numbers = (found.data / 16).astype(np.float32), found.target
    images.flags.writeable = numbers.flags.writeable = False
    half = len(images) // 2
    return (images[:half], numbers[:half]), (images[half:], numbers[half:])


def caption(left, right):
    """The ids of a caption, without marks: "seven left of two", or "seven twice" where both are the same."""
    words = (NUMBERS[left], "twice") if left == right else (NUMBERS[left], "left", "of", NUMBERS[right])
    return [WORDS.index(word) for word in words]


def scenes(rng, digits, N, pairs):
    """Put two digits side by side, at places that never change, for pairs drawn from a list.

    Shapes: digits as one half of `load`; pairs a list of (left, right); scenes (N, 2 * 64), the left digit's
        pixels first.
    Returns: scenes, and the list of N captions as lists of ids.
    """
    images, numbers = digits
    drawn = np.asarray(pairs)[rng.integers(len(pairs), size=N)]  # (N, 2)
    of = [np.flatnonzero(numbers == k) for k in range(10)]
    picked = np.array([[rng.choice(of[k]) for k in pair] for pair in drawn])
    return images[picked].reshape(N, -1), [caption(*pair) for pair in drawn.tolist()]


def pairs(held_out=False):
    """The pairs to train on, or those that no training scene shows; each digit is seen on both sides in training."""
    every = [(left, right) for left in range(10) for right in range(10)]
    return [pair for pair in every if (pair in HELD_OUT) == held_out]
