"""Code of a learner that says nothing and ends in time."""

import contextlib
import ctypes
import math
import queue
import signal
import sys
import threading
import time
import warnings


class TooLongError(BaseException):
    """Raised in the learner's function when its time is up; no `except Exception` of theirs catches it."""


@contextlib.contextmanager
def quiet():
    """Swallow what this thread prints and warns: a picture is redrawn many times, and a cell may run meanwhile."""
    real, here = sys.stdout, threading.get_ident()
    sys.stdout = _Hushed(real, here)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout = real


class _Hushed:
    """A stream that drops what one thread writes."""

    def __init__(self, real, thread):
        self.real, self.thread = real, thread

    def write(self, text):
        return len(text) if threading.get_ident() == self.thread else self.real.write(text)

    def __getattr__(self, name):
        return getattr(self.real, name)


def within(seconds):
    """End what is done in this context when its time is up, with a TooLongError.

    JupyterLab answers widgets in a thread of their own, where an exception is thrown from outside: it comes
    between two lines of Python. In the main thread a timer also ends a call that sleeps (not on Windows).
    """
    main = threading.current_thread() is threading.main_thread()
    return _signal(seconds) if main and hasattr(signal, "setitimer") else _throw(seconds)


@contextlib.contextmanager
def _signal(seconds):
    def late(*_):
        raise TooLongError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _throw(seconds):
    mine = object()
    WATCH.add(mine, seconds)
    try:
        yield
    finally:
        WATCH.remove(mine)


class _Watch:
    """One thread that watches all that is under way: to start a thread for each call would cost more than the call.

    It sleeps until the first time that is up. What ends in time does not wake it.
    """

    def __init__(self):
        self.lock, self.wake = threading.Lock(), queue.SimpleQueue()  # both in C: an exception leaves no half of them
        self.due, self.next, self.thread = {}, math.inf, None

    def add(self, mine, seconds):
        """From now on this thread has so many seconds, until `remove`."""
        until = time.monotonic() + seconds
        with self.lock:
            self.due[mine] = until, threading.get_ident()
            sooner = until < self.next
            self.next = min(self.next, until)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="time for a learner's function", daemon=True)
                self.thread.start()
        if sooner:
            self.wake.put(None)

    def remove(self, mine):
        """From here on nothing is thrown for this one."""
        with self.lock:
            self.due.pop(mine, None)

    def _run(self):
        while True:
            with self.lock:
                now = time.monotonic()
                for mine, (until, thread) in list(self.due.items()):
                    if until <= now:
                        del self.due[mine]
                        late = ctypes.py_object(TooLongError)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), late)
                self.next = min((until for until, _ in self.due.values()), default=math.inf)
                pause = None if self.next == math.inf else max(0.0, self.next - now)
            with contextlib.suppress(queue.Empty):
                self.wake.get(timeout=pause)


WATCH = _Watch()
