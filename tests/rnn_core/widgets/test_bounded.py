"""Time is up when it is up, for each thread its own; and to watch costs no thread a call."""

import threading
import time

import pytest

from rnn_core.widgets.bounded import TooLongError, within


def busy(seconds):
    """Compute for so long, in lines of Python."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(100))


def spent(limit, work):
    """How long it took, and whether it was ended; to be called in a thread."""
    began, ended = time.monotonic(), False
    try:
        with within(limit):
            busy(work)
    except TooLongError:
        ended = True
    return time.monotonic() - began, ended


def in_threads(*calls):
    """The results of these calls, each in a thread of its own, at the same time."""
    results = [None] * len(calls)

    def one(k, call):
        results[k] = call()

    threads = [threading.Thread(target=one, args=(k, call)) for k, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_short_limit_is_kept_while_a_long_one_is_under_way():
    long, short, free = in_threads(lambda: spent(1.0, 3), lambda: spent(0.2, 3), lambda: spent(5, 0.1))
    assert long[1] and short[1] and not free[1]
    assert 0.2 <= short[0] < 0.9 <= long[0] < 2.5


def test_what_ended_in_time_is_left_alone_afterwards():
    def work():
        with within(0.1):
            pass
        busy(0.4)
        return spent(0.1, 1)[1]

    assert in_threads(work) == [True]


@pytest.mark.parametrize("limit", [5, 0.5])
def test_many_calls_share_one_watcher(limit):
    def work():
        seen = set()
        for _ in range(300):
            with within(limit):
                seen |= {thread.name for thread in threading.enumerate()}
        return [name for name in seen if "learner's function" in name]

    (names,) = in_threads(work)
    assert len(names) == 1
    watchers = [thread for thread in threading.enumerate() if thread.name in names]
    assert len(watchers) == 1
