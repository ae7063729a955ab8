"""How values stand in a sentence that a learner reads."""

import numbers
from typing import Any

import numpy as np

from autograder.arrays import TensorArray


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
        return f"{'a tensor' if isinstance(value, TensorArray) else 'an array'} of shape {value.shape}"
    value = value.item() if isinstance(value, np.ndarray | np.generic) else value
    if value is None:
        return "None (is there a return?)"
    if is_large(value) or (isinstance(value, tuple | list) and holds_array(value)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict) and holds_array(list(dict.values(value))):
        return shortened(f"a dict of {', '.join(key if type(key) is str else brief(key) for key in value)}", width)
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        return number(value)
    try:
        text = repr(value)
    except Exception:  # an integer of thousands of digits, or an object that cannot show itself
        return f"a value of type {type(value).__name__}"
    return shortened(text, width)


def shortened(text: str, width: int) -> str:
    """One line of a text, as much as there is room for."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def is_large(value: Any, most: int = 1000) -> bool:
    """Whether there are more parts in it than anybody reads: numpy would take minutes to write them all down."""
    left, seen = [value] if isinstance(value, tuple | list | dict) else [], set()
    while left and most >= 0:
        part = left.pop()
        most -= part.size if isinstance(part, np.ndarray) else 1
        if isinstance(part, tuple | list | dict) and id(part) not in seen:  # a list may hold itself
            seen.add(id(part))
            left += part.values() if isinstance(part, dict) else part
    return most < 0


def holds_array(value: Any, depth: int = 3) -> bool:
    """Whether there is an array in it, or in a list in it, down to some depth: a list may hold itself."""
    parts = value if isinstance(value, tuple | list) and depth else ()
    return isinstance(value, np.ndarray) or any(holds_array(part, depth - 1) for part in parts)


def place(index: tuple[int, ...]) -> str:
    """Where in an array, as it is written in Python, [1, 3]; with three axes also which sequence and which step."""
    words = f" (sequence {index[0]}, step {index[1]})" if len(index) == 3 else ""
    return "[" + ", ".join(str(k) for k in index) + "]" + words


def shaped(shape: tuple[int, ...]) -> str:
    """A shape as a learner reads it."""
    return f"shape {tuple(shape)}" if shape else "a single number"


def about_axes(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """What became of the axes, where their order or one of them is all that is wrong; else nothing."""
    if sorted(got) == sorted(want):
        return "The axes are the right ones in another order."
    for larger, smaller, what in ((want, got, "missing"), (got, want, "too many")):
        for axis, size in enumerate(larger):
            if want and larger[:axis] + larger[axis + 1 :] == smaller:
                return f"One axis is {what}: that of {size}."
    return ""


def first_place(wrong: np.ndarray) -> tuple[tuple[int, ...], str]:
    """The first place that is marked: as an index, and as the words " at [1, 3]" (none for a single number)."""
    at = tuple(int(k) for k in np.argwhere(wrong)[0])
    return at, f" at {place(at)}" if at else ""
