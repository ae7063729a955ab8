import functools

import numpy as np
import pytest
import torch

from rnn_core import min_gru
from rnn_core.errors import ShapeError

from . import cell_checks
from .cell_checks import Twin, by_torch, draw
from .common import MASK, D, H, N, agree

SHAPES = {"W_xh": (D, 2 * H), "b": (2 * H,)}


def cell_of_torch(x, h, W_xh, b):
    a_z, n = torch.nn.functional.linear(x, W_xh.T, b).chunk(2, 1)
    return [torch.lerp(h, n, torch.sigmoid(a_z))]


PARALLEL = Twin(min_gru.forward, min_gru.backward, cell_of_torch, SHAPES)
IN_TURN = PARALLEL._replace(forward=functools.partial(min_gru.forward, parallel=False))


def test_all_that_a_cell_must_do():
    cell_checks.check(PARALLEL, min_gru.step_forward, min_gru.step_backward)
    cell_checks.check(IN_TURN, min_gru.step_forward, min_gru.step_backward)


def test_saturated_gates():
    cell_checks.bears_saturation(PARALLEL)


@pytest.mark.parametrize("T", [0, 1, 2, 3, 8, 13, 64, 100])
def test_parallel_equals_one_after_the_other(T):
    args, (dh,) = draw(PARALLEL, N=3, T=T)
    mask = np.random.default_rng(1).random((3, T)) < 0.7
    h, cache = PARALLEL.forward(*args, mask=mask)
    want, in_turn = IN_TURN.forward(*args, mask=mask)
    agree(h, want, 1e-13)
    for got, expected in zip(min_gru.backward(dh, cache), min_gru.backward(dh, in_turn), strict=True):
        agree(got, expected, 1e-12)


def test_scan_against_its_closed_form():
    """With one keep and one new for all steps, h_t = keep^t h0 + new (1 - keep^t) / (1 - keep)."""
    k, T = 0.9, 37
    h = min_gru.scan(np.full((N, T, H), k), np.full((N, T, H), 0.3), np.full((N, H), 5.0))
    t = np.arange(1, T + 1)
    agree(h[0, :, 0], k**t * 5 + 0.3 * (1 - k**t) / (1 - k), 1e-14)


def test_scan_takes_log2_rounds_and_leaves_its_arguments():
    class Counting(np.ndarray):
        rounds = 0

        def __imul__(self, other):
            Counting.rounds += 1
            return super().__imul__(other)

    keep = np.full((N, 100, H), 0.5).view(Counting)
    new = np.ones((N, 100, H))
    min_gru.scan(keep, new, np.zeros((N, H)))
    assert Counting.rounds == 7  # 2^7 = 128 is the first power above 100
    assert (keep == 0.5).all() and (new == 1).all()


def test_it_forgets_nothing_with_a_shut_gate():
    (x, h0, W_xh, b), _ = draw(PARALLEL, T=100)
    b[:H] = -1e3
    h, _ = min_gru.forward(x, h0, W_xh, b)
    assert np.array_equal(h, np.repeat(h0[:, None], 100, axis=1))


def test_the_check_can_fail():
    args, dhs = draw(PARALLEL, N=len(MASK))
    (want,), _ = by_torch(PARALLEL, args, dhs)
    with pytest.raises(AssertionError):
        agree(min_gru.forward(*args, mask=MASK)[0], want)
    with pytest.raises(ShapeError, match=r"^W_xh: "):
        min_gru.forward(*args[:2], args[2][:, :H], args[3])
