"""The modules' own launches with a driver that has no GPU: each kernel is compiled as it would be launched, not run.

What a call of `compiling` makes up, the types of arguments and their names, comes here from the launch itself. Run by
`test_compiled`, in a process of its own, since a driver is chosen once. It prints how often which kernel was
launched, and in how many versions.
"""

from collections import Counter

import torch
from triton.backends.compiler import GPUTarget
from triton.runtime import driver
from triton.runtime.jit import JITFunction

from rnn_core.kernels import kinds, modules, recurrence

from .checks import MODULES
from .compiling import SMS


class Driver:
    """As much of one as compiling asks for."""

    def get_current_target(self):
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self):
        return 0

    def get_current_stream(self, device=None):
        return 0


def compile_only(kernel, grid):
    def launch(*args, **kwargs):
        versions.setdefault(kernel.fn.__name__, Counter())[id(kernel.warmup(*args, grid=grid, **kwargs))] += 1

    return launch


driver.set_active(Driver())
JITFunction.__getitem__ = compile_only
modules.why_not = lambda x, H: None
recurrence.can_stand_by = lambda device: True
kinds.chip = lambda device: (SMS,)

for name, cls in MODULES.items():
    for way in ("steps", "early", "persistent"):
        versions = {}
        module = cls(24, 64, dtype=torch.bfloat16, way=way)
        h, _ = module(torch.randn(20, 5, 24, dtype=torch.bfloat16), mask=torch.ones(5, 20))
        h.sum().backward()
        counts = {kernel: sorted(each.values()) for kernel, each in sorted(versions.items())}
        print(name, way, module.path, counts)
