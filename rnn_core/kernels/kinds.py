"""What the engine has to know of each cell: its arrays, its launches, the input's part, and what its gradient gives.

`kept` are the arrays of one call that its gradient reads again, `lent` those that only a gradient needs: any other may
use them after it. Shapes are written with the letters of the sizes: "T", "N", "H"; "4H" is 4 H, "T+1" one more than T.
`wide` arrays are float32 and `fine` ones float16 where x is bfloat16.
"""

from typing import NamedTuple

import torch

from rnn_core.kernels.plans import Work, chip, persistent_plan, steps_plan
from rnn_core.kernels.precision import fine, kernel_precision, wide
from rnn_core.normalisation import EPS

GAINS = {"gain_x": "4H", "gain_h": "4H", "b": "4H", "gain_c": "H", "b_c": "H"}  # of the layer-norm LSTM


class Sizes(NamedTuple):
    """What the arrays and the launches of a call depend on."""

    T: int
    N: int
    H: int
    dtype: torch.dtype
    device: torch.device
    masked: bool
    precision: str

    def array(self, shape, dtype):
        """An array of the shape that is written so; it holds NaN, so that what is forgotten is seen."""
        known = {"H": self.H, "T": self.T, "T+1": self.T + 1, "N": self.N} | {f"{G}H": G * self.H for G in (1, 3, 4)}
        return torch.full([known[each] for each in shape.split()], float("nan"), dtype=dtype, device=self.device)


class Kind:
    """tanh, LSTM and GRU: the kernels `forward` and `backward` do a whole step, one launch each."""

    wide = frozenset({"c", "dc", "held", "state", "b_n", "u_n"})
    fine = frozenset()
    summed = ()  # what steps add their share to

    def __init__(self, name, blocks, states, kept, lent):
        self.name, self.blocks, self.states = name, blocks, states
        self.kept = {"inputs": f"T N {blocks}H", "W": f"{blocks}H H", "h": "T+1 N H"} | kept
        self.lent = {"dh": "T N H", "da": f"T+1 N {blocks}H", "W_T": f"H {blocks}H", "held": "N H"} | lent

    def arrays(self, sizes, shapes):
        types = dict.fromkeys(self.wide, wide(sizes.dtype)) | dict.fromkeys(self.fine, fine(sizes.dtype))
        return {name: sizes.array(shape, types.get(name, sizes.dtype)) for name, shape in shapes.items()}

    def call_arrays(self, sizes):
        """What is kept of a call, the mask, and the barrier's counter."""
        arrays = self.arrays(sizes, self.kept)
        arrays.setdefault("gates", arrays["inputs"].view(fine(sizes.dtype)))  # written where the inputs were
        runs = torch.ones(sizes.T, sizes.N, dtype=torch.uint8, device=sizes.device)
        return arrays | {"runs": runs, "arrived": torch.zeros(1, dtype=torch.int32, device=sizes.device)}

    def kernels(self):
        """Imported when they are needed: without Triton the package can still be imported."""
        from rnn_core.kernels import gru_steps, lstm_steps, tanh_steps

        steps = {"tanh": tanh_steps, "lstm": lstm_steps, "gru": gru_steps}[self.name]
        return getattr(steps, f"{self.name}_forward"), getattr(steps, f"{self.name}_backward")

    def launcher(self, sizes, arrays, back, way):
        """The function that does all steps, ahead or back; None if a persistent one does not fit this machine."""
        persistent = way == "persistent"
        cut = persistent_plan if persistent else steps_plan
        kernel, plan = self.kernels()[back], cut(self.work(sizes, back), *chip(sizes.device))
        if plan is None:
            return None
        constants = {"HELD": False, "PROGRAMS": 1, **plan.constants, **self.constants(sizes, way)}
        options = self.options(plan.options, way)
        order = reversed(range(sizes.T)) if back else range(sizes.T)
        calls = [(sizes.T - 1 if back else 0, sizes.T)] if persistent else [(t, 1) for t in order]

        def launch():
            given = {name: arrays[name] for name in kernel.arg_names if name in arrays}
            if persistent:
                arrays["arrived"].zero_()
            for t, steps in calls:
                kernel[(plan.programs,)](t, steps, sizes.N, **given, **constants, **options)

        return launch

    def work(self, sizes, back):
        """One step's product; three gates take the room of four."""
        G, H = self.blocks, sizes.H
        columns, K = (1, G * H) if back else (1 if G == 1 else 4, H)
        return Work(sizes.N, H, columns, K, sizes.dtype.itemsize)

    def constants(self, sizes, way):
        import triton.language as tl

        precision = kernel_precision(sizes.dtype, sizes.precision)
        kind = tl.float64 if wide(sizes.dtype) == torch.float64 else tl.float32
        return {"H": sizes.H, "KIND": kind, "MASKED": sizes.masked, "PRECISION": precision, "EARLY": way == "early"}

    def options(self, options, way):
        """Those of a launch, which the interpreter does not know, and of an early one."""
        return options | {"launch_pdl": True} if way == "early" else options

    def project(self, arrays, x, W_ih, b):
        """Write the input's part of all sums: x (T N, D) times W_ih (G H, D), and the bias."""
        torch.addmm(b, x, W_ih.T, out=arrays["inputs"].flatten(0, 1))

    def gather(self, arrays):
        """The gradients when all steps are back. Returns: that at the input's sums (T N, G H), dW_hh, the biases'."""
        da = arrays["da"][:-1].flatten(0, 1)
        return da, da.T @ arrays["h"][:-1].flatten(0, 1), da.sum(0)


