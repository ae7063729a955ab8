import numpy as np
import pytest

from rnn_core.cells import GRU, LSTM, TANH, cell_forward, under
from rnn_core.character_model import char_forward
from rnn_core.errors import RangeError
from rnn_core.gradcheck import derivative
from rnn_core.init import rnn_params
from rnn_core.nets import net_params
from rnn_core.widgets.memory_map.influence import as_net, changes, gradients, reach

CELLS = {"tanh": TANH, "LSTM": LSTM, "GRU": GRU}
V, H, L = 7, 5, 6
IDS = np.array([3, 0, 6, 6, 2, 5])
TARGETS = np.append(IDS[1:], -1)


def net(cell, layers=1, seed=0):
    rng = np.random.default_rng(seed)
    params = net_params(rng, cell, V, H, V, layers)
    return {name: p + 0.3 * rng.standard_normal(p.shape) for name, p in params.items()}


def log_p(cell, params, x):
    """The log-probabilities (L, V), from inputs of any kind: one cell's own forward, and the logarithm by hand."""
    h = x[None]
    for layer in range(1, 3):
        if weights := under(params, f"layer{layer}."):
            h, _, _ = cell_forward(cell, weights, h)
    y = h[0] @ params["W_hy"] + params["b_y"]
    return y - np.log(np.exp(y).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_each_strength_is_the_length_of_central_differences(name, layers):
    cell, params, onehot = CELLS[name], net(CELLS[name], layers), np.eye(V)[IDS]
    got, found = gradients(cell, params, IDS, TARGETS)
    np.testing.assert_allclose(found, log_p(cell, params, onehot), rtol=1e-12)
    targets = [*IDS[1:], log_p(cell, params, onehot)[-1].argmax()]
    want = np.zeros((L, L))
    for k in range(L):
        for s in range(k + 1):

            def along(step, s=s, k=k, v=0):
                x = onehot.copy()
                x[s, v] += step
                return log_p(cell, params, x)[k, targets[k]]

            want[k, s] = np.linalg.norm([derivative(lambda step, v=v: along(step, v=v)) for v in range(V)])
    np.testing.assert_allclose(got, want, rtol=1e-7, atol=0)
    assert not np.triu(got, 1).any()


@pytest.mark.parametrize("name", CELLS)
def test_each_change_is_that_of_the_text_with_another_character(name):
    cell, params, others = CELLS[name], net(CELLS[name]), (IDS + 1) % V
    got, found = changes(cell, params, IDS, TARGETS, others)
    plain = log_p(cell, params, np.eye(V)[IDS])
    np.testing.assert_allclose(found, plain, rtol=1e-12)
    targets = [*IDS[1:], plain[-1].argmax()]
    for s in range(L):
        read = IDS.copy()
        read[s] = others[s]
        other = log_p(cell, params, np.eye(V)[read])
        for k in range(s, L):
            assert got[k, s] == pytest.approx(abs(other[k, targets[k]] - plain[k, targets[k]]), rel=1e-9)


def test_the_parameters_of_a_lone_tanh_cell_are_taken_as_they_are():
    params = rnn_params(np.random.default_rng(1), V, H, V)
    logits, _, _ = char_forward(params, IDS[None])
    _, found = gradients(TANH, as_net(params), IDS, TARGETS)
    want = logits[0] - np.log(np.exp(logits[0]).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found, want, rtol=1e-12)


def test_layers_that_run_both_ways_are_refused():
    with pytest.raises(RangeError, match="both ways"):
        as_net(net_params(np.random.default_rng(0), TANH, V, H, V, both=True))


def test_float32_stays():
    params = {name: p.astype(np.float32) for name, p in net(LSTM).items()}
    assert {a.dtype for a in gradients(LSTM, params, IDS, TARGETS)} == {np.dtype(np.float32)}


def test_reach():
    strengths = np.array([4.0, 0, 1, 5])  # the last one is one back
    assert [reach(strengths, share) for share in (0.5, 0.6, 0.61, 0.9, 1)] == [1, 2, 4, 4, 4]
    assert reach(np.zeros(3), 0.5) is None and reach(np.zeros(0), 0.5) is None
