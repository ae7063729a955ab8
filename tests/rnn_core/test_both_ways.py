import numpy as np
import pytest

from rnn_core.both_ways import both_backward, both_forward
from rnn_core.cells import TANH, cell_forward, under
from rnn_core.errors import ShapeError
from rnn_core.stack import stack_params

from .common import MASK, D, H, T, agree
from .torch_twins import ALL, NAMES, draw_biases, draw_state

N = len(MASK)
CELLS = pytest.mark.parametrize("cell", ALL, ids=NAMES)


def draw(cell):
    """One layer both ways; stacks of it are held against torch in test_stack."""
    rng = np.random.default_rng(0)
    params = under(draw_biases(rng, stack_params(rng, cell, D, H, both=True)), "layer1.")
    (state0,) = draw_state(rng, cell, N, H, both=True)
    return params, rng.standard_normal((N, T, D)), state0


@CELLS
def test_each_row_is_read_from_its_true_last_step(cell):
    params, x, state0 = draw(cell)
    h, (ahead_end, back_end), _ = both_forward(cell, params, x, state0, MASK)
    for n, row in enumerate(MASK.astype(bool)):
        ahead0, back0 = (tuple(s[n : n + 1] for s in way) for way in state0)
        if not row.any():
            agree(h[n], np.tile(np.concatenate([ahead0[0], back0[0]], axis=1), (T, 1)), 1e-15)
            continue
        real = x[n : n + 1, row]
        ahead, ahead_last, _ = cell_forward(cell, params, real, ahead0)
        back, back_last, _ = cell_forward(cell, under(params, "back."), real[:, ::-1], back0)
        agree(h[n, row, :H], ahead[0], 1e-14)
        agree(h[n, row, H:], back[0, ::-1], 1e-14)
        for got, want in zip((*ahead_end, *back_end), (*ahead_last, *back_last), strict=True):
            agree(got[n], want[0], 1e-14)


def test_without_a_mask_the_padding_is_read():
    """The test above can fail."""
    params, x, state0 = draw(TANH)
    h, _, _ = both_forward(TANH, params, x, state0, MASK)
    unmasked, _, _ = both_forward(TANH, params, x, state0)
    agree(unmasked[1, :2, :H], h[1, :2, :H], 1e-14)  # padding at the end does not disturb who reads ahead
    assert not np.allclose(unmasked[1, :2, H:], h[1, :2, H:])


def test_what_comes_later_is_seen():
    """Why it is for sequences that are known whole: the output at step 0 depends on the last input."""
    params, x, state0 = draw(TANH)
    h, _, cache = both_forward(TANH, params, x, state0)
    dh = np.zeros_like(h)
    dh[:, 0] = 1
    dx, _, _ = both_backward(dh, None, cache)
    assert dx[:, -1].all()
    dh[:, 0, H:] = 0
    dx, _, _ = both_backward(dh, None, cache)
    assert dx[:, 0].all() and not dx[:, 1:].any()


def test_errors():
    params, x, state0 = draw(TANH)
    with pytest.raises(ShapeError, match=r"^mask: "):
        both_forward(TANH, params, x, mask=np.ones((T, N)))
    _, _, cache = both_forward(TANH, params, x, state0)
    with pytest.raises(ShapeError, match=r"^dh: "):
        both_backward(np.ones((N, T, 2)), None, cache)
    with pytest.raises(ShapeError, match="dh: expected as many numbers for each way"):
        both_backward(np.ones((N, T, 3)), None, cache)
    with pytest.raises(ShapeError, match="state0: expected a tuple of ahead and back, got 1"):
        both_forward(TANH, params, x, state0[:1])
    with pytest.raises(ShapeError, match="dstate: expected a tuple of ahead and back, got 1"):
        both_backward(np.ones((N, T, 2)), state0[:1], cache)