class GRUKind(Kind):
    """r multiplies b_h's last block, so that this one stays out of the input's part."""

    def project(self, arrays, x, W_ih, b_x, b_h):
        H = len(b_h) // 3
        b = torch.cat([b_x[: 2 * H] + b_h[: 2 * H], b_x[2 * H :]])
        torch.addmm(b, x, W_ih.T, out=arrays["inputs"].flatten(0, 1))
        arrays["b_n"].copy_(b_h[2 * H :])
        arrays["state"].copy_(arrays["h"][0])

    def gather(self, arrays):
        da, dW_hh, db_h = super().gather(arrays)
        da[:, 2 * len(arrays["b_n"]) :] = arrays["da_n"].flatten(0, 1)  # the one part in which x W_ih and h W_hh differ
        return da, dW_hh, da.sum(0), db_h


class NormedLSTMKind(Kind):
    """Two launches a step: the product, and the rows."""

    wide = Kind.wide | {"sums", "scale", "back_sums", "gain_x", "gain_h", "b", "gain_c", "b_c"}
    summed = tuple(f"d{name}" for name in GAINS)
    wide |= set(summed)
    fine = frozenset({"gates", "normal"})

    def kernels(self):
        from rnn_core.kernels import normed_lstm_steps as steps

        return steps.row_forward, steps.row_backward

    def launcher(self, sizes, arrays, back, way):
        if way == "persistent":
            return None
        from rnn_core.kernels.normed_lstm_steps import multiply

        N, H = sizes.N, sizes.H
        row, constants = self.kernels()[back], self.constants(sizes, way)
        K, columns = (4 * H, H) if back else (H, 4 * H)
        plan = steps_plan(Work(N, columns, 1, K, sizes.dtype.itemsize), *chip(sizes.device))
        product = {"K": K, "COLUMNS": columns, "KIND": constants["KIND"], "PRECISION": constants.pop("PRECISION")}
        product |= {"EARLY": constants["EARLY"], **plan.constants}
        constants |= {"WIDTH": self.width(H), "EPS": EPS}
        options = self.options(plan.options, way)
        row_options = options and options | {"num_warps": self.warps(H)}

        def launch():
            source, W, sums = (arrays[name] for name in (("da", "W_T", "back_sums") if back else ("h", "W", "sums")))
            given = {name: arrays[name] for name in row.arg_names if name in arrays} | {"sums": sums}
            for t in reversed(range(sizes.T)) if back else range(sizes.T):
                multiply[(plan.programs,)](t + back, N, source, W, sums, **product, **options)
                row[(N,)](t, N, **given, **constants, **row_options)

        return launch

    def width(self, H):
        """The power of two that reaches H: a program holds a row of so many units."""
        return max(16, 1 << (H - 1).bit_length())

    def warps(self, H):
        """Four, or more for long rows: up to 8 units of each array are held by a thread."""
        return min(16, max(4, self.width(H) // 256))

    def project(self, arrays, x, W_ih, *gains):
        torch.mm(x, W_ih.T, out=arrays["inputs"].flatten(0, 1))
        for name, each in zip(GAINS, gains, strict=True):
            arrays[name].copy_(each)

    def gather(self, arrays):
        du = arrays["da"][:-1].flatten(0, 1)
        sums = [arrays[f"d{name}"].sum(0) for name in GAINS]
        return arrays["dx"].flatten(0, 1), du.T @ arrays["h"][:-1].flatten(0, 1), *sums


TANH = Kind("tanh", 1, ("h",), {}, {})
LSTM = Kind("lstm", 4, ("h", "c"), {"c": "T+1 N H"}, {"dc": "N H"})
GRU = GRUKind("gru", 3, ("h",), {"u_n": "T N H", "b_n": "H", "state": "N H"}, {"da_n": "T N H"})
NORMED_LSTM = NormedLSTMKind(
    "normed_lstm",
    4,
    ("h", "c"),
    {"gates": "T N 4H", "c": "T+1 N H", "sums": "N 4H", "normal": "T N 4H", "scale": "T N"} | GAINS,
    {"dc": "N H", "dx": "T N 4H", "back_sums": "N H"} | {f"d{name}": f"N {shape}" for name, shape in GAINS.items()},
)
