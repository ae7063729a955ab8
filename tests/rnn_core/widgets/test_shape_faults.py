"""The faults, against what numpy gives for the same slip; names and sizes go together."""

import numpy as np
import pytest

from rnn_core.widgets.shape_ledger.shape_faults import FAULTS, SEQUENCE, STEP, arrays_of, broken, numbers

SIZES = {"N": 2, "T": 5, "D": 3, "H": 4}
SLIPS = {
    "swap the first two axes": lambda a: np.swapaxes(a, 0, 1),
    "swap the last two axes": lambda a: np.swapaxes(a, -2, -1),
    "take [0]": lambda a: a[0],
    "take [..., 0]": lambda a: a[..., 0],
    "keep 1 of the first axis": lambda a: a[:1],
    "keep 1 of the last axis": lambda a: a[..., :1],
    "new axis in front": lambda a: a[np.newaxis],
    "new axis at the end": lambda a: a[..., np.newaxis],
}


def size(axis):
    """The size that a name stands for."""
    letter, _, more = axis.partition(" + ")
    return int(letter) if letter.isdigit() else SIZES[letter[0]] + int(more or 0)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("roles", [STEP, SEQUENCE])
def test_a_fault_does_what_it_says_and_names_follow(roles, fault):
    for name, good in arrays_of(roles, SIZES).items():
        bad = broken(good, fault)
        if bad is None:
            assert good.array.ndim < FAULTS[fault]
            continue
        assert tuple(map(size, bad.axes)) == bad.array.shape and bad.name == name
        if fault in SLIPS:
            np.testing.assert_array_equal(bad.array, SLIPS[fault](good.array))
        else:
            at = 0 if "first" in fault else -1
            assert bad.array.shape[at] == good.array.shape[at] + 1 and bad.array.ndim == good.array.ndim
            np.testing.assert_array_equal(bad.array[tuple(map(slice, good.array.shape))], good.array)


def test_numbers_stay_when_sizes_grow():
    np.testing.assert_array_equal(numbers("x", (2, 3)), numbers("x", (6, 7))[:2, :3])
    assert not np.array_equal(numbers("x", (2, 3)), numbers("h", (2, 3)))
