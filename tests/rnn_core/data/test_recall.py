import numpy as np
import pytest

from rnn_core.data import recall
from rnn_core.errors import RangeError

N, T = 2000, 13


def draw(task, **options):
    return task(np.random.default_rng(0), N, T, **options)


def test_the_first_symbol_is_the_target_and_comes_once():
    x, targets = draw(recall.first_symbol)
    assert x.shape == (N, T, 8) and x.dtype == np.float32 and np.all(x.sum(axis=2) == 1)
    assert np.array_equal(x[:, 0].argmax(axis=1), targets)
    assert np.all(x[:, 1:, :4] == 0)
    assert np.bincount(targets).min() > 0.2 * N


def test_the_last_mark_decides():
    x, targets = draw(recall.last_marked, marks=3)
    for row, target in zip(x, targets, strict=True):
        (marked,) = np.nonzero(row[:, 4])
        assert 1 <= len(marked) <= 3 and marked.max() < T // 2
        assert row[marked[-1], :4].argmax() == target
    counts = np.bincount(x[:, :, 4].sum(axis=1).astype(int))
    assert counts[0] == 0 and counts[1:].min() > 0.25 * N
    assert x[:, : T // 2, 4].mean(axis=0).min() > 0.2  # every place of the first half


def test_the_two_marked_numbers_add_up_and_the_mean_is_worth_a_sixth():
    x, targets = draw(recall.adding)
    assert np.all(x[:, :, 1].sum(axis=1) == 2) and np.all(x[:, : T // 2, 1].sum(axis=1) == 1)
    assert np.allclose((x[:, :, 0] * x[:, :, 1]).sum(axis=1), targets[:, 0])
    assert abs(np.mean((targets - 1) ** 2) - 1 / 6) < 0.02


@pytest.mark.parametrize(
    ("task", "T"),
    [(recall.first_symbol, 1), (recall.last_marked, 7), (recall.adding, 1)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_too_few_steps_are_refused(task, T):
    with pytest.raises(RangeError, match=f"got {T}"):
        task(np.random.default_rng(0), 2, T)
