"""What crosses between a check and a student's functions: plain data, and opaque handles for all else.

`encode` turns a value into a tree that JSON can hold and a list of byte strings (the arrays); `decode` turns them
back, checking every length and type, and never runs code to do so. Numbers, strings, None, arrays of numbers,
lists, tuples and dicts of them are data. A random generator crosses as its state. A function that a check passes
in crosses as a callback. Anything else (an object, a cache of another kind) stays where it is, and a handle that
stands for it crosses instead.

Arrays and tensors are the affair of `arrays`; nothing else of ours is imported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.arrays import (
    ARRAYS,
    MAX_KEYS,
    Incoming,
    WireError,
    decode_array,
    decode_tensor,
    decode_texts,
    encode_array,
    encode_tensor,
    is_tensor,
)

GENERATORS = ("PCG64", "PCG64DXSM", "SFC64")  # numpy reads beyond the arrays of the others when their state is forged
MAX_DEPTH = 40
MAX_PARTS = 2**17  # lists, tuples and dicts and what is in them, in one message


def clean(text: str) -> str:
    """Text of a student's as it can be shown: no terminal's commands, nothing that cannot be encoded."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


class StudentError(Exception):
    """A student's function raised, was missing or ran out of its budget.

    kind: the exception's type, or "missing", "unfinished", "time", "ended".
    lines: the student's own lines, outermost first.
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
        if isinstance(value, np.str_):
            return str(value)
        if isinstance(value, ARRAYS) and (tree := encode_array(value, buffers)):
            return tree
        if isinstance(value, np.random.Generator):
            state = value.bit_generator.state
            if state["bit_generator"] in GENERATORS:
                return {"rng": state["bit_generator"], "state": self._encode(state, buffers, depth + 1)}
        if depth < MAX_DEPTH:
            if kind is list or kind is tuple:
                return {kind.__name__: [self._encode(item, buffers, depth + 1) for item in value]}
            if isinstance(value, dict) and not any(map(is_tensor, dict.keys(value))):
                self.keys += sum(type(key) is not str for key in dict.keys(value))
                if self.keys > MAX_KEYS:
                    raise ValueError(f"expected at most {MAX_KEYS} keys that are no texts in what comes back, got more")
                pairs = [
                    [self._encode(key, buffers, depth + 1), self._encode(item, buffers, depth + 1)]
                    for key, item in dict.items(value)
                ]
                return {"dict": pairs}
        if tree := encode_tensor(value, buffers):
            return tree
        return self._encode_object(value)

    def _encode_object(self, value: Any) -> Any:
        if self.keeps:
            self.objects.append(value)
            kind = f" ({value.dtype}, {value.layout})" if is_tensor(value) else ""
            return {"handle": len(self.objects) - 1, "what": (type(value).__name__ + kind)[:80]}
        if isinstance(value, Handle):
            return {"handle": value.id, "what": value.what}
        if callable(value):
            self.callbacks.append(value)
            return {"callback": len(self.callbacks) - 1}
        raise TypeError(f"a check may not pass {type(value).__name__} to a student's function")

    def decode(self, tree: Any, buffers: Sequence[bytes]) -> Any:
        """The value that a tree and its buffers stand for. Raises: WireError."""
        try:
            return self._decode(tree, Incoming(buffers), 0)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            raise WireError(f"not of the agreed form: {error}") from error

    def _decode(self, tree: Any, buffers: Incoming, depth: int) -> Any:
        if isinstance(tree, str):
            buffers.note_text(tree)
            return tree
        if tree is None or isinstance(tree, int):
            return tree
        if not isinstance(tree, dict) or depth > 2 * MAX_DEPTH:
            raise WireError(f"unexpected {type(tree).__name__}")
        if "array" in tree:
            return decode_array(tree, buffers)
        if "float" in tree:
            return float.fromhex(tree["float"])
        if "tensor" in tree:
            return decode_tensor(tree, buffers, student=self.keeps)
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
            return decode_texts(tree, buffers)
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


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise WireError(f"expected the number of an object, got {value!r:.40}")
    return value
