"""Can the kernels run here? Triton is imported by this module and by those of the kernels only."""

import importlib.util
import os

import torch

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"  # Triton's interpreter: kernels on the CPU, for tests
os.environ.setdefault("TRITON_DEFAULT_FP_FUSION", "1")  # a product and a sum in one go, as ever; 3.9 wants it said
TYPES = torch.float32, torch.bfloat16, torch.float16


def can_stand_by(device):
    """Can a launch stand by while the one before it ends?"""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (9, 0)


def why_not(x, H):
    """What stands against the kernels for this input, in a few words; None if nothing does."""
    if importlib.util.find_spec("triton") is None:
        return "Triton is not installed"
    if x.numel() == 0:
        return "there is nothing to compute"
    if INTERPRETED:
        return None
    if x.device.type != "cuda":
        return f"the input is on the {x.device.type}, not on a CUDA device"
    if torch.version.cuda is None or torch.cuda.get_device_capability(x.device) < (8, 0):
        return "the device is not an NVIDIA GPU of compute capability 8.0 or more"
    if x.dtype not in TYPES:
        return f"there is no kernel for {x.dtype}"
    if x.device.index != torch.cuda.current_device():
        return f"the input is on {x.device}, which is not the current device"
    if H > 4096:
        return f"H is {H}, more than 4096"
    return None
