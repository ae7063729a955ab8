"""Exact equality of plain data: an object that came from a student is never asked whether it is equal."""

import numbers
from typing import Any

import numpy as np

PLAIN = (bool, int, float, complex, str, type(None))


def is_number(value: Any) -> bool:
    """Whether it is a single number, as an array without axes is."""
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    return isinstance(value, numbers.Number | np.bool_)


def equal(got: Any, want: Any) -> bool:
    """Whether plain data is equal, part by part: no object that came is asked whether it is equal."""
    got, want = (v.item() if isinstance(v, np.generic | np.ndarray) and v.ndim == 0 else v for v in (got, want))
    if isinstance(want, np.ndarray):
        kinds = {got.dtype.kind, want.dtype.kind} if isinstance(got, np.ndarray) else {"O"}
        return (kinds <= set("biuf") or kinds in ({"c"}, {"U"})) and np.array_equal(got, want)
    if isinstance(want, list | tuple):
        return type(got) is type(want) and len(got) == len(want) and all(map(equal, got, want))
    if isinstance(want, dict):
        known = type(got) is dict and all(type(key) in PLAIN for key in got) and got.keys() == want.keys()
        return known and all(equal(got[key], want[key]) for key in want)
    return type(got) in (*PLAIN, type(want)) and isinstance(got, bool) == isinstance(want, bool) and bool(got == want)
