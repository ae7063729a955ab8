"""What is found by itself: device and precision, whatever machine this is, and settings that are put back."""

import os

import pytest
import torch

from rnn_core.errors import RangeError
from rnn_core.torch_train import PROFILES, Profile, choose, find_device
from rnn_core.torch_train.device import autocast, computing, find_precision, loss_scaler

from .runs import make_model, profile, train


@pytest.fixture
def machine(monkeypatch):
    """Pretend to have these devices."""

    def have(cuda=False, mps=False, bf16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        monkeypatch.setattr(
            torch.cuda, "is_bf16_supported", lambda including_emulation=True: bf16 or including_emulation
        )

    return have


def test_the_device_is_found(machine):
    machine(cuda=True, mps=True)
    assert find_device() == torch.device("cuda", 0) and find_device(local_rank=3) == torch.device("cuda", 3)
    assert find_device("cpu") == torch.device("cpu")
    machine(mps=True)
    assert find_device() == torch.device("mps")
    machine()
    assert find_device() == torch.device("cpu")
    for wanted in ("cuda", "mps", "tpu"):
        with pytest.raises(RangeError, match=rf"device: expected auto or what torch finds here \(cpu\), got {wanted}"):
            find_device(wanted)


def test_the_precision_is_found(machine):
    gpu, cpu = torch.device("cuda"), torch.device("cpu")
    machine(cuda=True)
    assert find_precision("auto", gpu) == "bf16"
    machine(cuda=True, bf16=False)  # torch would imitate it there, slowly
    assert find_precision("auto", gpu) == "fp16" and find_precision("fp32", gpu) == "fp32"
    assert find_precision("auto", cpu) == find_precision("auto", torch.device("mps")) == "fp32"
    assert find_precision("bf16", cpu) == "bf16"
    with pytest.raises(RangeError, match="precision: expected auto, fp32, tf32, bf16, fp16, got fp8"):
        find_precision("fp8", cpu)


def test_products_are_in_the_precision_and_weights_are_not():
    layer, x, cpu = torch.nn.Linear(3, 2), torch.ones(1, 3), torch.device("cpu")
    for precision, dtype in {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}.items():
        with autocast(cpu, precision):
            assert layer(x).dtype == dtype and layer.weight.dtype == torch.float32
        assert loss_scaler(cpu, precision).is_enabled() == (precision == "fp16")


def test_bf16_on_the_processor_is_near_fp32():
    runs = [train(make_model(dtype=torch.float32), precision=p, steps=5)[2] for p in ("fp32", "bf16")]
    assert runs[0].loss != runs[1].loss and runs[1].loss == pytest.approx(runs[0].loss, rel=1e-2)


def test_settings_hold_within_a_run_and_are_put_back(monkeypatch):
    gpu, places = torch.device("cuda"), (torch.backends.cuda.matmul, torch.backends.cudnn.rnn)
    before = [place.fp32_precision for place in places]
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    with pytest.raises(ZeroDivisionError), computing(gpu, "tf32", deterministic=True):
        assert {place.fp32_precision for place in places} == {"tf32"}
        assert torch.are_deterministic_algorithms_enabled() and torch.get_deterministic_debug_mode() == 2
        raise ZeroDivisionError
    assert [place.fp32_precision for place in places] == before and not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_deterministic_algorithms_warn_only_enabled()
    with computing(gpu, "fp32"):
        assert {place.fp32_precision for place in places} == {"ieee"}
    for device, precision in ((gpu, "bf16"), (torch.device("cpu"), "fp32")):  # nothing to choose
        with computing(device, precision):
            assert [place.fp32_precision for place in places] == before


def test_a_run_has_the_threads_that_it_asks_for():
    seen = []
    train(steps=1, threads=3, on_step=lambda *_: seen.append(torch.get_num_threads()))
    assert seen == [3] and torch.get_num_threads() == 1


def test_cublas_is_told_in_time_or_an_error_says_so(monkeypatch):
    gpu, name = torch.device("cuda"), "CUBLAS_WORKSPACE_CONFIG"
    monkeypatch.setenv(name, ":4096:8")
    with computing(gpu, "fp32", deterministic=True):
        assert os.environ[name] == ":4096:8"
    monkeypatch.delenv(name)
    with computing(gpu, "fp32"):
        assert name not in os.environ
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    with pytest.raises(RangeError, match=f"expected {name}=:16:8 set before CUDA"), computing(gpu, "fp32", True):
        pass
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    with computing(gpu, "fp32", deterministic=True):
        assert os.environ[name] == ":16:8"
    monkeypatch.delenv(name)


def test_a_run_tells_cublas_before_it_moves_the_model(machine, monkeypatch):
    """The model on the GPU would be the beginning of CUDA: too late."""
    name, told = "CUBLAS_WORKSPACE_CONFIG", []
    machine(cuda=True)
    monkeypatch.setenv(name, "")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: told.append(os.environ[name]) or True)
    model = make_model()

    def move(device):
        told.append(os.environ[name])
        raise ZeroDivisionError

    monkeypatch.setattr(model, "to", move)
    with pytest.raises(ZeroDivisionError):
        train(model, device="auto", deterministic=True)
    assert told == [":16:8"] * 2


def test_profiles_have_names_and_say_what_differs(machine):
    laptop, gpu = PROFILES["laptop"], PROFILES["gpu"]
    machine(cuda=True)
    assert choose() is gpu and choose("laptop") is laptop
    machine(mps=True)
    assert choose() is laptop
    with pytest.raises(RangeError, match="profile: expected one of laptop, gpu, got phone"):
        choose("phone")
    told = laptop.differences(gpu)
    assert told["H"] == (laptop.H, gpu.H) and told["name"] == ("laptop", "gpu") and "device" not in told
    assert laptop.seconds < 60 and laptop.differences(laptop) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"H": 0}, "H: expected at least 1, got 0"),
        ({"parts": 7}, "parts: expected at most the 6 rows of a batch, got 7"),
        ({"clip": 0.0}, "clip: expected a number above 0, got 0.0"),
        ({"lr": -1}, "lr: expected a number above 0, got -1"),
        ({"steps": None}, "expected steps or seconds as a limit, got neither"),
        ({"precision": "fp8"}, "precision: expected auto, fp32"),
    ],
)
def test_what_is_no_profile_is_refused(changes, said):
    with pytest.raises(RangeError, match=said):
        profile(**changes)
    assert isinstance(profile(), Profile)
