"""Compare what a student's function returned with what was expected, and say where they part.

Errors are relative to the largest magnitude within each slice along the last axis (one sequence at one step), so
that a gradient that has nearly vanished counts as much as a large one. Where a whole slice of the reference is
exactly zero, the answer must be zero. NaN and infinity never pass.

A hint says where to look when one kind of thing is wrong: that of `expect_shape` a shape, that of `expect_finite`
a number that is not finite, that of all others the values. Whatever else is wrong is said without it; of a shape
without a hint, what became of its axes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograder.equality import equal, is_number
from autograder.wording import about_axes, apart, brief, first_place, number, shaped

# By the dtype of the answer. Right answers that compute in float32 are off by up to 9e-5 of the largest entry, where
# scores are as large as 1000; a wrong answer that is nearer than 2e-4 may pass in float32, and no number would part
# the two. So a check draws its inputs such that each mistake shows clearly.
RTOL = {"float64": 1e-7, "float32": 2e-4, "float16": 2e-2}
NUMBERS = np.ndarray, np.generic, float, int


class CheckFailed(Exception):
    """A check that does not hold: `words` for the learner, `picture` (True where it is wrong) when it says more."""

    def __init__(self, words: str, picture: np.ndarray | None = None):
        super().__init__(words)
        self.words, self.picture = words, picture


class ArgumentChanged(CheckFailed):
    """An argument that the caller still holds is not what it was before the call."""


def expect(condition: bool, words: str) -> None:
    """Fail with these words unless the condition holds."""
    if not condition:
        raise CheckFailed(words)


def expect_equal(name: str, got: Any, want: Any, hint: str = "") -> None:
    """Expect exactly this value (numbers, strings, lists; for arrays and tensors: same shape and elements)."""
    want = np.asarray(want) if hasattr(want, "__array__") and not isinstance(want, np.generic) else want
    if isinstance(want, np.ndarray) and want.dtype.kind in "biuf":
        got = as_numbers(name, got)
        expect_shape(name, got, want.shape)
        if not np.array_equal(got, want):
            at, where = first_place(got != want)
            expected, came = apart(want[at], got[at])
            raise CheckFailed(f"{name}: expected {expected}{where}, got {came}.{space(hint)}")
    elif not equal(got, want):
        expected, came = brief(want), brief(got)
        about_values = is_number(got) or not is_number(want)
        words = f"{name}: expected {expected}, got {came if came != expected else 'another one'}."
        raise CheckFailed(words + space(hint if about_values else ""))


def expect_shape(name: str, got: Any, shape: tuple[int, ...], hint: str = "") -> None:
    """Expect an array of numbers of exactly this shape."""
    got = as_numbers(name, got)
    if got.shape != tuple(shape):
        came = f"shape {got.shape}" if got.shape and not shape else got.shape or "a single number"
        where = hint or about_axes(got.shape, tuple(shape))
        raise CheckFailed(f"{name}: expected {shaped(shape)}, got {came}.{space(where)}")


def expect_finite(name: str, got: Any, hint: str = "") -> None:
    """Expect numbers of which none is NaN or infinite."""
    got = as_numbers(name, got)
    lost = ~np.isfinite(got)
    if lost.any():
        at, where = first_place(lost)
        count = f"; {int(lost.sum())} of {got.size} values are not finite" if got.size > 1 else ""
        words = f"{name}: expected finite numbers, got {number(got[at])}{where}{count}.{space(hint)}"
        raise CheckFailed(words, lost if got.ndim else None)


def expect_close(name: str, got: Any, want: Any, hint: str = "", rtol: float | None = None) -> None:
    """Expect these numbers up to rounding: same shape, finite, relative error within the dtype's tolerance.

    Python numbers and nested lists of numbers count as arrays. `rtol` replaces the table's tolerance.
    """
    got, want = as_numbers(name, got), np.asarray(want)
    expect_shape(name, got, want.shape)
    expect_finite(name, got)
    if not got.size:
        return
    allowed = tolerance_of(got.dtype, want.dtype)
    if allowed is None:
        raise CheckFailed(f"{name}: expected float64 or float32, got {got.dtype}, which keeps three digits only.")
    with np.errstate(all="ignore"):
        exact = want.astype(np.float64)
        difference, scale = np.abs(got.astype(np.float64) - exact), np.abs(exact)
        scale = scale.max(axis=-1, keepdims=True) if want.ndim else scale
        error = np.where(difference == 0, 0.0, difference / scale)  # infinite where the reference is zero
    wrong = ~(error <= (allowed if rtol is None else rtol))
    if not wrong.any():
        return
    at, where = first_place(wrong)
    count = f"; {int(wrong.sum())} of {got.size} values differ" if got.size > 1 else ""
    zero = " exactly" if np.broadcast_to(scale, want.shape)[at] == 0 else ""
    expected, came = apart(want[at], got[at])
    raise CheckFailed(
        f"{name}: expected {expected}{zero}{where}, got {came}{count}.{space(hint)}",
        wrong if got.ndim else None,
    )


def tolerance_of(got: np.dtype, want: np.dtype) -> float | None:
    """By the dtype of the answer; None for float16 that is not asked for, which would round away what is wrong."""
    if got == np.float16 != want:
        return None
    return RTOL.get(got.name, RTOL["float64"])


def expect_names(name: str, got: Any, names: Iterable[str]) -> None:
    """Expect a dict with exactly these names."""
    wanted = list(names)
    if not isinstance(got, dict):
        raise CheckFailed(f"{name}: expected a dict of {', '.join(wanted)}, got {brief(got)}.")
    if got.keys() != set(wanted):
        came = ", ".join(map(str, got)) or "none"
        raise CheckFailed(f"{name}: expected the names {', '.join(wanted)}, got {came}.")


def by_name(names: Iterable[str], results: Iterable) -> dict[str, Any]:
    """The results of a call under their names, as the next two take them."""
    return dict(zip(names, results, strict=True))


def expect_all_close(names: Iterable[str], got: Mapping, want: Mapping, hint: str | Mapping[str, str] = "") -> None:
    """Expect each of the named results; `got` and `want` hold more, by name. `hint` may be one for each name."""
    for name in names:
        expect_close(name, got[name], want[name], hint if isinstance(hint, str) else hint.get(name, ""))


def expect_any_close(got: Mapping, want: Mapping, rtol: float | None = None) -> None:
    """Expect one right result at least: that nothing was changed says little of an answer that computes nothing."""
    failed = []
    for name in want:
        try:
            return expect_close(name, got[name], want[name], rtol=rtol)
        except CheckFailed as words:
            failed.append(words)
    raise failed[0]


def expect_choice(name: str, got: Any, choices: Iterable[str]) -> None:
    """Expect one of these texts, in any case and spacing: for a prediction, which any of them is."""
    choices = list(choices)
    plain = {"".join(choice.split()).lower() for choice in choices}
    if not isinstance(got, str) or "".join(got.split()).lower() not in plain:
        listed = ", ".join(f'"{choice}"' for choice in choices)
        came = "None" if got is None else brief(got)
        raise CheckFailed(f"{name}: expected one of {listed}, got {came}. Any of them earns the points.")


def expect_unchanged(names: Iterable[str], after: Iterable, before: Iterable, hint: str = "") -> None:
    """Expect the caller's arguments to be after a call exactly what they were before it."""
    for name, now, was in zip(names, after, before, strict=True):
        try:
            expect_equal(f"{name} after the call", now, was, hint)
        except CheckFailed as failed:
            raise ArgumentChanged(failed.words) from None


