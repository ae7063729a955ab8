import numpy as np
import pytest
import torch

from rnn_core import gradcheck
from rnn_core.cells import TANH
from rnn_core.dropout import dropout_forward
from rnn_core.errors import NameMismatchError, RangeError, ShapeError
from rnn_core.sequence import lengths_to_mask
from rnn_core.stack import stack_backward, stack_forward, stack_params

from .common import MASK, D, H, T, agree
from .torch_twins import ALL, NAMES, draw_biases, draw_state, flat, like, masked_net, net, tensors

N = len(MASK)
CELLS = pytest.mark.parametrize("cell", ALL, ids=NAMES)
BOTH = pytest.mark.parametrize("both", [False, True], ids=["ahead", "both"])


def draw(cell, layers, both, seed=0):
    """params, x, state0, and the gradients that arrive at h and at the last states."""
    rng = np.random.default_rng(seed)
    params = draw_biases(rng, stack_params(rng, cell, D, H, layers, both))
    state0, dstate = (draw_state(rng, cell, N, H, layers, both) for _ in range(2))
    return params, rng.standard_normal((N, T, D)), state0, rng.standard_normal((N, T, H * (1 + both))), dstate


def by_torch(cell, params, x, state0, dh, dstate, mask, layers, both):
    p, x, start = tensors(params), torch.tensor(x, requires_grad=True), [torch.tensor(s) for s in flat(state0)]
    for s in start:
        s.requires_grad_()
    state = like(state0, start)
    if mask is None:
        h, end = net(cell, p, x, state, layers, both)
    else:
        h, end = masked_net(cell, p, x, state, mask, layers, both)
    total = sum((torch.tensor(d) * s).sum() for d, s in zip(flat(dstate), end, strict=True))
    (total + (torch.tensor(dh) * h).sum()).backward()
    end = [s.detach().numpy() for s in end]
    return h.detach().numpy(), end, x.grad.numpy(), [s.grad.numpy() for s in start], {n: q.grad for n, q in p.items()}


@CELLS
@BOTH
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "ragged"])
def test_against_torch(cell, both, layers, mask):
    params, x, state0, dh, dstate = draw(cell, layers, both)
    counts = np.ones((N, T, 1)) if mask is None else mask[:, :, None]
    want, ends, dx, dstart, grads = by_torch(cell, params, x, state0, dh * counts, dstate, mask, layers, both)
    h, state, cache = stack_forward(cell, params, x, state0, mask)
    agree(h * counts, want)
    for got, end in zip(flat(state), ends, strict=True):
        agree(got, end)
    got_dx, got_dstart, got_grads = stack_backward(dh * counts, dstate, cache)
    agree(got_dx, dx)
    for got, d in zip(flat(got_dstart), dstart, strict=True):
        agree(got, d)
    assert got_grads.keys() == params.keys()
    for name, got in got_grads.items():
        agree(got, grads[name].numpy())


@CELLS
@BOTH
def test_against_packed_sequences(cell, both):
    lengths = np.array([3, T, 1])
    mask = lengths_to_mask(lengths, T)
    params, x, state0, _, _ = draw(cell, 2, both)
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(x), lengths, batch_first=True, enforce_sorted=False)
    start = like(state0, [torch.tensor(s) for s in flat(state0)])
    want, ends = net(cell, {n: torch.tensor(p) for n, p in params.items()}, packed, start, 2, both)
    want, _ = torch.nn.utils.rnn.pad_packed_sequence(want, batch_first=True)
    h, state, _ = stack_forward(cell, params, x, state0, mask)
    agree(h * mask[:, :, None], want.numpy())
    for got, end in zip(flat(state), ends, strict=True):
        agree(got, end.numpy())


@CELLS
@BOTH
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "ragged"])
def test_gradient_against_differences(cell, both, mask):
    """With dropout, and with a gradient at masked steps too, where the states are carried on."""
    params, x, state0, dh, dstate = draw(cell, 2, both)
    names = [f"s{k}" for k in range(len(flat(state0)))]

    def run(p):
        start = like(state0, [p[name] for name in names])
        return stack_forward(cell, p, p["x"], start, mask, share=0.4, rng=np.random.default_rng(3))

    def loss(p):
        h, state, _ = run(p)
        return np.sum(dh * h) + sum(np.sum(d * s) for d, s in zip(flat(dstate), flat(state), strict=True))

    args = params | {"x": x} | dict(zip(names, flat(state0), strict=True))
    *_, cache = run(args)
    dx, dstart, grads = stack_backward(dh, dstate, cache)
    grads |= {"x": dx} | dict(zip(names, flat(dstart), strict=True))
    errors = gradcheck.check_directions(loss, args, grads, np.random.default_rng(1))
    assert max(errors.values()) < 1e-7, errors


