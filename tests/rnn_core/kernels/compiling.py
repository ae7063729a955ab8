"""Kernels compiled for an H100 on a machine that has none: Triton brings the assembler along."""

import re
import subprocess
import tempfile
from pathlib import Path

import torch

SMS = 132  # multiprocessors of an H100 and an H200
POINTERS = {torch.bfloat16: "*bf16", torch.float16: "*fp16", torch.float32: "*fp32"}


def compiled(kernel, constants, options, dtype, wide, capability=90):
    """Compile for a compute capability, times ten.

    Returns: registers of a thread, bytes that did not fit into them (spilled), and bytes of shared memory.
    """
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    def type_of(name):
        if name in constants:
            return "constexpr"
        fixed = {"runs": "*u8", "arrived": "*i32"} | dict.fromkeys(("t", "steps", "N"), "i32")
        return fixed.get(name) or POINTERS[torch.float32 if name in wide else dtype]

    types = {name: type_of(name) for name in kernel.arg_names}
    places = {name: (k,) for k, name in enumerate(kernel.arg_names)}
    aligned = {places[name]: [["tt.divisibility", 16]] for name, type in types.items() if type.startswith("*")}
    source = ASTSource(kernel, types, {places[name]: value for name, value in constants.items()}, aligned)
    built = triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options)
    return *usage(built.asm["cubin"]), built.metadata.shared


def usage(cubin):
    """Registers of a thread, and bytes of its stack, as the assembler's own tool reads them."""
    import triton

    tool = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kernel.cubin")
        path.write_bytes(cubin)
        text = subprocess.run([tool, "-res-usage", path], capture_output=True, text=True, check=True).stdout
    registers, stack = re.search(r"REG:(\d+) STACK:(\d+)", text).groups()
    return int(registers), int(stack)


def step_launch(kind, N, H, dtype, precision, way, back, sms=SMS, **room):
    """What a launch of a step kernel is compiled with: kernel, constants, options. None where it does not fit.

    room: `shared`, the bytes of a multiprocessor, where they are others than an H100's.
    """
    from rnn_core.kernels.kinds import Sizes
    from rnn_core.kernels.plans import persistent_plan, steps_plan

    sizes = Sizes(4, N, H, dtype, torch.device("cpu"), True, precision)
    plan = (persistent_plan if way == "persistent" else steps_plan)(kind.work(sizes, back), sms, **room)
    if plan is None:
        return None
    return (
        kind.kernels()[back],
        {"HELD": False, "PROGRAMS": 1, **plan.constants, **kind.constants(sizes, way)},
        kind.options(plan.options, way),
    )


def row_launch(H, back):
    """The same for the layer-norm LSTM's rows."""
    from rnn_core.kernels.kinds import NORMED_LSTM, Sizes
    from rnn_core.normalisation import EPS

    sizes = Sizes(4, 64, H, torch.bfloat16, torch.device("cpu"), True, "ieee")
    constants = NORMED_LSTM.constants(sizes, "early") | {"EPS": EPS, "WIDTH": NORMED_LSTM.width(H)}
    del constants["PRECISION"]
    return NORMED_LSTM.kernels()[back], constants, NORMED_LSTM.options({"num_warps": NORMED_LSTM.warps(H)}, "early")
