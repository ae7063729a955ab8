"""Arrays and tensors as a value crosses with them: bytes, a dtype that is known, a shape, and limits on all of them.

A torch tensor crosses as its numbers, with a tag: from any device, without its graph and without `requires_grad`. At
the check's end it is a `TensorArray`, whether torch is there or not, so that a verdict does not depend on what else a
process has imported; at the student's end it is a tensor again, where torch is imported. A tensor whose numbers numpy
does not know (bfloat16, sparse, quantised) or of a class of its own is an object like any other.

Imports nothing of ours, and never torch.
"""

import contextlib
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
ARRAYS = np.ndarray, np.generic
MAX_TEXT = 2**24  # characters in an array of strings, which pads each to the longest
MAX_TEXTS = 2**26  # all texts of one message, each padded so: numpy makes such an array of a list of texts, too
MAX_KEYS = 2**13  # of dicts in one message, but for texts: numbers can be chosen that all hash alike
MAX_EMPTY = 2**20  # parts that an array without a number may have: numpy goes through them one by one


class WireError(ValueError):
    """What came over the pipe is not of the agreed form."""


class TensorArray(np.ndarray):
    """The numbers of a torch tensor as a check has them: an array that is a tensor again for the student."""


class Incoming:
    """What one value may take: each buffer once, and so much text; else a small frame could fill the memory."""

    def __init__(self, buffers: Sequence[bytes]):
        self.buffers, self.text = list(buffers), MAX_TEXT
        self.texts = self.longest = self.keys = 0

    def take(self, at: int) -> bytes:
        data, self.buffers[at] = self.buffers[at], None
        if data is None:
            raise WireError("a buffer is used twice")
        return data

    def note_text(self, text: str) -> None:
        self.texts, self.longest = self.texts + 1, max(self.longest, len(text))
        if self.texts * self.longest > MAX_TEXTS:
            raise WireError("short texts beside one that is too long")

    def note_keys(self, count: int) -> None:
        self.keys += count
        if self.keys > MAX_KEYS:
            raise WireError("a dict of too many keys")

    def spend(self, characters: int) -> None:
        self.text -= characters
        if self.text < 0:
            raise WireError("too much text")


def encode_array(value: np.ndarray | np.generic, buffers: list[bytes]) -> dict | None:
    """An array or a numpy number as a tree; None where it has to stay."""
    array = np.asarray(value)
    if array.dtype.kind == "U" and array.nbytes <= 4 * MAX_TEXT:
        return {"text": list(array.shape), "items": array.ravel().tolist()}
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype not in NAMES:
        return None
    buffers.append(array.tobytes())
    at, scalar = len(buffers) - 1, isinstance(value, np.generic)
    tree = {"array": NAMES[array.dtype], "shape": list(array.shape), "at": at, "scalar": scalar}
    return {"tensor": tree} if isinstance(value, TensorArray) else tree


def decode_array(tree: dict, buffers: Incoming) -> np.ndarray | np.generic:
    dtype, shape, data = DTYPES[tree["array"]], tuple(tree["shape"]), buffers.take(tree["at"])
    for n in shape:
        if type(n) is not int or not 0 <= n < 2**48 or len(shape) > 32:
            raise WireError(f"a shape of {shape}")
    size = dtype.itemsize * math.prod(shape)
    if not size and math.prod(n for n in shape if n) > MAX_EMPTY:
        raise WireError(f"nothing in a shape of {shape}")
    if size != len(data):
        raise WireError(f"{len(data)} bytes for shape {shape} of {dtype}")
    array = np.frombuffer(data, dtype).reshape(shape).copy()
    if dtype.kind == "b":
        array = array.view(np.uint8).astype(bool)  # any other byte would be a True that does not equal True everywhere
    return array[()] if tree.get("scalar") and not shape else array


def decode_texts(tree: dict, buffers: Incoming) -> np.ndarray:
    items = [str(item) for item in tree["items"]]
    buffers.spend(len(items) * max(map(len, items), default=0))
    for item in items:
        buffers.note_text(item)
    return np.array(items, dtype=str).reshape(tuple(tree["text"]))


def encode_tensor(value: Any, buffers: list[bytes]) -> dict | None:
    """A tensor as a tree; None for whatever has to stay: bfloat16 and the like, and all that is no tensor."""
    if is_tensor(value):
        with contextlib.suppress(TypeError, RuntimeError):
            return encode_array(value.numpy(force=True).view(TensorArray), buffers)
    return None


def decode_tensor(tree: dict, buffers: Incoming, student: bool) -> Any:
    """A tensor for the student, where torch is imported; else a `TensorArray`."""
    numbers = np.asarray(decode_array(tree["tensor"], buffers))
    torch = sys.modules.get("torch") if student else None
    return torch.from_numpy(numbers) if torch else numbers.view(TensorArray)


def is_tensor(value: Any) -> bool:
    """Whether this is a torch tensor and of no class of its own."""
    torch = sys.modules.get("torch")
    return torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter)
