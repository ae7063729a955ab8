"""Which calls a check will make, whatever a student's functions return: found by running it on the reference.

It is run twice, the second time on answers that are off by the last bit of each number: calls in which that shows
follow from an answer. A call that passes on an answer without such numbers (places, shapes) is not told apart. It goes
to the student after the answer that it follows from, and where that was another one, nothing is taken from it.
"""

import functools
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.calling import ReferenceBackend
from autograder.spec import Exercise
from autograder.verdict import try_check
from autograder.wire import Codec

STAYS = {"handle", "callback", "rng"}  # marks of what is not plain data, in a tree of `wire`
# a function, its arguments (a tree as JSON, and buffers; "" for a value), and whether they are wanted back
Asked = tuple[str, str, tuple[bytes, ...], bool]


@dataclass(frozen=True)
class Foreseen:
    """The calls of a check, in their order, and fingerprints of answers with which it passes."""

    calls: list[Asked]
    right: set[bytes] = field(default_factory=set)


@functools.lru_cache(maxsize=256)
def foreseen(exercise: Exercise, seed: int) -> dict[int, Foreseen]:
    """The checks of an exercise, by number, whose calls are known: the same for every answer, and of plain data.

    Not training, beside which a call over the pipe costs nothing.
    """
    found = {}
    for k, check in enumerate(exercise.checks):
        if check.replay:
            calls = _recorded(exercise, k, seed, nudged=False)
            if calls and calls == _recorded(exercise, k, seed, nudged=True):
                found[k] = Foreseen(calls)
    return found


def asked(codec: Codec, name: str, args: tuple, kwargs: dict, after: bool) -> Asked:
    """A call, bit by bit."""
    tree, buffers = codec.encode((args, kwargs))
    return name, json.dumps(tree), tuple(buffers), after


class _Recorder(ReferenceBackend):
    """The reference, and what it was asked. nudged: what it returns is off by the last bit of each number."""

    def __init__(self, exercise: Exercise, nudged: bool):
        super().__init__(exercise)
        self.nudged, self.calls = nudged, []

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        self.calls.append(asked(self.here, name, args, kwargs, after))
        result, arguments = super().call(name, args, kwargs, after)
        return nudge(result) if self.nudged else result, arguments

    def value(self, name: str) -> Any:
        self.calls.append((name, "", (), False))
        return nudge(super().value(name)) if self.nudged else super().value(name)


def _recorded(exercise: Exercise, k: int, seed: int, nudged: bool) -> list[Asked]:
    """The calls of a check on the reference; none where it fails, or passes on more than plain data."""
    backend = _Recorder(exercise, nudged)
    verdict, _ = try_check(exercise, exercise.checks[k], k, backend, seed)
    stays = any(_stays(json.loads(tree)) for _, tree, *_ in backend.calls if tree)
    return backend.calls if verdict.passed and not stays else []


def _stays(tree: Any) -> bool:
    """Whether a tree holds more than plain data."""
    if isinstance(tree, dict):
        return bool(tree.keys() & STAYS) or any(map(_stays, tree.values()))
    return isinstance(tree, list) and any(map(_stays, tree))


def nudge(value: Any) -> Any:
    """The same data with each number that is not zero moved to the next one, which no tolerance sees."""
    if isinstance(value, tuple | list):
        return type(value)(map(nudge, value))
    if isinstance(value, dict):
        return {key: nudge(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind == "f":
        beside = np.nextafter(value, np.inf, dtype=np.asarray(value).dtype)
        return np.where(np.asarray(value) == 0, value, beside)[()]
    return value
