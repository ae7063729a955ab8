"""The modules on the way that every machine has, held against torch.nn and against the numpy cells."""

import importlib.util
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_core import cells
from rnn_core.errors import RangeError, ShapeError
from rnn_core.kernels import GRU, LSTM, RNN, LayerNormLSTM, available, modules
from rnn_core.kernels.layer_norm_lstm import OURS
from rnn_core.kernels.plain import plain
from rnn_core.torch_cells import NormedLSTMCell
from rnn_core.torch_weights import from_torch

from .checks import MODULES, close, draw, net, run

TWINS = {RNN: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}
CELLS = {RNN: cells.TANH, LSTM: cells.LSTM, GRU: cells.GRU, LayerNormLSTM: NormedLSTMCell.cell}
ALL = pytest.mark.parametrize("cls", MODULES.values(), ids=MODULES)
SHARED = pytest.mark.parametrize("cls", TWINS)
N, T, D, H = 4, 6, 3, 5
DOUBLE = {"dtype": torch.float64}
FORMS = [
    {},
    {"num_layers": 2},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "batch_first": True},
    {"bias": False},
]


def pair(cls, **kwargs):
    """Our module and torch's with the same weights."""
    ours = net(cls, D, H, **kwargs, **DOUBLE)
    theirs = TWINS[cls](D, H, **kwargs, **DOUBLE)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def inputs(module):
    x, state, mask = draw(module, T, N)
    return x.transpose(0, 1) if module.batch_first else x, state if len(state) > 1 else state[0], mask


@SHARED
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_results_and_weights_are_torchs(cls, form):
    ours, theirs = pair(cls, **form)
    x, state, _ = inputs(ours)
    for start in (state, None):
        h, end = ours(x, start)
        want, want_end = theirs(x, start)
        torch.testing.assert_close(h, want)
        torch.testing.assert_close(end, want_end)
    back = cls(D, H, **form, **DOUBLE)
    back.load_state_dict(theirs.state_dict())
    assert [p.shape for p in back.parameters()] == [p.shape for p in theirs.parameters()]


@ALL
def test_it_says_that_it_is_plain(cls):
    module = net(cls, D, H)
    assert module.path is None
    module(torch.zeros(T, N, D))
    missing = importlib.util.find_spec("triton") is None
    assert module.path == "plain"
    assert module.why == ("Triton is not installed" if missing else "the input is on the cpu, not on a CUDA device")
    module = net(cls, D, H, way="plain")
    module(torch.zeros(T, N, D))
    assert (module.path, module.why) == ("plain", "it was asked for")
    assert "way=plain" in repr(module)


@ALL
def test_it_says_what_the_kernels_did(cls, monkeypatch):
    class Kernels:
        """Says what was done, and computes on the plain cells."""

        @staticmethod
        def apply(kind, way, precision, told, *inputs):
            told |= said
            return plain(kind.name, *inputs)

    monkeypatch.setattr(modules, "Recurrence", Kernels)
    module = net(cls, D, H)
    for path, why, stands in (("launches", "recording failed: no", None), ("graph", None, None), ("plain", "H", "H")):
        said = {"path": path, "why": why}
        monkeypatch.setattr(modules, "why_not", lambda x, H, stands=stands: stands)
        module(torch.zeros(T, N, D))
        assert (module.path, module.why) == (path, why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"triton": None}, "Triton is not installed"),
        ({"count": 0}, "there is nothing to compute"),
        ({"kind": "cpu"}, "the input is on the cpu, not on a CUDA device"),
        ({"cuda": None}, "the device is not an NVIDIA GPU of compute capability 8.0 or more"),
        ({"capability": (7, 5)}, "the device is not an NVIDIA GPU of compute capability 8.0 or more"),
        ({"dtype": torch.float64}, "there is no kernel for torch.float64"),
        ({"index": 1}, "the input is on cuda:1, which is not the current device"),
        ({"H": 4097}, "H is 4097, more than 4096"),
    ],
    ids=str,
)
def test_what_stands_against_kernels(changes, why, monkeypatch):
    """A machine with a GPU, played by a stand-in, and one thing that is otherwise."""
    given = {"triton": "there", "count": 1, "kind": "cuda", "index": 0, "cuda": "13.0", "capability": (8, 0)}
    given |= {"dtype": torch.float32, "H": 4096} | changes
    monkeypatch.setattr(available, "INTERPRETED", False)
    monkeypatch.setattr(available.importlib.util, "find_spec", lambda name: given["triton"])
    monkeypatch.setattr(torch.version, "cuda", given["cuda"])
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: given["capability"])
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    device = torch.device("cpu") if given["kind"] == "cpu" else torch.device(given["kind"], given["index"])
    x = SimpleNamespace(device=device, dtype=given["dtype"], numel=lambda: given["count"])
    assert available.why_not(x, given["H"]) == why


