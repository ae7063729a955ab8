import numpy as np
import pytest
import torch

from rnn_core import gradcheck, init, lstm
from rnn_core.errors import RangeError, ShapeError

from .cell_checks import Twin, minds_no_padding, takes_no_sequences
from .common import MASK, D, H, N, T, V, agree

NAMES = "x", "h0", "c0", "W_xh", "W_hh", "b"


def draw(N=N, T=T, seed=0, dtype=np.float64):
    """x, h0, c0, W_xh, W_hh, b, and the gradients that arrive at h and c."""
    rng = np.random.default_rng(seed)
    shapes = (N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,), (N, T, H), (N, T, H)
    return [(0.7 * rng.standard_normal(shape)).astype(dtype) for shape in shapes]


def by_torch(x, h0, c0, W_xh, W_hh, b, dh, dc, mask=None):
    """The same by torch's own LSTM cell, step by step; the gradients by its autograd."""
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, h0, c0, W_xh, W_hh, b)]
    x, h, c, W_xh, W_hh, b = leaves
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    weights = {"weight_ih": W_xh.T, "weight_hh": W_hh.T, "bias_ih": b, "bias_hh": 0 * b}
    hs, cs = [], []
    for t in range(x.shape[1]):
        new_h, new_c = torch.func.functional_call(cell, weights, (x[:, t], (h, c)))
        runs = torch.ones(len(h), 1, dtype=bool) if mask is None else torch.tensor(mask[:, t, None] > 0)
        h, c = torch.where(runs, new_h, h), torch.where(runs, new_c, c)
        hs.append(h)
        cs.append(c)
    hs, cs = torch.stack(hs, 1), torch.stack(cs, 1)
    torch.autograd.backward((hs, cs), (torch.tensor(dh), torch.tensor(dc)))
    return hs.detach().numpy(), cs.detach().numpy(), [leaf.grad.numpy() for leaf in leaves]


def by_steps(x, h, c, *weights, dh, dc, mask=None):
    """The same by a loop over `step_forward` and `step_backward`."""
    runs = np.ones((len(x), x.shape[1]), bool) if mask is None else mask > 0
    caches, hs, cs = [], [], []
    for t in range(x.shape[1]):
        new_h, new_c, cache = lstm.step_forward(x[:, t], h, c, *weights)
        h, c = np.where(runs[:, t, None], new_h, h), np.where(runs[:, t, None], new_c, c)
        hs.append(h)
        cs.append(c)
        caches.append(cache)
    dx, total = np.zeros_like(x), [np.zeros_like(w) for w in weights]
    dh_t, dc_t = np.zeros_like(h), np.zeros_like(c)
    for t in reversed(range(x.shape[1])):
        dh_t, dc_t, on = dh_t + dh[:, t], dc_t + dc[:, t], runs[:, t, None]
        dx[:, t], dh_new, dc_new, *grads = lstm.step_backward(dh_t * on, dc_t * on, caches[t])
        dh_t, dc_t = dh_new + dh_t * ~on, dc_new + dc_t * ~on
        total = [a + g for a, g in zip(total, grads, strict=True)]
    return np.stack(hs, 1), np.stack(cs, 1), [dx, dh_t, dc_t, *total]


def test_step_against_torch():
    *args, dh, dc = draw(T=1)
    want_h, want_c, gradients = by_torch(*args, dh, dc)
    x, *rest = args
    h_next, c_next, cache = lstm.step_forward(x[:, 0], *rest)
    agree(h_next, want_h[:, 0])
    agree(c_next, want_c[:, 0])
    gradients_got = lstm.step_backward(dh[:, 0], dc[:, 0], cache)
    for got, want in zip(gradients_got, [gradients[0][:, 0], *gradients[1:]], strict=True):
        agree(got, want)


