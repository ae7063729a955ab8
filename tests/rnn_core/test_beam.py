from itertools import product

import numpy as np
import pytest
import scipy.special

from rnn_core.beam import beam_search, greedy
from rnn_core.errors import NonFiniteError, RangeError

N, V, T, H, END = 3, 4, 5, 6, 2


def model(seed=0, spread=2.0):
    """A small tanh cell as a step function; its state is a tuple of an array, None and another tuple."""
    rng = np.random.default_rng(seed)
    E, W, W_y = (spread * rng.standard_normal(shape) for shape in ((V, H), (H, H), (H, V)))

    def step(ids, state):
        h, nothing, (steps,) = state
        assert len(h) == len(ids) == len(steps) and nothing is None
        h = np.tanh(E[ids] + h @ W)
        return h @ W_y, (h, None, (steps + 1,))

    return step, (rng.standard_normal((N, H)), None, (np.zeros(N),))


def log_p(step, state, n, first, ids):
    """The score of one sequence, id by id, by scipy."""
    state, total, read = (state[0][n : n + 1], None, (state[2][0][n : n + 1],)), 0.0, first
    for new in ids:
        logits, state = step(np.array([read]), state)
        total, read = total + scipy.special.log_softmax(logits[0])[new], new
    return total


def all_sequences(length):
    """Every sequence that ends with its first END, or has no END and the full length."""
    for L in range(1, length + 1):
        for ids in product([v for v in range(V) if v != END], repeat=L - 1):
            yield (*ids, END)
    yield from product([v for v in range(V) if v != END], repeat=length)


def cut(ids):
    """Up to and with the first END."""
    ids = tuple(int(i) for i in ids)
    return ids[: ids.index(END) + 1] if END in ids else ids


@pytest.mark.parametrize("seed", range(20))
def test_width_1_is_greedy(seed):
    step, state = model(seed)
    first = np.array([0, 1, 3])
    ids, scores = beam_search(step, state, first, T, END, 1)
    assert np.array_equal(ids[:, 0], greedy(step, state, first, T, END))
    for n in range(N):
        assert scores[n, 0] == pytest.approx(log_p(step, state, n, first[n], cut(ids[n, 0])), rel=1e-12)


@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_beam_of_all_sequences_is_an_exhaustive_search(power, seed):
    step, state = model(seed)
    first, length = np.array([0, 1, 3]), 4
    ids, scores = beam_search(step, state, first, length, END, V**length, power)
    for n in range(N):
        want = {s: log_p(step, state, n, first[n], s) / len(s) ** power for s in all_sequences(length)}
        found = np.isfinite(scores[n])
        got = [cut(row) for row in ids[n, found]]
        assert len(got) == len(want) == len(set(got)) and set(got) == set(want)
        assert scores[n, found] == pytest.approx([want[s] for s in got], rel=1e-10)
        assert (np.diff(scores[n, found]) <= 0).all() and found[: len(want)].all()
        if power == 0:
            assert np.exp(scores[n]).sum() == pytest.approx(1, rel=1e-10)


def test_a_wider_beam_finds_what_greedy_misses():
    """Greedy takes .6, and then has .6 x .5; the other way is .4 x 1."""
    table = np.log([[[0.6, 0.4, 1e-9]] * 3, [[0.5, 0.5, 1e-9], [1e-9, 1e-9, 1.0], [1, 1, 1]]])

    def step(ids, h):
        return table[int(h[0, 0])][ids], h + 1

    start = np.zeros((1, 1))
    assert greedy(step, start, np.array([0]), 2, END).tolist() == [[0, 0]]
    ids, scores = beam_search(step, start, np.array([0]), 2, END, 2)
    assert ids[0, 0].tolist() == [1, END] and np.exp(scores[0]) == pytest.approx([0.4, 0.3], rel=1e-6)


def test_the_length_decides_with_a_power():
    """END at once has p = .4, and the best long sequence .3 x .9 x .9 x .9."""

    def step(ids, h):
        p = [0.3, 0.3, 0.4, 0] if h[0, 0] == 0 else [0.9, 0.1, 0, 0]
        with np.errstate(divide="ignore"):
            return np.log(np.tile(p, (len(ids), 1))), h + 1

    short, long = [END] * 4, [0, 0, 0, 0]
    for power, best in ((0, short), (1, long)):
        ids, scores = beam_search(step, np.zeros((1, 1)), np.array([0]), 4, END, 3, power)
        assert ids[0, 0].tolist() == best
        assert scores[0, 0] == pytest.approx(np.log(0.4) if power == 0 else np.log(0.3 * 0.9**3) / 4)


@pytest.mark.parametrize("width", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("power", [0.0, 1.0])
def test_nothing_goes_on_past_the_end(width, power):
    step, state = model(1)
    ids, scores = beam_search(step, state, np.array([0, 1, 3]), T, END, width, power)
    assert ids.shape == (N, width, T) and scores.shape == (N, width)
    after = np.cumsum(ids == END, axis=2) > 0
    assert (ids[after] == END).all()
    assert after.any() and not after.all()
    for n in range(N):
        finite = [tuple(row) for row, score in zip(ids[n], scores[n], strict=True) if np.isfinite(score)]
        assert len(finite) == len(set(finite))  # no sequence twice
        for row, score in zip(ids[n], scores[n], strict=True):
            if np.isfinite(score):
                s = cut(row)
                assert score == pytest.approx(log_p(step, state, n, [0, 1, 3][n], s) / len(s) ** power, rel=1e-10)


def test_each_sequence_has_a_beam_of_its_own():
    step, (h, _, (steps,)) = model(2)
    first = np.array([0, 1, 3])
    ids, scores = beam_search(step, (h, None, (steps,)), first, T, END, 3)
    for n in range(N):
        alone = (h[n : n + 1], None, (steps[n : n + 1],))
        ids_alone, scores_alone = beam_search(step, alone, first[n : n + 1], T, END, 3)
        assert np.array_equal(ids[n], ids_alone[0])
        assert scores[n] == pytest.approx(scores_alone[0], rel=1e-12)


def test_no_step_is_taken_when_all_are_over():
    calls = []

    def step(ids, h):
        calls.append(len(ids))
        return np.tile(np.where(np.arange(V) == END, 0, -np.inf), (len(ids), 1)), h

    ids, scores = beam_search(step, None, np.array([0, 1]), T, END, 2)
    assert calls == [4] and (ids == END).all()
    assert scores.tolist() == [[0, -np.inf], [0, -np.inf]]  # there is no second sequence
    ids, scores = beam_search(step, None, np.array([0, 1]), 0, END, 2)
    assert ids.shape == (2, 2, 0) and len(calls) == 1


def test_errors():
    step, state = model()
    with pytest.raises(RangeError, match="width: expected at least 1, got 0"):
        beam_search(step, state, np.array([0, 1, 3]), T, END, 0)
    with pytest.raises(NonFiniteError, match="logits: expected numbers, got NaN"):
        beam_search(lambda ids, h: (np.full((len(ids), 4), np.nan), h), None, np.array([0, 1]), T, END, 2)
