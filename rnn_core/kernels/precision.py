"""In which numbers the kernels compute, and torch's products beside them.

| what                                     | float32, "ieee" | float32, "tf32"      | bfloat16 (or float16) |
|------------------------------------------|-----------------|----------------------|-----------------------|
| x, h, W, gradients at sums               | float32         | float32              | bfloat16              |
| what is kept of gates (all below 128)    | float32         | float32              | float16               |
| what a product reads of them             | all 24 bits     | 11 bits, rounded     | all 8 bits            |
| sums, gates while computed, c, dc, the   |                 |                      |                       |
| GRU's state, means and variances         | float32         | float32              | float32               |
"""

from contextlib import contextmanager

import torch

from rnn_core.errors import RangeError
from rnn_core.kernels.available import INTERPRETED

PRECISIONS = "ieee", "tf32", "tf32x3"  # the last: three products of 11 bits each, nearly as exact as all 24


def check_precision(precision):
    """Raises: RangeError unless it is one of `PRECISIONS`."""
    if precision not in PRECISIONS:
        raise RangeError(f"precision: expected one of {', '.join(PRECISIONS)}, got {precision}")


def kernel_precision(dtype, precision):
    """What the kernels' products are told: bfloat16 and float16 have nothing to choose."""
    if dtype in (torch.bfloat16, torch.float16):
        return "upcast" if INTERPRETED and dtype == torch.bfloat16 else "ieee"
    return precision


def wide(dtype):
    """The type of sums and cells."""
    return torch.promote_types(dtype, torch.float32)


def fine(dtype):
    """The type of what is kept of gates: with bfloat16's 8 bits of them every gradient would be twice as far off."""
    return torch.float16 if dtype == torch.bfloat16 else dtype


@contextmanager
def torch_products(precision):
    """torch's own products, and no autocast, in the same precision as the kernels'."""
    matmul = torch.backends.cuda.matmul
    name = "fp32_precision" if hasattr(matmul, "fp32_precision") else "allow_tf32"  # the newer name and the older
    wanted = precision == "tf32"
    before = getattr(matmul, name)
    setattr(matmul, name, ("tf32" if wanted else "ieee") if name == "fp32_precision" else wanted)
    try:
        with torch.autocast("cuda", enabled=False), torch.autocast("cpu", enabled=False):
            yield
    finally:
        setattr(matmul, name, before)


def round_to_tf32(W):
    """float32 with 10 bits after the leading one, rounded to the nearest; other types, and NaN, as they are."""
    if W.dtype != torch.float32:
        return W
    near = ((W.contiguous().view(torch.int32) + 0x1000) & -0x2000).view(torch.float32)
    return torch.where(W == W, near, W)  # a GPU writes NaN with all bits set, of which the sum makes 0