@pytest.mark.parametrize(
    ("kind", "capability", "can"), [("cuda", (9, 0), True), ("cuda", (8, 9), False), ("cpu", None, False)]
)
def test_which_devices_let_a_launch_stand_by(kind, capability, can, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert available.can_stand_by(torch.device(kind)) is can


@ALL
def test_a_mask_and_its_gradients_against_the_numpy_cell(cls):
    module = net(cls, D, H, **DOUBLE)
    x, state, mask = draw(module, T, N)
    got = run(module, x, state, mask)
    weights = dict(module.named_parameters())
    if cls is LayerNormLSTM:
        params = {ours: weights[name + "_l0"] for name, ours in OURS.items()}
        params = {name: p.T if p.ndim == 2 else p for name, p in params.items()}
        params = {name: p.detach().numpy() for name, p in params.items()}
        assert params.keys() == set(CELLS[cls].weights)
    else:
        params = from_torch(_torchs(cls, module))
    numpy_x, start = x.transpose(0, 1).numpy(), tuple(s[0].numpy() for s in state)
    h, end, cache = cells.cell_forward(CELLS[cls], params, numpy_x, start, mask.numpy())
    generator = torch.Generator().manual_seed(2)
    outputs = [got[name] for name in got if name.startswith(("h", "end"))]
    dh, *dend = (torch.randn(o.shape, generator=generator).double().numpy() for o in outputs)
    dx, dstart, grads = cells.cell_backward(dh.swapaxes(0, 1), tuple(d[0] for d in dend), cache)
    want = {"h": h.swapaxes(0, 1), "dx": dx.swapaxes(0, 1)}
    want |= {f"end {k}": s[None] for k, s in enumerate(end)} | {f"dstate {k}": s[None] for k, s in enumerate(dstart)}
    if cls is LayerNormLSTM:
        want |= {name + "_l0": grads[ours].T for name, ours in OURS.items()}
    else:
        biases = (grads["b"],) * 2 if "b" in grads else (grads["b_x"], grads["b_h"])
        want |= {"weight_ih_l0": grads["W_xh"].T, "weight_hh_l0": grads["W_hh"].T}
        want |= dict(zip(("bias_ih_l0", "bias_hh_l0"), biases, strict=True))
    close(got, {name: torch.tensor(np.ascontiguousarray(a)) for name, a in want.items()}, 1e-12)


def _torchs(cls, module):
    theirs = TWINS[cls](D, H, **DOUBLE)
    theirs.load_state_dict(module.state_dict())
    return theirs


@SHARED
@pytest.mark.parametrize("form", [{}, {"num_layers": 2, "bidirectional": True, "batch_first": True}], ids=str)
@pytest.mark.parametrize("lengths", [[6, 4, 2, 1], [2, 6, 1, 4]], ids=["sorted", "mixed"])
def test_packed_sequences(cls, form, lengths):
    ours, theirs = pair(cls, **form)
    x, state, _ = inputs(ours)
    packed = pack_padded_sequence(x, lengths, ours.batch_first, enforce_sorted=lengths == sorted(lengths)[::-1])
    (h, end), (want, want_end) = ours(packed, state), theirs(packed, state)
    torch.testing.assert_close(end, want_end)
    torch.testing.assert_close(h.data, want.data)
    assert torch.equal(h.batch_sizes, want.batch_sizes)
    padded, again = pad_packed_sequence(h, ours.batch_first)
    assert again.tolist() == lengths
    with pytest.raises(RangeError, match="mask: expected None beside a packed input"):
        ours(packed, state, mask=torch.ones(N, T))
    # the same by a mask: where a row has steps; behind its end the state is carried on
    mask = torch.arange(T) < torch.tensor(lengths)[:, None]
    carried, carried_end = ours(x, state, mask=mask)
    torch.testing.assert_close(carried_end, want_end)
    there = mask if ours.batch_first else mask.T
    torch.testing.assert_close(carried[there], padded[there])


@SHARED
@pytest.mark.parametrize("batch_first", [False, True])
def test_one_sequence_without_a_batch(cls, batch_first):
    ours, theirs = pair(cls, batch_first=batch_first, num_layers=2)
    x, state, _ = draw(ours, T, N)
    start = tuple(s[:, 0] for s in state)
    start = start if len(start) > 1 else start[0]
    torch.testing.assert_close(ours(x[:, 0], start), theirs(x[:, 0], start))
    torch.testing.assert_close(ours(x[:, 0]), theirs(x[:, 0]))


def test_dropout_between_layers_only_in_training():
    module = net(LSTM, D, H, num_layers=3, dropout=0.5)
    x = torch.randn(T, N, D)
    assert not torch.equal(module(x)[0], module(x)[0])
    module.eval()
    assert torch.equal(module(x)[0], module(x)[0])


@ALL
def test_autocast_computes_in_bfloat16(cls):
    module = net(cls, D, H)
    x = torch.randn(T, N, D)
    with torch.autocast("cpu", torch.bfloat16):
        h, _ = module(x)
    want, _ = module(x)
    assert h.dtype == torch.bfloat16
    assert 1e-4 < (h - want).norm() / want.norm() < 2e-2


@ALL
def test_what_does_not_fit_is_refused(cls):
    module = net(cls, D, H)
    x = torch.zeros(T, N, D)
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(4, 6\), got \(6, 4\)"):
        module(x, mask=torch.ones(T, N))
    with pytest.raises(RangeError, match="mask: expected 0 and 1 only"):
        module(x, mask=torch.full((N, T), 0.5))
    with pytest.raises(RuntimeError, match="Expected hidden"):
        state = torch.zeros(2, N, H)
        module(x, (state, state) if len(module.kind.states) == 2 else state)
    with pytest.raises((RuntimeError, ValueError), match="must be equal to input_size"):
        module(torch.zeros(T, N, D + 1))
    with pytest.raises(RangeError, match="precision: expected one of ieee, tf32, tf32x3, got fp8"):
        cls(D, H, precision="fp8")
    with pytest.raises(RangeError, match="way: expected one of steps, early, persistent, plain, got fast"):
        cls(D, H, way="fast")


@SHARED
def test_an_input_of_one_dimension_or_of_four_is_refused(cls):
    for shape in ((D,), (2, T, N, D)):
        with pytest.raises(ShapeError, match=f"input: expected 2 or 3 dimensions, got {len(shape)}"):
            cls(D, H)(torch.zeros(shape))


def test_states_in_a_list():
    ours, theirs = pair(LSTM)
    x, state, _ = inputs(ours)
    for seen, start in ((x, list(state)), (x[:, 0], [s[:, 0] for s in state])):
        torch.testing.assert_close(ours(seen, start), theirs(seen, start))


def test_what_has_no_kernel_is_refused():
    with pytest.raises(RangeError, match="proj_size: expected 0"):
        LSTM(D, H, proj_size=2)
    with pytest.raises(RangeError, match="nonlinearity: expected tanh, got relu"):
        RNN(D, H, nonlinearity="relu")
    with pytest.raises(RangeError, match="bias: expected True"):
        LayerNormLSTM(D, H, bias=False)


def test_the_layer_norm_lstm_starts_as_its_source_says():
    module = LayerNormLSTM(D, H, 2, bidirectional=True)
    assert len(list(module.parameters())) == 4 * 7
    for name, p in module.named_parameters():
        if name.startswith(("gain", "bias")):
            assert (p == name.startswith("gain")).all()
        else:
            assert p.std() > 0.1 and p.abs().max() <= H**-0.5
    assert "bias" not in repr(module)