def as_numbers(name: str, got: Any) -> np.ndarray:
    """`got` as an array of real numbers, or `CheckFailed` that says what came instead."""
    try:
        array = np.asarray(None if isinstance(got, tuple | list) and holds_text(got) else got)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        what = f" of dtype {array.dtype}" if isinstance(got, np.ndarray) and got.ndim else ""
        raise CheckFailed(f"{name}: expected numbers, got {brief(got)}{what}.")
    return array


def holds_text(value: Any) -> bool:
    """Whether a list holds a text: numpy would write each number beside it as a text of the longest one's length."""
    if isinstance(value, tuple | list):
        return any(map(holds_text, value))
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind == "U")


def space(hint: str) -> str:
    return f" {hint}" if hint else ""


def same(a: Any, b: Any) -> bool:
    """Whether two returned things are equal up to rounding: how an answer is matched with a known mistake."""
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return _same_numbers(np.asarray(a), np.asarray(b))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or type(a).__name__ in ("Handle", "Generator"))


def _same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    kinds = {a.dtype.kind, b.dtype.kind}
    if a.shape != b.shape or not kinds <= set("biufc"):
        return a.shape == b.shape and a.dtype == b.dtype and bool((a == b).all())
    rtol = RTOL.get(a.dtype.name, RTOL["float64"])
    wide = np.complex128 if "c" in kinds else np.float64  # bool and uint cannot subtract
    a, b = a.astype(wide), b.astype(wide)
    with np.errstate(all="ignore"):
        limit = rtol * np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        return bool(np.all((np.abs(a - b) <= limit) | (a == b) | (np.isnan(a) & np.isnan(b))))
