"""What crosses between a check and a student's functions: plain data, and opaque handles for all else.

`encode` turns a value into a tree that JSON can hold and a list of byte strings (the arrays); `decode` turns them
back, checking every length and type, and never runs code to do so. Numbers, strings, None, arrays of numbers,
lists, tuples and dicts of them are data. A random generator crosses as its state. A function that a check passes
in crosses as a callback. Anything else (an object, a cache of another kind) stays where it is, and a handle that
stands for it crosses instead.

Imports nothing of ours.
"""

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
GENERATORS = ("PCG64", "PCG64DXSM", "SFC64")  # numpy reads beyond the arrays of the others when their state is forged
MAX_DEPTH, MAX_TEXT = 40, 2**24  # characters in an array of strings, which pads each to the longest
MAX_TEXTS = 2**26  # all texts of one message, each padded so: numpy makes such an array of a list of texts, too
MAX_PARTS = 2**17  # lists, tuples and dicts and what is in them, in one message
MAX_KEYS = 2**13  # of dicts in one message, but for texts: numbers can be chosen that all hash alike
MAX_EMPTY = 2**20  # parts that an array without a number may have: numpy goes through them one by one


class WireError(ValueError):
    """What came over the pipe is not of the agreed form."""


def clean(text: str) -> str:
    """Text of a student's as it can be shown: no terminal's commands, nothing that cannot be encoded."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


class StudentError(Exception):
    """A student's function raised, was missing or ran out of its budget.

    kind: the exception's type, or "missing", "unfinished", "time". lines: the student's own lines, outermost first.
    """

    def __init__(self, kind: str, message: str = "", lines: tuple[str, ...] = ()):
        super().__init__(message)
        self.kind, self.message, self.lines = kind, message, lines


@dataclass(frozen=True)
class Handle:
    """Stands for an object that stays in the student's process: its number there and the name of its type."""

    id: int
    what: str

    def __repr__(self) -> str:
        return f"an object of type {self.what}"


