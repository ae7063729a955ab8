"""Ask for the calls of many checks in one message, where no call then knows more than it would alone.

A round trip over the pipe costs more than most functions of a lesson. A message holds at most one call of each check,
and a check's next call is not sent before its last one has come back. So a student's process sees nothing early that
says what to return: each check draws from a stream of its own, and what is the same for every seed stands in the open.
Only calls that are `foreseen` go this way: the same for every answer, and none passes on an object, a function, or a
generator, from which all other cases could be computed.

All that this can say is that a check passes, on answers to exactly what it asks. Whatever else comes of it (a wrong
result, an exception, a process that ends) counts for nothing, and the check is run call by call. So no words follow
from it, and no point is lost by the other order of the calls.

A check is a function of its seed and of the answers: where they are, bit by bit, answers with which it has passed, it
is not run again.
"""

import functools
import hashlib
import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from autograder.grading.foreseen import Asked, Foreseen, asked, foreseen
from autograder.sandbox.remote import MAX_RETURNED
from autograder.sandbox.session import NO_SENSE, Session
from autograder.spec import Exercise
from autograder.verdict import try_check
from autograder.wire import Codec, StudentError, WireError

MOST_KNOWN = 100  # fingerprints of right answers that are kept of a check
Outcome = tuple[Any, list]  # what a call returned: a tree, and its buffers


class Answers:
    """A `calling.Backend` that knows what a student's functions returned, and asks for nothing more."""

    def __init__(self, calls: list[Asked], outcomes: list[Outcome]):
        self.known, self.here, self.seconds, self.printed = defaultdict(deque), Codec(keeps=False), 0.0, ""
        for call, outcome in zip(calls, outcomes, strict=True):
            self.known[call].append(outcome)

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        got = self._answer(asked(self.here, name, args, kwargs, after))
        if not (type(got) is tuple and len(got) == 2 and type(got[1]) is list):
            raise StudentError("ended", NO_SENSE)
        return got

    def value(self, name: str) -> Any:
        return self._answer((name, "", (), False))

    def _answer(self, call: Asked) -> Any:
        if not self.known[call]:
            raise StudentError("ended", "This was not asked for.")
        try:
            return self.here.decode(*self.known[call].popleft())
        except (WireError, MemoryError, RecursionError) as error:
            raise StudentError("ended", NO_SENSE) from error


def passed_ahead(session: Session, seeds: Mapping[Exercise, int]) -> dict[Exercise, set[int]]:
    """Of each exercise the checks, by number, that pass on what the student's functions answer to calls sent together.

    seeds: of each exercise. Raises: SandboxError.
    """
    checks = [(item, k, calls) for item, seed in seeds.items() for k, calls in foreseen(item, seed).items()]
    passed: dict[Exercise, set[int]] = {exercise: set() for exercise in seeds}
    for number, outcomes in _answered(session, [(calls.calls, item.seconds) for item, _, calls in checks]).items():
        exercise, k, known = checks[number]
        if _passes(exercise, k, seeds[exercise], known, outcomes):
            passed[exercise].add(k)
    return passed


def _passes(exercise: Exercise, k: int, seed: int, known: Foreseen, outcomes: list[Outcome]) -> bool:
    fingerprint = _fingerprint(outcomes)
    if fingerprint in known.right:
        return True
    verdict, _ = try_check(exercise, exercise.checks[k], k, Answers(known.calls, outcomes), seed)
    if verdict.passed and len(known.right) < MOST_KNOWN:
        known.right.add(fingerprint)
    return verdict.passed


def _fingerprint(outcomes: list[Outcome]) -> bytes:
    """A hash of all bits of some answers, in their order."""
    lengths = [list(map(len, buffers)) for _, buffers in outcomes]
    digest = hashlib.sha256(json.dumps([[tree for tree, _ in outcomes], lengths]).encode())
    for _, buffers in outcomes:
        for buffer in buffers:
            digest.update(buffer)
    return digest.digest()


def _answered(session: Session, checks: list[tuple[list[Asked], float]]) -> dict[int, list[Outcome]]:
    """What comes back to the calls of each check, which may take so many seconds each; of those where all came.

    A process that ends or hangs costs the student nothing here: neither one of the processes that may be lost, nor
    time.
    """
    came: dict[int, list[Outcome]] = {number: [] for number in range(len(checks))}
    deaths, began, room = session.deaths, time.monotonic(), MAX_RETURNED
    try:
        while going := [n for n in came if len(came[n]) < len(checks[n][0])]:
            outcomes = _together(session, [(checks[n][0][len(came[n])], checks[n][1]) for n in going])
            for number in going:
                outcome = next(outcomes, None)
                room -= sum(map(len, outcome[1])) if outcome else 0
                if outcome is None or room < 0:
                    del came[number]
                else:
                    came[number].append(outcome)
    except StudentError:
        session.deaths, session.ends = deaths, session.ends + time.monotonic() - began
    finally:
        session.printed = ""  # under the secret seed
    return {number: outcomes for number, outcomes in came.items() if len(outcomes) == len(checks[number][0])}


def _together(session: Session, calls: list[tuple[Asked, float]]) -> Any:
    """Send calls in one message, each with its budget; all together have the time of the longest. Raises: StudentError.

    Returns: an iterator over what came of each, None where it raised; nothing after one that ran out of time.
    """
    requests = [_request(call, seconds) for call, seconds in calls]
    sent = [part for (_, _, buffers, _), _ in calls for part in buffers]
    most, child = max(seconds for _, seconds in calls), session.child
    returned, data = session.request({"do": "many", "requests": requests}, sent, most, "The notebook")
    try:
        outcomes: list[Outcome | None] = []
        for outcome in returned:
            count = outcome["buffers"] if "returned" in outcome else 0
            if type(count) is not int or not 0 <= count <= len(data):
                raise WireError("buffers that are not there")
            outcomes.append((outcome["returned"], data[:count]) if "returned" in outcome else None)
            data = data[count:]
        return iter(outcomes)
    except (WireError, KeyError, TypeError) as error:
        raise session.dead(child or session.child, NO_SENSE) from error


@functools.lru_cache(maxsize=4096)
def _request(call: Asked, seconds: float) -> dict:
    name, tree, buffers, after = call
    if not tree:
        return {"do": "value", "name": name, "buffers": 0}
    request = {"do": "call", "name": name, "lends": {"dict": []}, "args": json.loads(tree), "after": after}
    return {**request, "seconds": seconds, "buffers": len(buffers)}