@pytest.mark.parametrize("N", [1, 2])
@pytest.mark.parametrize("T", [1, 5])
def test_sequence_against_torch(N, T):
    """torch.nn.LSTM, with gradients on h and on the last c."""
    *args, dh, dc = draw(N, T)
    x, h0, c0, W_xh, W_hh, b = leaves = [torch.tensor(array, requires_grad=True) for array in args]
    weights = {"weight_ih_l0": W_xh.T, "weight_hh_l0": W_hh.T, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
    net = torch.nn.LSTM(D, H, batch_first=True, dtype=torch.float64)
    want, (_, last) = torch.func.functional_call(net, weights, (x, (h0[None], c0[None])))
    torch.autograd.backward((want, last[0]), (torch.tensor(dh), torch.tensor(dc[:, -1])))
    h, c, cache = lstm.forward(*args)
    agree(h, want.detach())
    agree(c[:, -1], last[0].detach())
    dc[:, :-1] = 0
    for got, leaf in zip(lstm.backward(dh, dc, cache), leaves, strict=True):
        agree(got, leaf.grad)


@pytest.mark.parametrize("rows", [1, 7, 256])
def test_ragged_masks_against_torch(rows, monkeypatch):
    """For all lengths of a block of steps: one, several with a rest, all."""
    monkeypatch.setattr(lstm, "ROWS", rows)
    *args, dh, dc = draw(N=len(MASK))
    want_h, want_c, gradients = by_torch(*args, dh, dc, MASK)
    for mask in (MASK, MASK.astype(bool), MASK.astype(np.float32)):
        h, c, cache = lstm.forward(*args, mask)
        agree(h, want_h)
        agree(c, want_c)
        for _ in range(2):  # going back twice gives the same: the cache is only read
            for got, want in zip(lstm.backward(dh, dc, cache), gradients, strict=True):
                agree(got, want)


def test_mask_carries_the_states_and_their_gradients():
    x, h0, c0, *weights, dh, dc = draw(N=len(MASK))
    x[MASK == 0] = np.nan  # what stands at a step that does not run is not looked at
    h, c, _ = lstm.forward(x, h0, c0, *weights, MASK)
    for n, row in enumerate(MASK.astype(bool)):  # leaving the masked steps out gives the same last states
        alone = lstm.forward(x[n : n + 1, row], h0[n : n + 1], c0[n : n + 1], *weights)
        agree(h[n, -1], alone[0][0, -1] if row.any() else h0[n], 1e-15)
        agree(c[n, -1], alone[1][0, -1] if row.any() else c0[n], 1e-15)
    x[MASK == 0] = 7
    *_, cache = lstm.forward(x, h0, c0, *weights, MASK)
    dx, dh0, dc0, *_ = lstm.backward(dh, dc, cache)
    assert not dx[MASK == 0].any()
    agree(dh0[2], dh[2].sum(axis=0), 1e-15)  # the empty row hands on every gradient as it came
    agree(dc0[2], dc[2].sum(axis=0), 1e-15)


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize("rows", [1, 7, 256])
def test_the_fast_path_is_its_steps(mask, rows, monkeypatch):
    monkeypatch.setattr(lstm, "ROWS", rows)
    *args, dh, dc = draw(N=len(MASK))
    want_h, want_c, gradients = by_steps(*args, dh=dh, dc=dc, mask=mask)
    h, c, cache = lstm.forward(*args, mask)
    agree(h, want_h, 1e-15)
    agree(c, want_c, 1e-15)
    for got, want in zip(lstm.backward(dh, dc, cache), gradients, strict=True):
        agree(got, want, 1e-14)
    _, _, gradients = by_steps(*args, dh=dh, dc=0 * dc, mask=mask)
    for got, want in zip(lstm.backward(dh, None, cache), gradients, strict=True):
        agree(got, want, 1e-14)


def test_the_fast_path_at_a_size_of_several_blocks():
    rng = np.random.default_rng(3)
    N, T, D, H = 60, 19, 5, 9
    shapes = (N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,), (N, T, H), (N, T, H)
    *args, dh, dc = [rng.standard_normal(shape) for shape in shapes]
    mask = np.arange(T) < rng.integers(0, T + 1, N)[:, None]
    want_h, want_c, gradients = by_steps(*args, dh=dh, dc=dc, mask=mask)
    h, c, cache = lstm.forward(*args, mask)
    agree(h, want_h, 1e-13)
    agree(c, want_c, 1e-13)
    for got, want in zip(lstm.backward(dh, dc, cache), gradients, strict=True):
        agree(got, want, 1e-13)


@pytest.mark.parametrize("mask", [None, MASK])
def test_gradient_against_differences(mask):
    *args, dh, dc = draw(N=len(MASK))
    *_, cache = lstm.forward(*args, mask)
    params = dict(zip(NAMES, args, strict=True))
    grads = dict(zip(NAMES, lstm.backward(dh, dc, cache), strict=True))

    def loss(p):
        h, c, _ = lstm.forward(**p, mask=mask)
        return np.sum(dh * h) + np.sum(dc * c)

    errors = gradcheck.check_directions(loss, params, grads, np.random.default_rng(1))
    assert max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize("wrong", ["gates in another order", "dc dropped", "transposed", "c for c_next"])
def test_the_check_can_fail(wrong):
    *args, dh, dc = draw()
    *_, gradients = by_torch(*args, dh, dc)
    *_, cache = lstm.forward(*args)
    read, memory, W_xh, W_hh, rests = cache
    if wrong == "gates in another order":
        W_hh = W_hh.reshape(H, 4, H)[:, [0, 2, 1, 3]].reshape(H, 4 * H)
    elif wrong == "dc dropped":
        dc = None
    elif wrong == "transposed":
        W_hh = W_hh.reshape(H, 4, H).transpose(2, 1, 0).reshape(H, 4 * H)
    else:
        memory = np.concatenate((memory[:1], memory[:-1]))
    got = lstm.backward(dh, dc, (read, memory, W_xh, W_hh, rests))
    with pytest.raises(AssertionError):
        agree(got[4], gradients[4])


@pytest.mark.parametrize("T", [1, 5])
def test_saturated_gates_neither_overflow_nor_warn(T):
    for dtype in (np.float64, np.float32):
        x, h0, c0, W_xh, W_hh, b, dh, dc = draw(T=T, dtype=dtype)
        W_xh *= np.array(1e30, dtype)
        h, c, cache = lstm.forward(x, h0, c0, W_xh, W_hh, b)
        state = h0, c0
        for t in range(T):
            *state, step = lstm.step_forward(x[:, t], *state, W_xh, W_hh, b)
            agree(h[:, t], state[0], 1e-6)
            agree(c[:, t], state[1], 1e-6)
        assert np.isfinite(h).all() and np.isfinite(c).all() and (np.abs(c) <= np.abs(c0).max() + T).all()
        assert all(np.isfinite(g).all() for g in lstm.backward(dh, dc, cache))
        assert all(np.isfinite(g).all() for g in lstm.step_backward(dh[:, -1], dc[:, -1], step))
    b[:] = np.repeat(np.array([-1e30, 1e30, 0, -1e30], dtype), H)  # i shut, f open, o shut: c is kept for ever
    h, c, cache = lstm.forward(x, h0, c0, 0 * W_xh, W_hh, b)
    assert not h.any() and np.array_equal(c[:, -1], c0)
    assert np.array_equal(
        lstm.backward(0 * dh, dc, cache)[2], by_steps(x, h0, c0, 0 * W_xh, W_hh, b, dh=0 * dh, dc=dc)[2][2]
    )


def test_no_steps():
    *args, dh, dc = draw(T=0)
    x, h0, _, *weights = args
    for mask in (None, np.zeros((N, 0))):
        h, c, cache = lstm.forward(*args, mask)
        assert h.shape == c.shape == (N, 0, H)
        dx, dh0, dc0, *grads = lstm.backward(dh, dc, cache)
        assert dx.shape == x.shape and dh0.shape == dc0.shape == h0.shape and not dh0.any() and not dc0.any()
        assert [g.shape for g in grads] == [w.shape for w in weights] and not any(g.any() for g in grads)


def test_no_sequences_and_any_padding():
    shapes = {"W_xh": (D, 4 * H), "W_hh": (H, 4 * H), "b": (4 * H,)}
    cell = Twin(lstm.forward, lstm.backward, None, shapes, ("h0", "c0"))
    takes_no_sequences(cell)
    minds_no_padding(cell)


def test_types_stay_and_arguments_are_not_changed():
    *args, dh, dc = draw(dtype=np.float32)
    before = [a.copy() for a in (*args, dh, dc)]
    for mask in (None, MASK[:N]):
        h, c, cache = lstm.forward(*args, mask)
        gradients = lstm.backward(dh, dc, cache)
        assert {a.dtype for a in (h, c, *gradients)} == {np.dtype(np.float32)}
    x, *rest = args
    h_next, c_next, cache = lstm.step_forward(x[:, 0], *rest)
    gradients = lstm.step_backward(dh[:, 0], dc[:, 0], cache)
    assert {a.dtype for a in (h_next, c_next, *gradients)} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip((*args, dh, dc), before, strict=True))


