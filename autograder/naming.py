"""Which known mistake an answer is: the one that returns what the answer returned, call for call.

Two mistakes at once are told apart where each shows in results of its own: every result of the answer is then that of
the one, that of the other, or right.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from autograder.compare import same
from autograder.spec import Exercise, Mistake

Calls = list[tuple]  # of one check, as `calling.Student` keeps them: name, outcome, result, arguments after it
Replayed = Iterator[tuple[int, bool, Calls]]  # the number of a check, whether it passed, its calls
Watch = Callable[[int, Calls], None]  # is shown the number of a check and its calls so far, after each of them
Replay = Callable[[dict[str, Any], Watch], Replayed]


class Parted(BaseException):
    """A replayed call came out otherwise than the answer's: the rest need not be run."""


def known_mistake(
    exercise: Exercise, passed: Sequence[bool], records: Sequence[Calls], replay: Replay
) -> Mistake | None:
    """The one known mistake, or the one pair of them, that explains an answer; None when none or several do.

    passed, records: of each check whether it passed, and its calls. replay: runs the checks that can be run again on
    the reference with these replacements in it.
    """
    found = [mistake for mistake in exercise.mistakes if _matches(mistake, passed, records, replay)]
    if found:
        return found[0] if len(found) == 1 else None
    pairs = list(_pairs(exercise.mistakes, records, replay))
    return _joined(*pairs[0]) if len(pairs) == 1 else None


def _matches(mistake: Mistake, passed: Sequence[bool], records: Sequence[Calls], replay: Replay) -> bool:
    def compare(k: int, calls: Calls) -> None:
        ours, theirs = calls[-1], records[k][len(calls) - 1 : len(calls)]
        if not theirs or ours[:2] != theirs[0][:2] or not same(theirs[0][2:], ours[2:]):
            raise Parted

    compared = 0
    try:
        for k, holds, record in replay(mistake.replaces, compare):
            if holds != passed[k] or len(record) != len(records[k]):
                return False
            compared += sum(len(call) > 2 for call in record)
    except Parted:
        return False
    return compared > 0


def _pairs(mistakes: Sequence[Mistake], records: Sequence[Calls], replay: Replay) -> Iterator[tuple[Mistake, Mistake]]:
    """The pairs of mistakes of which each explains some of the wrong results, and both together all of them."""
    right = _results(records, replay({}, _nothing))
    if right is None or not (wrong := {place for place, (ours, theirs) in right.items() if not same(theirs, ours)}):
        return
    explained = []
    for mistake in mistakes:
        results = _results(records, replay(mistake.replaces, _nothing))
        if results is None or results.keys() != right.keys():
            continue
        shows = {place for place, (ours, _) in results.items() if not same(right[place][0], ours)}
        if shows and shows < wrong and all(same(results[place][1], results[place][0]) for place in shows):
            explained.append((mistake, shows))
    for (one, here), (other, there) in combinations(explained, 2):
        if here | there == wrong and not here & there:
            yield one, other


def _results(records: Sequence[Calls], replayed: Replayed) -> dict[tuple, tuple] | None:
    """Of each result of the calls that the answer got to: the replayed one, and the answer's; None if they part."""
    found = {}
    for k, _, record in replayed:
        if len(record) < len(records[k]):
            return None
        for number, (ours, theirs) in enumerate(zip(record, records[k], strict=False)):
            mine, yours = (dict(_leaves(call, (k, number))) for call in (ours, theirs))
            if ours[:2] != theirs[:2] or mine.keys() != yours.keys():
                return None
            found |= {place: (mine[place], yours[place]) for place in mine}
    return found


def _nothing(k: int, calls: Calls) -> None:
    pass


def _leaves(value: Any, place: tuple) -> Iterator[tuple[tuple, Any]]:
    """What stands in tuples, lists and dicts, each with its place."""
    if isinstance(value, tuple | list | dict):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, (*place, key))
    else:
        yield place, value


def _joined(one: Mistake, other: Mistake) -> Mistake:
    words = one.words if one.words == other.words else f"{one.words} And: {other.words}"
    return Mistake(f"two things at once: {one.name}, and {other.name}", words, {**one.replaces, **other.replaces})
