"""The stopwatch on a device that really works on by itself: a second thread; and on a clock that can be told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

from rnn_core.stopwatch import time_it


def test_work_in_another_thread_is_waited_for():
    """No clock is compared: what counts is which pieces of work were done when the clock was read."""
    done, handed_over, seen, begin = [], [], [], threading.Event()

    def work(number):
        begin.wait(10)
        time.sleep(0.01)
        done.append(number)

    def clock():
        seen.append((len(handed_over), len(done)))
        return float(len(seen))

    with ThreadPoolExecutor(1) as pool:
        begin.set()
        run = lambda: handed_over.append(pool.submit(work, len(handed_over)))  # noqa: E731
        assert time_it(run, lambda: wait(handed_over), clock, warmup=2, repeats=3) == 1.0
    assert seen == [(2, 2), (3, 3), (3, 3), (4, 4), (4, 4), (5, 5)]


def test_the_median_of_the_calls_that_count():
    durations = iter([9.0, 8.0, 1.0, 5.0, 2.0, 3.0])
    now = [10.0]

    def run():
        now[0] += next(durations)

    assert time_it(run, lambda: None, lambda: now[0], warmup=2, repeats=4) == 2.5