def test_shapes_are_checked_at_the_door():
    good = dict(zip(NAMES, draw(), strict=False))
    wrong = {
        "x": good["x"][0],
        "h0": good["h0"][:1],  # would broadcast
        "c0": good["c0"][:1],
        "W_xh": good["W_xh"].T,
        "W_hh": good["W_hh"][:, :-1],
        "b": good["b"][None],
    }
    for name, array in wrong.items():
        with pytest.raises(ShapeError, match=rf"^{name}: expected shape"):
            lstm.forward(**{**good, name: array})
        step = {**good, "x": good["x"][:, 0], name: array[0] if name == "x" else array}
        step["h"], step["c"] = step.pop("h0"), step.pop("c0")
        with pytest.raises(ShapeError, match=rf"^{name.removesuffix('0')}: expected shape"):
            lstm.step_forward(**step)
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(2, 5\), got \(5, 2\)"):
        lstm.forward(**good, mask=np.ones((T, N)))
    with pytest.raises(RangeError, match="mask"):
        lstm.forward(**good, mask=np.full((N, T), 0.5))
    *_, cache = lstm.forward(**good)
    right, short = np.ones((N, T, H)), np.ones((N, 1, H))
    with pytest.raises(ShapeError, match=r"^dh: "):
        lstm.backward(short, right, cache)
    with pytest.raises(ShapeError, match=r"^dc: "):
        lstm.backward(right, short, cache)
    *_, cache = lstm.step_forward(good["x"][:, 0], *(good[name] for name in NAMES[1:]))
    for name in ("dh_next", "dc_next"):
        with pytest.raises(ShapeError, match=rf"^{name}: "):
            lstm.step_backward(**{"dh_next": right[:, 0], "dc_next": right[:, 0], "cache": cache, name: right[:1, 0]})


