"""How the work is cut into programs: tiles, warps, and what fits on the chip.

In a step a program reads a tile of h and a tile of the weights from the second cache, and that takes longer than the
arithmetic: so the tiles are chosen that let the busiest multiprocessor read least. At H 512, N 64 on 132
multiprocessors these are 32 rows times 8 units of four gates each: 128 programs, of which each reads 64 rows of H
numbers; 32 times 32 would leave 100 multiprocessors idle, and let the others read 160 rows.
"""

from itertools import product
from typing import NamedTuple

import torch

from rnn_core.kernels.available import INTERPRETED

SHARED = 200 * 1024  # bytes of a multiprocessor that one program takes at most; an H100 would give 227 KB
HELD_BY_A_WARP = 16 * 1024  # bytes of weights; with more, registers spill into memory
LINE = 256  # bytes of a row that are fetched at once: two lines of the cache


class Plan(NamedTuple):
    """The number of programs, the kernel's constants, and the options of its launch."""

    programs: int
    constants: dict
    options: dict


class Work(NamedTuple):
    """One step's product: N rows, H units with so many `columns` each, sums over K, numbers of `size` bytes."""

    N: int
    H: int
    columns: int
    K: int
    size: int


def steps_plan(work, sms, shared=SHARED):
    """For one launch a step: the tiles that need least reading; the weights are read anew in every step."""
    if INTERPRETED:
        return _plan(work, 16, 16, 16, {}, options={})
    ROWS, UNITS = min(_tiles(work), key=lambda tile: _reading(work, *tile, sms))
    options = {"num_warps": _warps(ROWS * UNITS * work.columns)}
    return _plan(work, ROWS, UNITS, _sum(work), {}, options | {"num_stages": _stages(work, ROWS, UNITS, 4, shared)})


def persistent_plan(work, sms, shared=SHARED):
    """For one launch for all steps: no more programs than multiprocessors. None if there is no such tiling.

    The weights are held on the chip if they fit beside the states that are read; if not, each step reads them anew.
    """
    if INTERPRETED:  # one program: the interpreter runs programs one after another, and a barrier would hang
        fixed = {"HELD": True, "PROGRAMS": 1}
        return _plan(work, _power(work.N), _power(work.H), _power(work.H), fixed, options={})
    fitting = [tile for tile in _tiles(work) if _programs(work, *tile) <= sms]
    if not fitting:
        return None
    H, options = _power(work.H), {"num_warps": 8 if work.size > 2 else 4, "launch_cooperative_grid": True}
    per_unit = work.columns * work.K * work.size  # bytes of weights
    held = [(R, U) for R, U in fitting if R <= 64 and U * per_unit + R * H * work.size <= shared]
    held = [(R, U) for R, U in held if U * per_unit <= HELD_BY_A_WARP * options["num_warps"]]
    if held and (work.size == 2 or work.columns > 1):  # float32, on the way back, would not fit into the registers
        ROWS, UNITS = min(held)  # the fewest rows of the state to read, then the fewest weights to hold
        fixed = {"HELD": True, "PROGRAMS": _programs(work, ROWS, UNITS)}
        return _plan(work, ROWS, UNITS, H, fixed, options | {"num_stages": 1})
    ROWS, UNITS = min(fitting, key=lambda tile: _reading(work, *tile, sms))
    fixed = {"HELD": False, "PROGRAMS": _programs(work, ROWS, UNITS)}
    options["num_warps"] = max(options["num_warps"], _warps(ROWS * UNITS * work.columns))
    options["num_stages"] = _stages(work, ROWS, UNITS, 3, shared)
    return _plan(work, ROWS, UNITS, _sum(work), fixed, options)


def chip(device):
    """How many multiprocessors there are, 1 on the CPU, and the bytes of one that a program may take."""
    if device.type != "cuda":
        return 1, SHARED
    found = torch.cuda.get_device_properties(device)
    offered = getattr(found, "shared_memory_per_block_optin", SHARED)
    return found.multi_processor_count, min(SHARED, offered - 8 * 1024)  # the compiler needs some for itself


def _tiles(work):
    """Rows times units, of which a product of tensor cores takes 16 rows and 16 columns at least."""
    units = [U for U in (4, 8, 16, 32, 64) if U * work.columns >= 16]
    return [(R, U) for R, U in product((16, 32, 64, 128), units) if R * U * work.columns <= 8192]


def _sum(work):
    """Over how many numbers a product sums at a time."""
    return min(LINE // work.size, _power(work.K))


def _stages(work, ROWS, UNITS, most, shared):
    """How many such pieces are on their way at once; with two, there is room for one of them beside the other."""
    return max(2, min(most, shared // ((ROWS + UNITS * work.columns) * _sum(work) * work.size)))


def _warps(numbers):
    """Of a tile of so many numbers: with more than 16 for each thread, sums spill."""
    return 8 if numbers >= 2048 else 4


def _programs(work, ROWS, UNITS):
    return -(-work.N // ROWS) * -(-work.H // UNITS)


def _reading(work, ROWS, UNITS, sms):
    """The rows that the busiest multiprocessor reads in a step, and, of equals, the smaller tile."""
    rounds = -(-_programs(work, ROWS, UNITS) // sms)
    return rounds * (ROWS + UNITS * work.columns), ROWS * UNITS


def _power(size):
    """The power of two that reaches `size`, at least 16."""
    return max(16, 1 << (size - 1).bit_length())


def _plan(work, ROWS, UNITS, SUM, constants, options):
    return Plan(_programs(work, ROWS, UNITS), {"ROWS": ROWS, "UNITS": UNITS, "SUM": SUM, **constants}, options)
