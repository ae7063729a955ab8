import numpy as np
import pytest
import torch

from rnn_core.embedding import embed_backward, embed_forward
from rnn_core.errors import DtypeError, RangeError, ShapeError

from .common import D, N, T, V, agree


@pytest.mark.parametrize("shape", [(), (N,), (N, T), (N, 0)])
def test_against_torch(shape):
    rng = np.random.default_rng(0)
    ids, E, dx = rng.integers(4, size=shape), rng.standard_normal((V, D)), rng.standard_normal((*shape, D))
    leaf = torch.tensor(E, requires_grad=True)
    want = torch.nn.functional.embedding(torch.tensor(ids), leaf)
    want.backward(torch.tensor(dx))
    x, cache = embed_forward(ids, E)
    agree(x, want.detach())
    agree(embed_backward(dx, cache), leaf.grad)
    assert ids.size < 5 or np.unique(ids).size < ids.size  # some id stands in more than one place


def test_types_stay():
    x, cache = embed_forward(np.array([1, 2]), np.ones((V, D), np.float32))
    assert x.dtype == embed_backward(x, cache).dtype == np.float32


def test_errors():
    E = np.ones((V, D))
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 10, got -1"):
        embed_forward(np.array([0, -1]), E)
    with pytest.raises(DtypeError, match="ids: expected integers"):
        embed_forward(np.array([0.0]), E)
    with pytest.raises(ShapeError, match=r"^E: expected shape \(V, D\)"):
        embed_forward(np.array([0]), E[0])
    _, cache = embed_forward(np.array([0, 1]), E)
    with pytest.raises(ShapeError, match=r"^dx: expected shape \(2, 3\), got \(2, 1\)"):
        embed_backward(np.ones((2, 1)), cache)
