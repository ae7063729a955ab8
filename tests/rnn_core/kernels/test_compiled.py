"""Every kernel compiled for an H100, with no GPU: what the plans ask for must fit on the chip.

The interpreter knows neither registers nor shared memory, and takes what the compiler refuses.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from rnn_core.kernels import available, kinds

from .checks import MODULES
from .compiling import compiled, row_launch, step_launch

ROOT = Path(__file__).resolve().parents[3]
SHARED = 227 * 1024  # bytes that one program may have on an H100
pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="Triton is not installed"),
    pytest.mark.skipif(available.INTERPRETED, reason="Triton interprets, it does not compile"),
]
SIZES = (64, 512), (128, 1024), (1, 512), (512, 512), (30, 200)
NUMBERS = (torch.bfloat16, "ieee"), (torch.float32, "tf32"), (torch.float32, "ieee")


def fits(launch, dtype, wide, spilled=0, room=SHARED, capability=90):
    registers, stack, shared = compiled(*launch, dtype, wide, capability)
    assert 0 < registers <= 255 and stack <= spilled and shared <= room, (launch, registers, stack, shared)


@pytest.mark.parametrize("kind", [kinds.TANH, kinds.LSTM, kinds.GRU], ids=lambda kind: kind.name)
@pytest.mark.parametrize("way", ["steps", "early", "persistent"])
def test_the_kernels_of_a_middle_size(kind, way):
    for back in (False, True):
        fits(step_launch(kind, 64, 512, torch.bfloat16, "ieee", way, back), torch.bfloat16, kind.wide)


@pytest.mark.parametrize("back", [False, True], ids=["forward", "backward"])
def test_the_rows_of_the_layer_norm_lstm(back):
    launch = row_launch(512, back)
    fine = {"gates", "normal"}  # float16, where this takes bfloat16: as large
    assert fine == kinds.NORMED_LSTM.fine
    fits(launch, torch.bfloat16, kinds.NORMED_LSTM.wide)


def test_the_product_of_the_layer_norm_lstm():
    import triton.language as tl

    from rnn_core.kernels.normed_lstm_steps import multiply
    from rnn_core.kernels.plans import Work, steps_plan

    plan = steps_plan(Work(64, 2048, 1, 512, 2), 132)
    constants = {"K": 512, "COLUMNS": 2048, "KIND": tl.float32, "PRECISION": "ieee", "EARLY": True, **plan.constants}
    fits((multiply, constants, plan.options | {"launch_pdl": True}), torch.bfloat16, {"sums"})


def test_too_much_is_noticed():
    kernel, constants, options = step_launch(kinds.LSTM, 64, 512, torch.bfloat16, "ieee", "persistent", False)
    with pytest.raises(AssertionError):
        fits((kernel, constants | {"ROWS": 64, "UNITS": 64}, options), torch.bfloat16, kinds.LSTM.wide)


def test_launches_as_the_modules_make_them():
    """20 steps of each cell, no kernel in two versions: compiling anew for another t would take seconds a step."""
    command = [sys.executable, "-m", "tests.rnn_core.kernels.launched"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    wanted = []
    for name in MODULES:
        for way in ("steps", "early", "persistent"):
            path, times = ("persistent", 1) if way == "persistent" and name != "layer-norm" else ("launches", 20)
            kernels = {f"{name}_backward": [times], f"{name}_forward": [times]}
            if name == "layer-norm":  # one version of the product ahead, one back
                kernels = {"multiply": [20, 20], "row_backward": [20], "row_forward": [20]}
            wanted.append(f"{name} {way} {path} {kernels}")
    assert run.stdout.splitlines() == wanted


@pytest.mark.full
@pytest.mark.parametrize("kind", [kinds.TANH, kinds.LSTM, kinds.GRU], ids=lambda kind: kind.name)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_all_sizes_and_numbers(kind, size):
    for dtype, precision in NUMBERS:
        for way in ("steps", "persistent"):
            for back in (False, True):
                launch = step_launch(kind, *size, dtype, precision, way, back)
                if launch is not None:
                    fits(launch, dtype, kind.wide, spilled=32)


@pytest.mark.full
@pytest.mark.parametrize("kind", [kinds.TANH, kinds.LSTM, kinds.GRU], ids=lambda kind: kind.name)
@pytest.mark.parametrize("size", [(64, 512), (16, 4096), (512, 1024)], ids=str)
def test_a_smaller_gpu(kind, size):
    """An RTX 3090: with large batches and many units numbers spill, which costs time; more memory would be an error."""
    for way in ("steps", "persistent"):
        for back in (False, True):
            launch = step_launch(kind, *size, torch.bfloat16, "ieee", way, back, sms=82, shared=91 * 1024)
            if launch is not None:
                fits(launch, torch.bfloat16, kind.wide, spilled=1024, room=99 * 1024, capability=86)


@pytest.mark.full
@pytest.mark.parametrize("H", [64, 200, 1024, 2048, 4096])
def test_long_rows(H):
    for back in (False, True):
        fits(row_launch(H, back), torch.bfloat16, kinds.NORMED_LSTM.wide, spilled=512)
