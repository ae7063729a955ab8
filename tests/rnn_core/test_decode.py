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


@pytest.mark.parametrize("top_k", [2, 3])
@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_top_k_draws_follow_the_softmax_of_the_k_likeliest(top_k, temperature):
    logits = np.array([0.0, 1.0, -1.0, 2.0, 0.5])
    ids = sample(np.tile(logits, (20000, 1)), np.random.default_rng(0), temperature, top_k)
    counts, kept = np.bincount(ids, minlength=5), np.sort(np.argsort(logits)[-top_k:])
    assert counts[kept].sum() == len(ids)
    expected = scipy.special.softmax(logits[kept] / temperature) * len(ids)
    assert scipy.stats.chisquare(counts[kept], expected).pvalue > 0.01
    other = scipy.special.softmax(logits[kept] / (temperature * 1.2)) * len(ids)
    assert scipy.stats.chisquare(counts[kept], other).pvalue < 1e-6  # the test can fail


@pytest.mark.parametrize("shape", [(V,), (N, V), (N, T, V)])
def test_limits_of_temperature_and_top_k(shape):
    rng = np.random.default_rng(0)
    logits = rng.standard_normal(shape)
    logits[..., 3] = logits[..., 7] = 5  # of two equal ones the first
    likeliest = np.full(shape[:-1], 3)
    assert np.array_equal(sample(logits, rng, 1.0, 1), likeliest)
    assert np.array_equal(sample(logits, None, 0, None), likeliest)
    assert np.array_equal(sample(logits, None, 0, 4), likeliest)
    assert np.isin(sample(logits, rng, 1e-6), [3, 7]).all()
    draws = [sample(logits, np.random.default_rng(1), 1.0, top_k) for top_k in (None, V, V + 5)]
    assert np.array_equal(draws[0], draws[1]) and np.array_equal(draws[0], draws[2])


def test_a_high_temperature_draws_evenly():
    ids = sample(np.tile([0.0, 5.0, -5.0], (20000, 1)), np.random.default_rng(0), 1e6)
    assert scipy.stats.chisquare(np.bincount(ids, minlength=3)).pvalue > 0.01


def test_logits_are_not_changed():
    logits = np.random.default_rng(0).standard_normal((N, V)).astype(np.float32)
    before = logits.copy()
    sample(logits, np.random.default_rng(0), 0.5, 2)
    assert np.array_equal(logits, before)


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


def count_up(ids, h):
    """The next id is the one before plus 1; h counts the steps."""
    logits = np.full((len(ids), V), -np.inf)
    logits[np.arange(len(ids)), (ids + 1) % V] = 0
    return logits, h + 1


def test_generate_stops_at_the_end_symbol():
    ids, h = generate(count_up, 0, np.array([0, 2, 8]), 5, np.random.default_rng(0), end=4)
    assert ids.tolist() == [[1, 2, 3, 4, 4], [3, 4, 4, 4, 4], [9, 10, 0, 1, 2]] and h == 5
    ids, h = generate(count_up, 0, np.array([0, 2]), 9, np.random.default_rng(0), end=4)
    assert ids.tolist() == [[1, 2, 3] + 6 * [4], [3] + 8 * [4]]
    assert h == 4  # no step is taken when all are over
    first_is_end, _ = generate(count_up, 0, np.array([4]), 2, None, 0, end=4)
    assert first_is_end.tolist() == [[5, 6]]  # what stands before does not count
    assert generate(count_up, 0, np.array([3, 0]), 2, None, 0, end=0)[0].tolist() == [[4, 5], [1, 2]]


def test_generate_passes_top_k_on():
    def step(ids, h):
        return np.tile(np.arange(V) / 100, (len(ids), 1)), h

    ids, _ = generate(step, None, np.zeros(50, int), 40, np.random.default_rng(0), top_k=3)
    assert set(ids.ravel()) == {V - 3, V - 2, V - 1}


def test_errors():
    for wrong in (0, -1):
        with pytest.raises(RangeError, match=f"top_k: expected at least 1, got {wrong}"):
            sample(np.zeros(V), np.random.default_rng(0), 1.0, wrong)
    for wrong in (-0.1, np.inf, np.nan):
        with pytest.raises(RangeError, match="temperature: expected a finite number of at least 0"):
            sample(np.zeros(V), np.random.default_rng(0), wrong)
    with pytest.raises(NonFiniteError, match="logits: expected numbers, got NaN"):
        sample(np.array([0, np.nan]), np.random.default_rng(0))
