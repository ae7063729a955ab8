import numpy as np
import pytest
import scipy.sparse

from rnn_core.errors import DtypeError, RangeError, ShapeError
from rnn_core.sequence import lengths_to_mask, one_hot, stream_batches

from .common import N, T, V


@pytest.mark.parametrize("shape", [(), (N,), (N, T), (0, T)])
def test_one_hot(shape):
    ids = np.random.default_rng(0).integers(V, size=shape)
    got = one_hot(ids, V, np.float32)
    assert got.shape == (*shape, V) and got.dtype == np.float32
    K = ids.size
    want = scipy.sparse.coo_array((np.ones(K), (np.arange(K), ids.ravel())), (K, V)).toarray()
    assert np.array_equal(got.reshape(-1, V), want)
    assert one_hot(ids, V).dtype == np.float64


def test_one_hot_errors():
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 10, got -1"):
        one_hot(np.array([0, -1]), V)
    with pytest.raises(RangeError, match="got 11"):
        one_hot(np.array([0, V]), V)
    with pytest.raises(DtypeError, match="ids: expected integers"):
        one_hot(np.array([0.0]), V)


def test_lengths_to_mask():
    mask = lengths_to_mask(np.array([3, 0, 5]), T)
    assert mask.dtype == bool
    assert mask.astype(int).tolist() == [[1, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]]
    for wrong in (-1, T + 1):
        with pytest.raises(RangeError, match=f"lengths: .* got {wrong}"):
            lengths_to_mask(np.array([1, wrong]), T)
    with pytest.raises(ShapeError, match="lengths"):
        lengths_to_mask(np.array([[1]]), T)


@pytest.mark.parametrize("L", [1 + N * T, 2 + N * T, 48, 60, 61])
def test_streams_continue_from_chunk_to_chunk(L):
    ids = np.arange(100, 100 + L)
    chunks = list(stream_batches(ids, N, T))
    for inputs, targets in chunks:
        assert inputs.shape == targets.shape == (N, T)
        assert np.array_equal(targets, inputs + 1)
    rows = np.concatenate([inputs for inputs, _ in chunks], axis=1)
    assert np.array_equal(np.diff(rows, axis=1), np.ones((N, rows.shape[1] - 1)))  # each row without a gap
    assert len(set(rows.ravel())) == rows.size  # nothing twice
    assert L - 1 - rows.size < N * T + N  # and less left out than one more chunk of whole streams


def test_stream_errors():
    with pytest.raises(RangeError, match="ids: expected at least 11 for 2 streams of 5 steps, got 10"):
        stream_batches(np.arange(N * T), N, T)
    with pytest.raises(ShapeError, match="ids"):
        stream_batches(np.zeros((50, 1), int), N, T)
