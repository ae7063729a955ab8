"""Arrays whose axes have names, and the operations of a step that tell which axes met.

numpy matches axes by place and size, and knows no names. Where axes of different names have one size, or an axis
that is missing is made up by repeating, it says nothing: `met` keeps such meetings in words.
"""

from typing import NamedTuple

import numpy as np


class Named(NamedTuple):
    """An array, what it is called, and a name for each of its axes: "1" for an axis that holds nothing."""

    name: str
    array: np.ndarray
    axes: tuple


def product(name, left, right, met):
    """The product left @ right. Returns: Named. Raises: what numpy raises."""
    array = left.array @ right.array
    lost, found = left.axes[-1], right.axes[-2:][0]
    if lost != found and left.array.shape[-1] > 1:
        met.append(_met(left, lost, right, found, left.array.shape[-1]))
    rows = left.axes[-2:-1]
    columns = right.axes[-1:] if len(right.axes) > 1 else ()
    ahead = _joined(left, left.axes[:-2], right, right.axes[:-2], met)
    return Named(name, array, (*ahead, *rows, *columns))


def total(name, left, right, met):
    """The sum left + right. Returns: Named. Raises: what numpy raises."""
    return Named(name, left.array + right.array, _joined(left, left.axes, right, right.axes, met))


def piece(name, whole, t):
    """Step t of a sequence, whole[:, t]. Returns: Named. Raises: what numpy raises."""
    return Named(name, whole.array[:, t], (whole.axes[0], *whole.axes[2:]))


def _joined(left, left_axes, right, right_axes, met):
    """The names of the axes of a result, matched from the last to the first as numpy does."""
    both = max(len(left_axes), len(right_axes))
    axes = []
    for one, other in zip(_filled(left, left_axes, both), _filled(right, right_axes, both), strict=True):
        (a, size), (b, other_size) = one, other
        if size != other_size:
            few, axis, times = (left, b, other_size) if size == 1 else (right, a, size)
            met.append(repeated(few, axis, times))
        elif a != b and size > 1:
            met.append(_met(left, a, right, b, size))
        axes.append(b if size == 1 else a)
    return tuple(axes)


def _filled(named, axes, count):
    """Names and sizes of these leading axes, with axes of size 1 before them until there are so many."""
    sizes = named.array.shape[: len(axes)]
    return [("1", 1)] * (count - len(axes)) + list(zip(axes, sizes, strict=True))


def letter(axis):
    """The letter of an axis without its kind: "H old" and "H new" are both H."""
    return axis.removesuffix(" old").removesuffix(" new")


def repeated(named, axis, times):
    """In words, what numpy does with an axis of size 1, or with one that is missing."""
    return f"{named.name} is repeated {times} times along {letter(axis)}"


def _met(left, a, right, b, size):
    if letter(a) != letter(b):
        a, b = letter(a), letter(b)
    return f"{a} of {left.name} was matched with {b} of {right.name}, because both are {size}"
