"""The arrays of a step or a sequence, and ways to break one: what a slip of the pen does to a shape."""

import re

import numpy as np

from rnn_core.errors import ShapeError
from rnn_core.widgets.shape_ledger.named_axes import Named

# array -> its axes; in W_hh[i, j], i is an old unit and j a new one
STEP = {
    "x": ("N", "D"),
    "h": ("N", "H old"),
    "W_xh": ("D", "H new"),
    "W_hh": ("H old", "H new"),
    "b": ("H new",),
}
SEQUENCE = {"x": ("N", "T", "D"), "h0": STEP["h"], "W_xh": STEP["W_xh"], "W_hh": STEP["W_hh"], "b": STEP["b"]}
MOST = 8  # numbers along an axis
FAULTS = {  # a fault -> the fewest axes that an array needs to have it
    "swap the first two axes": 2,
    "swap the last two axes": 3,
    "take [0]": 1,
    "take [..., 0]": 2,
    "keep 1 of the first axis": 1,
    "keep 1 of the last axis": 2,
    "first axis + 1": 1,
    "last axis + 1": 2,
    "new axis in front": 1,
    "new axis at the end": 1,
}


def arrays_of(roles, sizes):
    """Every array as it should be. roles: STEP or SEQUENCE. Returns: dict from name to Named."""
    return {name: Named(name, numbers(name, [sizes[axis[0]] for axis in axes]), axes) for name, axes in roles.items()}


def numbers(name, shape):
    """The numbers of this array; those of a smaller shape are a part of a larger one's. Returns: array."""
    rng = np.random.default_rng([*name.encode()])
    return rng.uniform(-1, 1, (MOST + 1,) * len(shape))[tuple(slice(size) for size in shape)]


def broken(good, fault):
    """Do to an array what the fault says. Returns: Named, or None for an array of too few axes."""
    name, a, axes = good
    if a.ndim < FAULTS[fault]:
        return None
    first, *inner, last = axes if len(axes) > 1 else (axes[0], "")
    match fault:
        case "swap the first two axes":
            return Named(name, a.swapaxes(0, 1), (axes[1], first, *axes[2:]))
        case "swap the last two axes":
            return Named(name, a.swapaxes(1, 2), (first, last, *inner))
        case "take [0]":
            return Named(name, a[0], axes[1:])
        case "take [..., 0]":
            return Named(name, a[..., 0], axes[:-1])
        case "keep 1 of the first axis":
            return Named(name, a[:1], ("1", *axes[1:]))
        case "keep 1 of the last axis":
            return Named(name, a[..., :1], (*axes[:-1], "1"))
        case "first axis + 1":
            return Named(name, numbers(name, (len(a) + 1, *a.shape[1:])), (f"{first[0]} + 1", *axes[1:]))
        case "last axis + 1":
            return Named(name, numbers(name, (*a.shape[:-1], a.shape[-1] + 1)), (*axes[:-1], f"{last[0]} + 1"))
        case "new axis in front":
            return Named(name, a[None], ("1", *axes))
        case "new axis at the end":
            return Named(name, a[..., None], (*axes, "1"))
    raise KeyError(fault)


def typed(good, text, sizes):
    """An array of the shape that somebody typed, such as "(H, 1)" or "4, N + 1".

    Returns: Named. Raises: ShapeError, in words, for what is no shape, or has too many axes or numbers.
    """
    words = [word.strip() for word in text.strip().strip("()").split(",") if word.strip()]
    if len(words) > 3:
        raise ShapeError(f"{len(words)} axes are more than this picture can draw; type up to three")
    shape = [_size(word, sizes) for word in words]
    names = []
    for word, size in zip(words, shape, strict=True):
        old = good.name.startswith("h") or (good.name == "W_hh" and not names)
        names.append("1" if size == 1 else (f"H {'old' if old else 'new'}" if word == "H" else word))
    return Named(good.name, numbers(good.name, shape), tuple(names))


def _size(word, sizes):
    parts = re.fullmatch(r"([A-Z]?)\s*([+-]?)\s*(\d*)", word)
    letter, sign, number = parts.groups() if parts else ("?", "", "")
    right = (letter in sizes and bool(sign) == bool(number)) or (not letter and number and not sign)
    if not right:
        raise ShapeError(f"{word!r} is no size; type numbers and {', '.join(sizes)}, as in (H, 1)")
    size = sizes.get(letter, 0) + int(f"{sign}{number[:4] or 0}")
    if not 1 <= size <= MOST:
        raise ShapeError(f"{word!r} is {size}; type sizes from 1 to {MOST}")
    return size
