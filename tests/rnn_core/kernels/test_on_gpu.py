"""The kernels where they belong: on a GPU, at sizes that fill it."""

import copy
import importlib.util

import pytest
import torch

from rnn_core.kernels import LSTM, available, recurrence

from .checks import MODULES, close, draw, far, net, run, twin

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="Triton is not installed"),
    pytest.mark.skipif(available.INTERPRETED, reason="Triton interprets"),
]
NUMBERS = {"fp32": (torch.float32, "ieee", 1e-5), "tf32": (torch.float32, "tf32", 1e-3)}
NUMBERS |= {"bf16": (torch.bfloat16, "ieee", 1e-2)}
SIZES = [(17, 30, 200), (256, 64, 512)]  # T, N, H
WAYS = "steps", "early", "persistent"


@pytest.fixture(autouse=True)
def nothing_left_over():
    """The arrays begin with NaN: what a kernel forgets to write is seen."""
    recurrence.POOL.clear()


def made(name, H, numbers, **kwargs):
    """As torch starts it, which a net of this size needs: larger weights make a small error grow from step to step."""
    dtype, precision, rtol = NUMBERS[numbers]
    torch.manual_seed(0)
    module = MODULES[name](H - 8, H, device="cuda", dtype=dtype, precision=precision, **kwargs)
    return module, rtol


def looped(module):
    """The same on the plain cells in the same numbers: a normalisation makes the rounding of a small sum a rounding of
    everything behind it, so that this is what the layer-norm LSTM's gradients are held against."""
    other = copy.deepcopy(module)
    other.way = "plain"
    return other


@pytest.fixture(autouse=True)
def torch_uses_tf32(request):
    """Where the kernels do: for the loop beside them."""
    matmul = torch.backends.cuda.matmul
    before, wanted = matmul.fp32_precision, getattr(request.node, "callspec", None)
    matmul.fp32_precision = "tf32" if wanted and wanted.params.get("numbers") == "tf32" else "ieee"
    yield
    matmul.fp32_precision = before


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("way", WAYS)
def test_results_and_gradients(way, name, numbers, size):
    T, N, H = size
    module, rtol = made(name, H, numbers, way=way)
    paths = []
    for seed in range(4):  # launched, recorded, and replayed twice with other inputs
        data = draw(module, T, N, seed=seed)
        recurrence.POOL.poison()
        got, want = run(module, *data), run(twin(module), *data)
        paths.append(module.path)
        assert far({"h": got["h"]}, {"h": want["h"]})["h"] <= rtol
        allowed = rtol
        if name == "layer-norm" and numbers != "fp32":
            allowed = max(rtol, 2 * max(far(run(looped(module), *data), want).values()))
        close(got, want, allowed)
    one_launch = way == "persistent" and name != "layer-norm"
    assert paths == (["persistent"] * 4 if one_launch else ["launches", "graph", "graph", "graph"])


@pytest.mark.parametrize("name", MODULES)
def test_without_a_mask(name):
    module, rtol = made(name, 96, "fp32")
    for seed in range(3):
        x, state, _ = draw(module, 20, 40, seed=seed)
        close(run(module, x, state, None), run(twin(module), x, state, None), rtol)


def test_layers_that_have_the_same_sizes_do_not_share_their_arrays():
    module = net(LSTM, 64, 64, num_layers=3, bidirectional=True, device="cuda")
    for seed in range(3):
        data = draw(module, 9, 20, seed=seed)
        close(run(module, *data), run(twin(module), *data), 1e-5)


def test_autocast_and_weights_in_float32():
    module, _ = made("gru", 96, "fp32")
    x, *_ = draw(module, 10, 20)
    want, _ = module(x)
    with torch.autocast("cuda", torch.bfloat16):
        h, _ = module(x)
    assert h.dtype == torch.bfloat16 and module.path != "plain"
    h.float().sum().backward()
    assert all(p.grad.dtype == torch.float32 and p.grad.isfinite().all() for p in module.parameters())
    assert 1e-5 < (h - want).norm() / want.norm() < 1e-2


def test_another_stream_has_arrays_of_its_own():
    module, rtol = made("lstm", 96, "fp32")
    x, state, mask = draw(module, 10, 20)
    want = run(twin(module), x, state, mask)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            got = run(module, x, state, mask)
    torch.cuda.current_stream().wait_stream(side)
    close(got, want, rtol)
