import numpy as np
import pytest
import scipy.special
import scipy.stats

from rnn_core.decode import generate, sample
from rnn_core.errors import NonFiniteError, RangeError

from .common import H, N, T, V


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_softmax(temperature):
    logits = np.array([0.0, 1.0, -1.0, 2.0, -np.inf])
    ids = sample(np.tile(logits, (20000, 1)), np.random.default_rng(0), temperature)
    counts = np.bincount(ids, minlength=5)
    assert counts[4] == 0  # a score of minus infinity is never drawn
    expected = scipy.special.softmax(logits[:4] / temperature) * len(ids)
    assert scipy.stats.chisquare(counts[:4], expected).pvalue > 0.01
    other = scipy.special.softmax(logits[:4] / (temperature * 1.2)) * len(ids)
    assert scipy.stats.chisquare(counts[:4], other).pvalue < 1e-6  # the test can fail


@pytest.mark.parametrize("shape", [(V,), (N, V), (N, T, V)])
def test_temperature_0_takes_the_likeliest(shape):
    logits = np.random.default_rng(0).standard_normal(shape)
    ids = sample(logits, np.random.default_rng(1), 0)
    assert np.array_equal(ids, logits.argmax(axis=-1)) and np.issubdtype(np.asarray(ids).dtype, np.integer)


def test_the_generator_decides():
    logits = np.zeros((N, T, V))
    draws = [sample(logits, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert np.array_equal(draws[0], draws[1]) and not np.array_equal(draws[0], draws[2])


def test_generate_feeds_each_id_back():
    def step(ids, h):
        """The next id is the one before plus h, which counts."""
        logits = np.full((len(ids), V), -np.inf)
        logits[np.arange(len(ids)), (ids + h) % V] = 0
        return logits, h + 1

    ids, h = generate(step, 1, np.array([0, 5]), 4, np.random.default_rng(0))
    assert ids.tolist() == [[1, 3, 6, 10], [6, 8, 0, 4]] and h == 5
    ids, h = generate(step, H, [0, 5], 0, np.random.default_rng(0))
    assert ids.shape == (2, 0) and h == H


def test_errors():
    for wrong in (-0.1, np.inf, np.nan):
        with pytest.raises(RangeError, match="temperature: expected a finite number of at least 0"):
            sample(np.zeros(V), np.random.default_rng(0), wrong)
    with pytest.raises(NonFiniteError, match="logits: expected numbers, got NaN"):
        sample(np.array([0, np.nan]), np.random.default_rng(0))
