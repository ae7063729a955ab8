"""What the checks of lesson 19's second notebook take for right, held against torch."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.scan import draw
from autograder.checks.gpu.scan_backward import run_of
from rnn_core.cells import TANH
from rnn_core.nets import every_step, net_params
from rnn_core.simulated_gpu import SimulatedGPU


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize("sizes", [(3, 5, 2, 4), (2, 1, 3, 5)])
def test_lstm_on_device_is_torchs_lstm(rng, sizes):
    N, T, D, H = sizes
    net = torch.nn.LSTM(D, H, dtype=torch.float64)
    x, h, c = (rng.standard_normal(shape) for shape in ((T, N, D), (N, H), (N, H)))
    W_xh, W_hh = (W.detach().numpy().T for W in (net.weight_ih_l0, net.weight_hh_l0))
    b = (net.bias_ih_l0 + net.bias_hh_l0).detach().numpy()
    gpu = SimulatedGPU()
    names, last = reference.lstm_on_device(gpu.launch, gpu.step_of, T, *map(gpu.put, (x, h, c, W_xh, W_hh, b)))
    with torch.no_grad():
        states, (_, c_last) = net(torch.tensor(x), (torch.tensor(h[None]), torch.tensor(c[None])))
    np.testing.assert_allclose(np.stack([gpu.read(name) for name in names]), states, rtol=1e-10)
    np.testing.assert_allclose(gpu.read(last), c_last[0], rtol=1e-10)
    assert gpu.launches.total() == 2 * T + 2


def test_packing_is_torchs(rng):
    N, T, D = 5, 8, 3
    x, lengths = rng.standard_normal((N, T, D)), np.array([2, 7, 3, 6, 1])
    data, batch_sizes, order = reference.pack(x, lengths)
    theirs = pack_padded_sequence(torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    np.testing.assert_array_equal(data, theirs.data)
    np.testing.assert_array_equal(batch_sizes, theirs.batch_sizes)
    np.testing.assert_array_equal(order, theirs.sorted_indices)
    back, _ = pad_packed_sequence(theirs, batch_first=True)
    np.testing.assert_array_equal(reference.unpack(data, batch_sizes, order), back)


def test_empty_rows_are_packed_as_if_they_were_not_there(rng):
    x, lengths = rng.standard_normal((6, 5, 2)), np.array([0, 3, 4, 0, 4, 1])
    data, batch_sizes, order = reference.pack(x, lengths)
    some = [2, 4, 1, 5]
    theirs = pack_padded_sequence(torch.tensor(x[some]), torch.tensor(lengths[some]), batch_first=True)
    np.testing.assert_array_equal(data, theirs.data)
    np.testing.assert_array_equal(order, [*some, 0, 3])
    rows, _ = pad_packed_sequence(PackedSequence(torch.tensor(data), torch.tensor(batch_sizes)), batch_first=True)
    np.testing.assert_array_equal(reference.unpack(data, batch_sizes, order)[some], rows)


def test_loss_scaling_is_torchs(rng):
    """Twelve steps of torch's own scaler, of which some overflow."""
    lr, patience, scale, good = 0.3, 3, 64.0, 0
    params = {"W_hh": rng.standard_normal((3, 4)).astype(np.float32), "b": rng.standard_normal(5).astype(np.float32)}
    theirs = {name: torch.nn.Parameter(torch.tensor(p)) for name, p in params.items()}
    scaler = torch.amp.GradScaler("cpu", init_scale=scale, growth_interval=patience)
    scaler.scale(torch.zeros(()))  # it begins with its first loss
    optimizer, scales = torch.optim.SGD(theirs.values(), lr), []
    for step in range(12):
        grads = {name: (scale * rng.standard_normal(p.shape)).astype(np.float16) for name, p in params.items()}
        if step in (1, 2, 7):
            grads["b"][step % 5] = (np.inf, np.nan, -np.inf)[step % 3]
        for name, p in theirs.items():
            p.grad = torch.tensor(grads[name]).float()
        scaler.step(optimizer)
        scaler.update()
        params, scale, good = reference.scaled_step(params, grads, scale, good, lr, patience)
        scales.append(scale)
        assert scale == scaler.get_scale()
        for name, p in theirs.items():
            np.testing.assert_allclose(params[name], p.detach(), rtol=1e-5, atol=1e-6)
    assert min(scales) < 64 and max(np.diff(scales)) > 0


@pytest.mark.parametrize("T", [1, 2, 8, 13])
def test_the_scan_and_its_gradient_are_autograds(rng, T):
    keep, new, h0 = draw(rng, 4, T, 3, ragged=T > 1)
    inputs = [torch.tensor(a, requires_grad=True) for a in (keep, new, h0)]
    h, states = inputs[2], []
    for t in range(T):
        h = inputs[0][:, t] * h + inputs[1][:, t]
        states.append(h)
    h, dh = torch.stack(states, dim=1), rng.standard_normal((4, T, 3))
    K, B = reference.scan(keep, new, reference.join)
    np.testing.assert_allclose(K * h0[:, None] + B, h.detach(), rtol=1e-12, atol=1e-14)
    gradients = torch.autograd.grad((h * torch.tensor(dh)).sum(), inputs)
    run = run_of([])
    ours = reference.scan_backward(dh, keep, h.detach().numpy(), h0, run)
    for mine, theirs in zip(ours, gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("share", [0.4, 5.0])
def test_the_joined_gradient_is_clipped_as_torch_clips(rng, share):
    params = net_params(rng, TANH, 4, 3, 5)
    x, targets = rng.standard_normal((5, 6, 4)), rng.integers(0, 5, (5, 6))
    mask = np.arange(6) < np.array([6, 1, 3, 5, 2])[:, None]
    whole = every_step(TANH, params, (x, targets, mask))[1]
    parts = [slice(0, 1), slice(1, 5)]
    workers = [every_step(TANH, params, (x[k], targets[k], mask[k]))[1] for k in parts]
    theirs = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in whole.values()]
    for p, g in zip(theirs, whole.values(), strict=True):
        p.grad = torch.tensor(g)
    length = np.sqrt(sum((g**2).sum() for g in whole.values()))
    norm = torch.nn.utils.clip_grad_norm_(theirs, share * length)
    ours, ours_norm = reference.joined_gradient(workers, [6, 11], share * length)
    assert ours_norm == pytest.approx(norm.item(), rel=1e-12)
    for g, p in zip(ours.values(), theirs, strict=True):
        np.testing.assert_allclose(g, p.grad, rtol=1e-4)  # torch adds 1e-6 to the norm