def test_lstm_params():
    p = init.lstm_params(np.random.default_rng(0), D, H, V, dtype=np.float32)
    shapes = {"W_xh": (D, 4 * H), "W_hh": (H, 4 * H), "b": (4 * H,), "W_hy": (H, V), "b_y": (V,)}
    assert {name: a.shape for name, a in p.items()} == shapes
    assert {a.dtype for a in p.values()} == {np.dtype(np.float32)}
    i, f, g, o = p["W_hh"].reshape(H, 4, H).swapaxes(0, 1)
    for gate in (i, f, g, o):
        assert np.allclose(gate @ gate.T, np.eye(H), atol=1e-6)
    assert not np.allclose(i, f)


@pytest.mark.parametrize("bias", [0.0, 1.0, 5.0])
def test_the_forget_bias_sets_what_is_kept(bias):
    """Without input, from the step itself: c is multiplied by sigmoid(b), and nothing is added."""
    p = init.lstm_params(np.random.default_rng(0), D, H, V, forget_bias=bias)
    c = np.random.default_rng(1).standard_normal((N, H))
    _, c_next, _ = lstm.step_forward(np.zeros((N, D)), np.zeros((N, H)), c, p["W_xh"], p["W_hh"], p["b"])
    agree(c_next, c / (1 + np.exp(-bias)), 1e-15)
