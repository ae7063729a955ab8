"""What a run computes on and how exactly: found by itself, or as asked for.

Source of mixed precision: Micikevicius et al. (2018), Mixed precision training.
"""

import contextlib
import os

import torch

from rnn_core.errors import RangeError

PRECISIONS = ("fp32", "tf32", "bf16", "fp16")


def find_device(wanted="auto", local_rank=0):
    """Choose what to compute on: with "auto" an NVIDIA GPU, else Apple's, else the processor.

    Where several processes share a machine, number `local_rank` takes the GPU of that number.

    Returns: torch.device. Raises: RangeError for another word, or for one that this machine does not have.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        wanted = next(kind for kind in there if there[kind])
    if not there.get(wanted):
        found = ", ".join(kind for kind in there if there[kind])
        raise RangeError(f"device: expected auto or what torch finds here ({found}), got {wanted}")
    return torch.device(wanted, local_rank) if wanted == "cuda" else torch.device(wanted)


def find_precision(wanted, device):
    """Choose how exactly to compute: with "auto" bf16 on an NVIDIA GPU, fp16 on one without bf16, else fp32.

    Returns: a word of PRECISIONS. Raises: RangeError for another word.
    """
    if wanted == "auto":
        if device.type != "cuda":
            return "fp32"
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if wanted not in PRECISIONS:
        raise RangeError(f"precision: expected auto, {', '.join(PRECISIONS)}, got {wanted}")
    return wanted


def autocast(device, precision):
    """A context in which products are computed in 16 bits, if the precision says so; the weights keep their type."""
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision)
    return torch.autocast(device.type, dtype) if dtype else contextlib.nullcontext()


def loss_scaler(device, precision):
    """What keeps small gradients in fp16 from becoming 0: the loss times a factor that adapts itself.

    bf16 has the range of fp32 and needs none. The factor begins small, since it multiplies a sum over many tokens
    where torch's own beginning, 65536, is meant for a mean.

    Returns: torch.amp.GradScaler, which does nothing but in fp16.
    """
    return torch.amp.GradScaler(device.type, init_scale=16.0, enabled=precision == "fp16")


@contextlib.contextmanager
def computing(device, precision, deterministic=False, threads=None):
    """A context in which a GPU's products of fp32 numbers are in TF32 or exact, as said, and a run can be repeated.

    torch begins with recurrent layers in TF32 and other products exact. With `deterministic` an operation that can not
    give the same bits twice raises RuntimeError. The processor works with so many `threads`, if that is said.

    Raises: RangeError as `repeatable_products`.
    """
    if deterministic:
        repeatable_products(device)
    chosen = device.type == "cuda" and precision in ("fp32", "tf32")
    places = (torch.backends.cuda.matmul, torch.backends.cudnn.rnn) if chosen else ()
    before = [place.fp32_precision for place in places]
    had = torch.get_num_threads()
    was, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        for place in places:
            place.fp32_precision = "tf32" if precision == "tf32" else "ieee"
        if threads is not None:
            torch.set_num_threads(threads)
        if deterministic:
            torch.use_deterministic_algorithms(True)
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.fp32_precision = value
        torch.use_deterministic_algorithms(was, warn_only=warned)
        torch.set_num_threads(had)


def repeatable_products(device):
    """Tell cuBLAS, before anything is on the GPU, since it reads this when it begins.

    The value is one that both it and cuDNN's recurrent layers accept.
    Raises: RangeError where CUDA has begun without it.
    """
    name, accepted = "CUBLAS_WORKSPACE_CONFIG", (":16:8", ":4096:8")
    if device.type != "cuda" or os.environ.get(name) in accepted:
        return
    if torch.cuda.is_initialized():
        raise RangeError(f"deterministic: expected {name}=:16:8 set before CUDA is used, got {os.environ.get(name)}")
    os.environ[name] = ":16:8"
