"""Code of a learner that says nothing and ends in time."""

import contextlib
import ctypes
import signal
import sys
import threading
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
    lock, over, thread = threading.Lock(), [], ctypes.c_ulong(threading.get_ident())

    def late():
        with lock:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooLongError))

    watch = threading.Timer(seconds, late)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        with lock:  # from here on nothing is thrown
            over.append(True)
        watch.cancel()
