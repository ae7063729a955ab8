import numpy as np
import pytest
import torch

from rnn_core.errors import DtypeError, RangeError, ShapeError
from rnn_core.loss import cross_entropy, to_bits

from .common import MASK, H, N, T, V, agree


def draw(*leading, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 3, (*leading, V)), rng.integers(V, size=leading)


@pytest.mark.parametrize("leading", [(), (H,), (N, T)])
def test_loss_and_gradient_against_torch(leading):
    logits, targets = draw(*leading)
    theirs = torch.tensor(logits, requires_grad=True)
    want = torch.nn.functional.cross_entropy(theirs.reshape(-1, V), torch.tensor(targets).reshape(-1))
    want.backward()
    loss, dlogits = cross_entropy(logits, targets)
    agree(loss, want.item(), 1e-13)
    agree(dlogits, theirs.grad.numpy(), 1e-13)


def test_masked_positions_count_for_nothing():
    logits, targets = draw(*MASK.shape)
    real = MASK.astype(bool)
    want, d = cross_entropy(logits[real], targets[real])
    logits[~real], targets[~real] = np.nan, -100
    for mask in (MASK, real, MASK.astype(np.float32)):
        loss, dlogits = cross_entropy(logits, targets, mask)
        assert loss == want
        assert np.array_equal(dlogits[real], d)
        assert not dlogits[~real].any()


def test_large_logits():
    loss, dlogits = cross_entropy(np.array([[1000.0, -1000.0]]), np.array([1]))
    assert loss == 2000 and dlogits.tolist() == [[1, -1]]


def test_even_scores_cost_the_logarithm_of_the_number_of_classes():
    loss, _ = cross_entropy(np.zeros((N, 8)), np.array([3, 5]))
    assert to_bits(loss) == pytest.approx(3, rel=1e-15)


def test_float32_stays_and_arguments_are_not_changed():
    logits, targets = draw(N, T)
    logits = logits.astype(np.float32)
    before = logits.copy()
    loss, dlogits = cross_entropy(logits, targets)
    assert isinstance(loss, float) and dlogits.dtype == np.float32
    assert np.array_equal(logits, before)


def test_errors():
    logits, targets = draw(N, T)
    with pytest.raises(RangeError, match=f"targets: expected ids from 0 to {V - 1}, got {V}"):
        cross_entropy(logits, np.full((N, T), V))
    with pytest.raises(RangeError, match="got -1"):
        cross_entropy(logits, np.full((N, T), -1))
    with pytest.raises(DtypeError, match="targets: expected integers"):
        cross_entropy(logits, targets.astype(float))
    with pytest.raises(ShapeError, match="targets"):
        cross_entropy(logits, targets.T)
    with pytest.raises(ShapeError, match="mask"):
        cross_entropy(logits, targets, np.ones((T, N)))
    with pytest.raises(RangeError, match="at least one position"):
        cross_entropy(logits, targets, np.zeros((N, T)))
    with pytest.raises(RangeError, match="at least one position"):
        cross_entropy(np.zeros((0, V)), np.zeros(0, int))
