"""What can be wrong with the arguments of a function, and the checks at its door."""

import numpy as np


class ShapeError(ValueError):
    """An array does not have the shape that the other arguments call for."""


class RangeError(ValueError):
    """A number lies outside the range in which it has a meaning."""


class DtypeError(TypeError):
    """An array does not hold the kind of number that is needed."""


class NonFiniteError(FloatingPointError):
    """A number is infinite or not a number (NaN) where only a finite one makes sense."""


class NameMismatchError(KeyError):
    """A dictionary of arrays lacks a name that another one has."""

    __str__ = Exception.__str__  # KeyError would show the message in quotes


class CheckpointError(ValueError):
    """A file is not a whole checkpoint, or not one of this run."""


class TooLargeError(MemoryError):
    """What is to be computed does not fit into memory, in however small parts."""


def check_shapes(**arrays):
    """Check the shape of each named array: `check_shapes(h=(h, (N, H)), b=(b, (H,)))`.

    A size given as a string fits any size, and is shown by that name: `check_shapes(x=(x, ("N", "D")))`.

    Raises: ShapeError, naming the first array that does not fit, with the shape expected and got.
    """
    for name, (array, expected) in arrays.items():
        got = np.shape(array)
        if len(got) != len(expected) or any(
            want != size for want, size in zip(expected, got, strict=True) if not isinstance(want, str)
        ):
            raise ShapeError(f"{name}: expected shape {_text(expected)}, got {_text(got)}")


def check_weights(D, G, W_xh, W_hh, **vectors):
    """Check the weights of a cell: G blocks of H columns in both matrices, and as many numbers in each vector.

    Returns: H. Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(W_hh=(W_hh, ("H", "H" if G == 1 else f"{G}H")))
    H = len(W_hh)
    check_shapes(W_xh=(W_xh, (D, G * H)), W_hh=(W_hh, (H, G * H)))
    check_shapes(**{name: (v, (G * H,)) for name, v in vectors.items()})
    return H


def check_mask(mask, shape):
    """Check a mask of zeros and ones (or False and True) and give it back as booleans.

    Shapes: mask `shape`; None stands for ones everywhere.
    Returns: boolean array of that shape, True where a position counts.
    Raises: ShapeError; RangeError where the mask holds anything but 0 and 1.
    """
    if mask is None:
        return np.ones(shape, dtype=bool)
    check_shapes(mask=(mask, shape))
    mask = np.asarray(mask)
    kept = mask.astype(bool)
    if not np.array_equal(mask, kept):
        raise RangeError(f"mask: expected 0 and 1 only, got values from {mask.min()} to {mask.max()}")
    return kept


def check_padded(x, mask):
    """Check the mask of a batch of sequences, and put 0 in x where it is 0.

    What stands in the padding must not matter, be it infinite or NaN; and 0 times NaN is NaN.

    Shapes: x (N, T, D); mask (N, T) of 0 and 1; None stands for ones everywhere.
    Returns: x (itself without a mask, else a copy) and the mask as booleans.
    Raises: as `check_mask`.
    """
    runs = check_mask(mask, x.shape[:2])
    return x if mask is None else np.where(runs[:, :, None], x, x.dtype.type(0)), runs


def check_ids(name, ids, V):
    """Check that ids are whole numbers from 0 to V - 1, and give them back as an array.

    Raises: DtypeError where they are not integers; RangeError, with the first id outside the range.
    """
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu":
        raise DtypeError(f"{name}: expected integers, got {ids.dtype}")
    wrong = ids[(ids < 0) | (ids >= V)]
    if wrong.size:
        raise RangeError(f"{name}: expected ids from 0 to {V - 1}, got {wrong.flat[0]}")
    return ids


def check_names(name, names, known):
    """Check that every one of `names` is among `known`.

    Raises: NameMismatchError, with the first unknown name.
    """
    for each in names:
        if each not in known:
            raise NameMismatchError(f"{name}: expected names among {', '.join(known)}, got {each}")


def _text(shape):
    """(2, 'H') as '(2, H)', and (3,) as '(3,)'."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
