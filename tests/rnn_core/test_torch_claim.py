"""The model that is timed is the same in every way: loss and all gradients, against autograd in float64 as well."""

import numpy as np
import pytest
import torch

from rnn_core import cells, gru, torch_claim
from rnn_core.torch_cells import GRUCell
from rnn_core.torch_claim import as_arrays, claim_batch, claim_params, in_numpy, in_torch, ways

N, T, V, D, H = 3, 6, 11, 5, 7


@pytest.fixture(scope="module")
def params():
    rng = np.random.default_rng(1)
    params = claim_params(rng, V, D, H)
    return {name: p + 0.2 * rng.standard_normal(p.shape).astype(np.float32) for name, p in params.items()}


@pytest.fixture(scope="module")
def exact(params):
    """Loss and gradients in float64, by autograd through a loop written out here."""
    ids = torch.tensor(claim_batch(np.random.default_rng(2), V, N, T))
    leaf = {name: torch.tensor(p, dtype=torch.float64, requires_grad=True) for name, p in params.items()}
    h, losses = torch.zeros(N, H, dtype=torch.float64), []
    for t in range(T):
        a_r, a_z, a_n = (leaf["E"][ids[:, t]] @ leaf["W_xh"] + leaf["b_x"]).chunk(3, 1)
        u_r, u_z, u_n = (h @ leaf["W_hh"] + leaf["b_h"]).chunk(3, 1)
        z, n = torch.sigmoid(a_z + u_z), torch.tanh(a_n + torch.sigmoid(a_r + u_r) * u_n)
        h = (1 - z) * n + z * h
        log_p = torch.log_softmax(h @ leaf["W_hy"] + leaf["b_y"], dim=1)
        losses.append(-log_p[torch.arange(N), ids[:, t + 1]])
    loss = torch.stack(losses).mean()
    loss.backward()
    return loss.item(), {name: p.grad.numpy() for name, p in leaf.items()}


def expect_same(way, exact):
    ids = claim_batch(np.random.default_rng(2), V, N, T)
    loss, grads = way.step(way.move(ids))
    way.synchronise()
    assert float(loss) == pytest.approx(exact[0], rel=1e-5)
    found = as_arrays(grads)
    assert found.keys() == exact[1].keys()
    for name, want in exact[1].items():
        assert found[name].shape == want.shape
        assert np.abs(found[name] - want).max() <= 1e-4 * np.abs(want).max(), name


def test_every_way_of_this_machine_computes_the_same(params, exact):
    before = torch.get_num_threads()
    try:
        found = ways(params)
        assert len(found) == (7 if torch.cuda.is_available() else 4)
        for way in found.values():
            expect_same(way, exact)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("recurrent", [GRUCell, torch_claim.fused_gru], ids=["loop of steps", "fused"])
def test_what_a_gpu_gets_computes_the_same(params, exact, recurrent):
    """On a GPU these are ways of their own; here they are held on the CPU."""
    expect_same(in_torch(params, recurrent(params)), exact)


def test_the_textbook_takes_every_step_apart(params, exact, monkeypatch):
    calls = []
    for name in ("step_forward", "step_backward"):
        real = getattr(gru, name)
        monkeypatch.setattr(gru, name, lambda *args, real=real, name=name: calls.append(name) or real(*args))
    expect_same(in_numpy(params, torch_claim.textbook_forward, torch_claim.textbook_backward), exact)
    assert calls == ["step_forward"] * T + ["step_backward"] * T


def test_threads_are_set_for_the_way_that_runs(params):
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            way = in_torch(params, torch.nn.GRU(D, H, batch_first=True), threads=threads)
            way.step(way.move(claim_batch(np.random.default_rng(2), V, N, T)))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_parameters_start_as_a_cell_does():
    params = claim_params(np.random.default_rng(0), V, D, H)
    assert {name: p.shape for name, p in params.items() if name in cells.GRU.weights} == {
        "W_xh": (D, 3 * H), "W_hh": (H, 3 * H), "b_x": (3 * H,), "b_h": (3 * H,),
    }  # fmt: skip
    assert all(p.dtype == np.float32 for p in params.values())
