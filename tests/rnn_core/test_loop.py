import numpy as np
import pytest

from rnn_core import lstm, rnn
from rnn_core.errors import RangeError, ShapeError
from rnn_core.loop import loop_backward, loop_forward

from .common import MASK, D, H, T, agree

N = len(MASK)


def draw(*shapes):
    rng = np.random.default_rng(0)
    return [0.7 * rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("mask", [None, MASK])
def test_one_state(mask):
    x, h0, *weights, dh = draw((N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H))
    want, whole = rnn.forward(x, h0, *weights, mask)
    (h,), cache = loop_forward(rnn.step_forward, x, (h0,), weights, mask)
    agree(h, want, 1e-14)
    dx, (dh0,), grads = loop_backward(rnn.step_backward, (dh,), cache)
    for got, expected in zip((dx, dh0, *grads), rnn.backward(dh, whole), strict=True):
        agree(got, expected, 1e-13)


@pytest.mark.parametrize("mask", [None, MASK])
def test_two_states(mask):
    x, h0, c0, *weights, dh, dc = draw(
        (N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,), (N, T, H), (N, T, H)
    )
    *want, whole = lstm.forward(x, h0, c0, *weights, mask)
    histories, cache = loop_forward(lstm.step_forward, x, (h0, c0), weights, mask)
    for got, expected in zip(histories, want, strict=True):
        agree(got, expected, 1e-13)
    for dc_outside in (dc, None):
        dx, dstates, grads = loop_backward(lstm.step_backward, (dh, dc_outside), cache)
        for got, expected in zip((dx, *dstates, *grads), lstm.backward(dh, dc_outside, whole), strict=True):
            agree(got, expected, 1e-12)


def test_errors():
    x, h0, *weights, dh = draw((N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H))
    with pytest.raises(ShapeError, match=r"^x: "):
        loop_forward(rnn.step_forward, x[0], (h0,), weights)
    with pytest.raises(ShapeError, match=r"^h0: "):
        loop_forward(rnn.step_forward, x, (h0[:1],), weights)
    with pytest.raises(ShapeError, match=r"^c0: "):
        loop_forward(lstm.step_forward, x, (h0, h0[:1]), weights)
    with pytest.raises(RangeError, match=r"^mask"):
        loop_forward(rnn.step_forward, x, (h0,), weights, np.full((N, T), 2))
    _, cache = loop_forward(rnn.step_forward, x, (h0,), weights)
    with pytest.raises(ShapeError, match=r"^dh: "):
        loop_backward(rnn.step_backward, (dh[:1],), cache)