class Codec:
    """One end of the pipe. The student's end keeps objects (`keeps=True`); the check's end keeps callbacks.

    ask: at the student's end, how a callback is called: `ask(number, args, kwargs)`.
    """

    def __init__(self, keeps: bool, ask: Callable | None = None):
        self.keeps, self.ask = keeps, ask
        self.objects: list[Any] = []
        self.callbacks: list[Callable] = []

    def encode(self, value: Any) -> tuple[Any, list[bytes]]:
        """`value` as a tree for JSON and its buffers."""
        buffers: list[bytes] = []
        self.parts = self.keys = 0
        return self._encode(value, buffers, 0), buffers

    def _encode(self, value: Any, buffers: list[bytes], depth: int) -> Any:
        kind = type(value)
        self.parts += 1
        if self.parts > MAX_PARTS:  # a list that holds itself twice would have no end
            raise ValueError(f"expected at most {MAX_PARTS} parts in what comes back, got more")
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if abs(value) < 2**53 else {"int": hex(value)}
        if kind is float:
            return {"float": value.hex()}
        if kind is complex:
            value = np.complex128(value)
        if _is_tensor(value):
            with contextlib.suppress(TypeError, RuntimeError):  # bfloat16 and the like stay where they are
                value = value.detach().cpu().numpy()
        if isinstance(value, np.str_):
            return str(value)
        if isinstance(value, np.generic | np.ndarray):
            array = np.asarray(value)
            if array.dtype.kind == "U" and array.nbytes <= 4 * MAX_TEXT:
                return {"text": list(array.shape), "items": [str(item) for item in array.ravel()]}
            if array.dtype.name in DTYPES:
                buffers.append(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("="), copy=False).tobytes())
                scalar = isinstance(value, np.generic)
                return {
                    "array": array.dtype.name,
                    "shape": list(array.shape),
                    "at": len(buffers) - 1,
                    "scalar": scalar,
                }
        if isinstance(value, np.random.Generator):
            state = value.bit_generator.state
            if state["bit_generator"] in GENERATORS:
                return {"rng": state["bit_generator"], "state": self._encode(state, buffers, depth + 1)}
        if depth < MAX_DEPTH:
            if kind is list or kind is tuple:
                return {kind.__name__: [self._encode(item, buffers, depth + 1) for item in value]}
            if isinstance(value, dict):
                self.keys += sum(type(key) is not str for key in dict.keys(value))
                if self.keys > MAX_KEYS:
                    raise ValueError(f"expected at most {MAX_KEYS} keys that are no texts in what comes back, got more")
                pairs = [
                    [self._encode(key, buffers, depth + 1), self._encode(item, buffers, depth + 1)]
                    for key, item in dict.items(value)
                ]
                return {"dict": pairs}
        return self._encode_object(value)

    def _encode_object(self, value: Any) -> Any:
        if self.keeps:
            self.objects.append(value)
            return {"handle": len(self.objects) - 1, "what": type(value).__name__[:80]}
        if isinstance(value, Handle):
            return {"handle": value.id, "what": value.what}
        if callable(value):
            self.callbacks.append(value)
            return {"callback": len(self.callbacks) - 1}
        raise TypeError(f"a check may not pass {type(value).__name__} to a student's function")

    def decode(self, tree: Any, buffers: Sequence[bytes]) -> Any:
        """The value that a tree and its buffers stand for. Raises: WireError."""
        try:
            return self._decode(tree, _Incoming(buffers), 0)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            raise WireError(f"not of the agreed form: {error}") from error

    def _decode(self, tree: Any, buffers: "_Incoming", depth: int) -> Any:
        if isinstance(tree, str):
            buffers.note_text(tree)
            return tree
        if tree is None or isinstance(tree, bool | int):
            return tree
        if not isinstance(tree, dict) or depth > 2 * MAX_DEPTH:
            raise WireError(f"unexpected {type(tree).__name__}")
        if "float" in tree:
            return float.fromhex(tree["float"])
        if "array" in tree:
            return _decode_array(tree, buffers)
        if "list" in tree:
            return [self._decode(item, buffers, depth + 1) for item in tree["list"]]
        if "tuple" in tree:
            return tuple(self._decode(item, buffers, depth + 1) for item in tree["tuple"])
        if "dict" in tree:
            buffers.note_keys(sum(type(key) is not str for key, _ in tree["dict"]))
            return {
                self._decode(key, buffers, depth + 1): self._decode(item, buffers, depth + 1)
                for key, item in tree["dict"]
            }
        if "int" in tree:
            return int(tree["int"], 16)
        if "text" in tree:
            items = [str(item) for item in tree["items"]]
            buffers.spend(len(items) * max(map(len, items), default=0))
            for item in items:
                buffers.note_text(item)
            return np.array(items, dtype=str).reshape(tuple(tree["text"]))
        if "rng" in tree:
            if tree["rng"] not in GENERATORS:
                raise WireError("an unknown random generator")
            buffers.spend(2**12)
            bits = getattr(np.random, tree["rng"])()
            bits.state = self._decode(tree["state"], buffers, depth + 1)
            return np.random.Generator(bits)
        if "handle" in tree:
            number = _number(tree["handle"])
            return self.objects[number] if self.keeps else Handle(number, str(tree["what"])[:80])
        if "callback" in tree and self.keeps and self.ask is not None:
            number, ask = _number(tree["callback"]), self.ask
            return lambda *args, **kwargs: ask(number, args, kwargs)
        raise WireError("unknown kind of value")


class _Incoming:
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


def _decode_array(tree: dict, buffers: _Incoming) -> np.ndarray | np.generic:
    dtype, shape, data = DTYPES[tree["array"]], tuple(tree["shape"]), buffers.take(tree["at"])
    if not all(type(n) is int and 0 <= n < 2**48 for n in shape) or len(shape) > 32:
        raise WireError(f"a shape of {shape}")
    size = dtype.itemsize
    for n in shape:
        size *= n
    if not size and math.prod(n for n in shape if n) > MAX_EMPTY:
        raise WireError(f"nothing in a shape of {shape}")
    if size != len(data):
        raise WireError(f"{len(data)} bytes for shape {shape} of {dtype}")
    array = np.frombuffer(data, dtype).reshape(shape).copy()
    if dtype.kind == "b":
        array = array.view(np.uint8).astype(bool)  # any other byte would be a True that does not equal True everywhere
    return array[()] if tree.get("scalar") and not shape else array


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise WireError(f"expected the number of an object, got {value!r:.40}")
    return value


def _is_tensor(value: Any) -> bool:
    """Whether this is a torch tensor, told without importing torch."""
    return type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach")
