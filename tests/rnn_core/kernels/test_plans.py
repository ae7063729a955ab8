"""How the work is cut: every row and unit once, no more programs than fit, and the least reading."""

from itertools import product

import pytest

from rnn_core.kernels import available
from rnn_core.kernels.plans import SHARED, Work, _tiles, persistent_plan, steps_plan

pytestmark = pytest.mark.skipif(available.INTERPRETED, reason="the interpreter has plans of its own")
SMS = 132
WORKS = [
    Work(N, H, columns, K * H, size)
    for (N, H), (columns, K), size in product(
        [(64, 512), (128, 1024), (1, 512), (512, 512), (5, 7), (30, 200), (64, 4096), (16, 4096)],
        [(4, 1), (1, 4), (1, 1)],
        [2, 4],
    )
]


def is_power(n):
    return n & (n - 1) == 0


@pytest.mark.parametrize("work", WORKS, ids=str)
@pytest.mark.parametrize("plan", [steps_plan, persistent_plan])
@pytest.mark.parametrize(("sms", "shared"), [(SMS, SHARED), (82, 91 * 1024)], ids=["H100", "RTX 3090"])
def test_tiles_cover_everything_and_fit(work, plan, sms, shared):
    found = plan(work, sms, shared)
    if found is None:
        assert plan is persistent_plan and all(sms < -(-work.N // R) * -(-work.H // U) for R, U in _tiles(work))
        return
    ROWS, UNITS, SUM = (found.constants[name] for name in ("ROWS", "UNITS", "SUM"))
    assert found.programs == -(-work.N // ROWS) * -(-work.H // UNITS)
    assert ROWS >= 16 and UNITS * work.columns >= 16 and SUM >= 16  # what tensor cores take at least
    assert is_power(ROWS) and is_power(UNITS) and is_power(SUM)
    if plan is persistent_plan:
        assert found.programs == found.constants["PROGRAMS"] <= sms
        assert found.options["launch_cooperative_grid"] is True
    if found.constants.get("HELD"):
        assert SUM >= work.H and found.options["num_stages"] == 1  # nothing may be read before the barrier
    else:
        one, stages = (ROWS + UNITS * work.columns) * SUM * work.size, found.options["num_stages"]
        assert one * stages <= shared or (stages == 2 and one <= shared)  # of two, one is in registers


def test_the_tile_that_the_docstring_names():
    plan = steps_plan(Work(64, 512, 4, 512, 2), SMS)
    assert (plan.programs, plan.constants["ROWS"], plan.constants["UNITS"]) == (128, 32, 8)


@pytest.mark.parametrize("work", WORKS, ids=str)
def test_no_other_tile_reads_less(work):
    def reading(ROWS, UNITS):
        rounds = -(-(-(-work.N // ROWS) * -(-work.H // UNITS)) // SMS)
        return rounds * (ROWS + UNITS * work.columns)

    constants = steps_plan(work, SMS).constants
    assert reading(constants["ROWS"], constants["UNITS"]) == min(reading(*tile) for tile in _tiles(work))
