"""Compare what a student's function returned with what was expected, and say where they part.

Errors are relative to the largest magnitude within each slice along the last axis (one sequence at one step), so
that a gradient that has nearly vanished counts as much as a large one. Where a whole slice of the reference is
exactly zero, the answer must be zero. NaN and infinity never pass.
"""

import numbers
from typing import Any

import numpy as np

RTOL = {"float64": 1e-7, "float32": 2e-4, "float16": 2e-2}  # by the dtype of the answer
PLAIN = (bool, int, float, complex, str, type(None))


class CheckFailed(Exception):
    """A check that does not hold: `words` for the learner, `picture` (True where it is wrong) when it says more."""

    def __init__(self, words: str, picture: np.ndarray | None = None):
        super().__init__(words)
        self.words, self.picture = words, picture


def number(value: Any, digits: int = 6) -> str:
    """A number as a learner reads it: six significant digits, plain where it can be."""
    if isinstance(value, numbers.Integral | bool | np.bool_):
        return str(value)
    return f"{float(value):.{digits}g}"


def apart(want: Any, got: Any) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see that they differ."""
    pairs = ((number(want, digits), number(got, digits)) for digits in (6, 9, 12, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (number(want), number(got)))


def brief(value: Any, width: int = 70) -> str:
    """What came, in a few words: the shape of an array, else a shortened repr."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if value is None:
        return "None (is there a return?)"
    if isinstance(value, tuple | list) and any(isinstance(part, np.ndarray) for part in value):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        return number(value)
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except Exception:  # an integer of thousands of digits, or an object that cannot show itself
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= width else text[: width - 1] + "…"


def expect(condition: bool, words: str) -> None:
    """Fail with these words unless the condition holds."""
    if not condition:
        raise CheckFailed(words)


def expect_equal(name: str, got: Any, want: Any, hint: str = "") -> None:
    """Expect exactly this value (numbers, strings, lists; for arrays: same shape and elements)."""
    if isinstance(want, np.ndarray) and want.dtype.kind in "biuf":
        got = as_numbers(name, got)
        expect_shape(name, got, want.shape, hint)
        if not np.array_equal(got, want):
            at = tuple(int(k) for k in np.argwhere(np.asarray(got != want))[0])
            where = f" at {place(at)}" if at else ""
            expected, came = apart(want[at], got[at])
            raise CheckFailed(f"{name}: expected {expected}{where}, got {came}.{space(hint)}")
    elif not equal(got, want):
        raise CheckFailed(f"{name}: expected {brief(want)}, got {brief(got)}.{space(hint)}")


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


def expect_shape(name: str, got: Any, shape: tuple[int, ...], hint: str = "") -> None:
    """Expect an array of numbers of exactly this shape."""
    got = as_numbers(name, got)
    if got.shape != tuple(shape):
        raise CheckFailed(f"{name}: expected shape {tuple(shape)}, got {got.shape}.{space(hint)}")


def expect_close(name: str, got: Any, want: Any, hint: str = "", rtol: float | None = None) -> None:
    """Expect these numbers up to rounding: same shape, finite, relative error within the dtype's tolerance.

    Python numbers and nested lists of numbers count as arrays. `rtol` replaces the table's tolerance.
    """
    got, want = as_numbers(name, got), np.asarray(want)
    expect_shape(name, got, want.shape, hint)
    if not got.size:
        return
    if not np.isfinite(got).all():
        at = tuple(int(k) for k in np.argwhere(~np.isfinite(got))[0])
        bad = int((~np.isfinite(got)).sum())
        raise CheckFailed(
            f"{name}: expected {number(want[at])} at {place(at)}, got {number(got[at])}; "
            f"{bad} of {got.size} values are not finite.{space(hint)}",
            ~np.isfinite(got) if got.ndim else None,
        )
    tolerance = rtol if rtol is not None else RTOL.get(got.dtype.name, RTOL["float64"])
    with np.errstate(all="ignore"):
        difference = np.abs(got.astype(np.float64) - want.astype(np.float64))
        scale = np.abs(want.astype(np.float64))
        scale = np.broadcast_to(scale.max(axis=-1, keepdims=True) if want.ndim else scale, want.shape)
        error = np.where(difference == 0, 0.0, difference / scale)  # infinite where the reference is zero
    wrong = ~(error <= tolerance)
    if not wrong.any():
        return
    at = tuple(int(k) for k in np.argwhere(wrong)[0])
    count = f"; {int(wrong.sum())} of {got.size} values differ" if got.size > 1 else ""
    where = f" at {place(at)}" if at else ""
    zero = " exactly" if scale[at] == 0 else ""
    expected, came = apart(want[at], got[at])
    raise CheckFailed(
        f"{name}: expected {expected}{zero}{where}, got {came}{count}.{space(hint)}",
        wrong if got.ndim else None,
    )


def as_numbers(name: str, got: Any) -> np.ndarray:
    """`got` as an array of real numbers, or `CheckFailed` that says what came instead."""
    try:
        array = np.asarray(got)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        what = f" of dtype {array.dtype}" if isinstance(got, np.ndarray) and got.ndim else ""
        raise CheckFailed(f"{name}: expected numbers, got {brief(got)}{what}.")
    return array


def place(index: tuple[int, ...]) -> str:
    """An index as it is written in Python, [1, 3]; with three axes also which sequence and which step."""
    words = f" (sequence {index[0]}, step {index[1]})" if len(index) == 3 else ""
    return "[" + ", ".join(str(k) for k in index) + "]" + words


def space(hint: str) -> str:
    return f" {hint}" if hint else ""


def same(a: Any, b: Any) -> bool:
    """Whether two returned things are equal up to rounding: how an answer is matched with a known mistake."""
    if isinstance(a, np.ndarray | np.generic | float | int) and isinstance(b, np.ndarray | np.generic | float | int):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or a.dtype.kind not in "biufc" or b.dtype.kind not in "biufc":
            return a.shape == b.shape and a.dtype == b.dtype and bool((a == b).all())
        a, b, dtype = a.astype(np.complex128), b.astype(np.complex128), a.dtype.name  # bool and uint cannot subtract
        largest = float(np.max(np.abs(np.where(np.isfinite(b), b, 0.0)), initial=0.0))
        limit = RTOL.get(dtype, RTOL["float64"]) * largest
        with np.errstate(all="ignore"):
            return bool(np.all((np.abs(a - b) <= limit) | (a == b) | (np.isnan(a) & np.isnan(b))))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or type(a).__name__ in ("Handle", "Generator"))