@CELLS
@BOTH
def test_the_state_starts_at_zero_and_is_carried(cell, both):
    """For one direction, chunks with the state carried over are the whole."""
    params, x, state0, _, _ = draw(cell, 2, both)
    zeros = like(state0, [0 * s for s in flat(state0)])
    h, _, _ = stack_forward(cell, params, x)
    agree(h, stack_forward(cell, params, x, zeros)[0], 1e-15)
    if not both:
        whole, end, _ = stack_forward(cell, params, x, state0)
        first, state, _ = stack_forward(cell, params, x[:, :2], state0)
        second, state, _ = stack_forward(cell, params, x[:, 2:], state)
        agree(np.concatenate([first, second], axis=1), whole, 1e-14)
        for got, want in zip(flat(state), flat(end), strict=True):
            agree(got, want, 1e-14)


@CELLS
@BOTH
def test_types_stay_and_arguments_are_not_changed(cell, both):
    params, x, state0, dh, dstate = draw(cell, 2, both)
    params = {name: p.astype(np.float32) for name, p in params.items()}
    x, dh = x.astype(np.float32), dh.astype(np.float32)
    state0, dstate = (like(state, [s.astype(np.float32) for s in flat(state)]) for state in (state0, dstate))
    arrays = [x, dh, *flat(state0), *flat(dstate), *params.values()]
    before = [a.copy() for a in arrays]
    for mask, start in ((None, None), (MASK, state0)):
        h, state, cache = stack_forward(cell, params, x, start, mask, 0.5, np.random.default_rng(0))
        dx, dstart, grads = stack_backward(dh, dstate, cache)
        assert {a.dtype for a in (h, *flat(state), dx, *flat(dstart), *grads.values())} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


@BOTH
def test_dropout_is_between_the_layers_only(both):
    """As torch.nn.LSTM has it: neither the input nor the last layer's output, and not at evaluation."""
    params, x, state0, dh, _ = draw(TANH, 2, both)
    below = {name: p for name, p in params.items() if name.startswith("layer1.")}
    plain, _, _ = stack_forward(TANH, below, x, state0[:1])
    once, _, _ = stack_forward(TANH, below, x, state0[:1], share=0.5, rng=np.random.default_rng(0))
    assert np.array_equal(plain, once)
    above = {name.replace("layer2", "layer1"): p for name, p in params.items() if name.startswith("layer2.")}
    dropped, _ = dropout_forward(plain, 0.5, np.random.default_rng(0))
    want, _, _ = stack_forward(TANH, above, dropped, state0[1:])
    got, _, cache = stack_forward(TANH, params, x, state0, share=0.5, rng=np.random.default_rng(0))
    agree(got, want, 1e-15)
    off, _, cache_off = stack_forward(TANH, params, x, state0, share=0.5)
    agree(off, stack_forward(TANH, params, x, state0)[0], 1e-15)
    assert not np.allclose(off, got)
    assert not np.allclose(stack_backward(dh, None, cache)[0], stack_backward(dh, None, cache_off)[0])


def test_a_longer_padding_changes_nothing():
    """The backward direction starts at the true last step of each row, not in the padding."""
    params, x, state0, _, _ = draw(TANH, 2, True)
    mask = lengths_to_mask(np.array([3, 0, 5]), T)
    h, state, _ = stack_forward(TANH, params, x, state0, mask)
    noise = np.random.default_rng(5).standard_normal((N, 4, D))
    longer, again, _ = stack_forward(
        TANH, params, np.concatenate([x, noise], axis=1), state0, np.pad(mask, ((0, 0), (0, 4)))
    )
    agree(longer[:, :T][mask], h[mask], 1e-15)
    for got, want in zip(flat(again), flat(state), strict=True):
        agree(got, want, 1e-15)


def test_errors():
    params, x, state0, _, _ = draw(TANH, 2, True)
    with pytest.raises(ShapeError, match=r"^x: expected shape"):
        stack_forward(TANH, params, x[0])
    with pytest.raises(RangeError, match="x: expected at least 1 step, got 0"):
        stack_forward(TANH, params, x[:, :0])
    with pytest.raises(ShapeError, match=r"^h0: expected shape \(3, 7\), got \(1, 7\)"):
        stack_forward(TANH, params, x, like(state0, [s[:1] for s in flat(state0)]))
    with pytest.raises(ShapeError, match="state0: expected the states of 2 layers, got 1"):
        stack_forward(TANH, params, x, state0[:1])
    with pytest.raises(ShapeError, match=r"^mask: "):
        stack_forward(TANH, params, x, mask=np.ones((T, N)))
    with pytest.raises(NameMismatchError, match=r"params: expected names that begin with layer1\., got W_xh"):
        stack_forward(TANH, {"W_xh": x}, x)
    with pytest.raises(RangeError, match="share: expected a number from 0 to below 1"):
        stack_forward(TANH, params, x, share=1.5)
    _, _, cache = stack_forward(TANH, params, x, state0)
    with pytest.raises(ShapeError, match=r"^dh: "):
        stack_backward(np.ones((N, 1, 2 * H)), None, cache)
    with pytest.raises(ShapeError, match=r"^dh: expected shape \(3, 7\)"):
        stack_backward(np.ones((N, T, 2 * H)), like(state0, [s[:1] for s in flat(state0)]), cache)
    with pytest.raises(ShapeError, match="dstate: expected the states of 2 layers, got 3"):
        stack_backward(np.ones((N, T, 2 * H)), (*state0, state0[0]), cache)
