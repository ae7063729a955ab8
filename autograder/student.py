"""The student's side of a check: runs beside a student's code, in a sandbox as in the learner's own kernel.

It calls functions by name, gives values, and puts exceptions into words. It decides nothing: whatever it sends is
checked where the student's code cannot reach. Of ours it imports the codec alone.
"""

import contextlib
import io
import linecache
import os
import signal
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.wire import Codec, StudentError

OURS = tuple(os.path.dirname(os.path.abspath(path)) for path in (__file__, contextlib.__file__))
LIBRARIES = os.path.dirname(os.path.dirname(np.__file__)), os.path.join(sys.prefix, "lib")
LONGEST = 4000  # characters of a message, and of each line, that are sent


class OutOfTime(BaseException):
    """The budget of a call is used up."""


class Printed(io.StringIO):
    """What a student's code prints, up to a limit."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, 10_000 - self.tell())])
        return len(text)


class Student:
    """A student's functions and variables in this process, and what a check may ask of them.

    namespace: where they are. ask: how a callback of the check is called, `ask(number, args, kwargs)`.
    What crosses is what the codec made: a tree and its buffers.
    """

    def __init__(self, namespace: dict[str, Any], ask: Callable):
        self.namespace = namespace
        self.codec = Codec(keeps=True, ask=lambda *call: _unhurried(ask, *call))
        self.printed = Printed()

    def call(self, name: str, tree: Any, buffers: list, lends: Any, seconds: float, after: bool) -> tuple[Any, list]:
        """The result of a call and, if `after` asks for them, the arguments as they are after it.

        lends: helpers (callbacks by name) put in place of the student's own while the function runs.
        Raises: StudentError.
        """
        function = self.namespace.get(name)
        if not callable(function):
            raise StudentError("missing", f"There is no function {name} yet: run the cell that defines it.")
        (args, kwargs), helpers = self.codec.decode(tree, buffers), self.codec.decode(lends, [])
        return self._run(name, lambda: function(*args, **kwargs), args if after else (), helpers, seconds)

    def method(self, name: str, tree: Any, buffers: list, seconds: float) -> tuple[Any, list]:
        """The same for a method of an object that a call returned: the first of the arguments."""
        (object, *args), kwargs = self.codec.decode(tree, buffers)
        return self._run(name, lambda: getattr(object, name)(*args, **kwargs), args, {}, seconds)

    def value(self, name: str) -> tuple[Any, list]:
        """The value of a variable. Raises: StudentError."""
        if name not in self.namespace:
            raise StudentError("missing", f"There is no variable {name} yet: run the cell that sets it.")
        return self._kept(self.namespace[name])

    def define(self, tree: Any, buffers: list) -> None:
        """Put values and callbacks under these names."""
        self.namespace.update(self.codec.decode(tree, buffers))

    def execute(self, source: str, filename: str) -> None:
        """Run a module's source in the namespace. Raises: StudentError."""
        self.namespace["__name__"] = "answer"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            with self._quietly():
                exec(compile(source, filename, "exec"), self.namespace)
        except BaseException as error:
            raise in_kind(error) from error

    def _run(self, name: str, function: Callable, args: Any, helpers: dict, seconds: float) -> tuple[Any, list]:
        own = {helper: self.namespace[helper] for helper in helpers if helper in self.namespace}
        self.namespace.update(helpers)
        try:
            with budget(seconds), self._quietly():
                result = function()
        except NotImplementedError as error:  # a released exercise raises it until it is written
            raise StudentError("unfinished", f"{name} is not written yet.") from error
        except OutOfTime as error:
            words = f"{name} ran longer than {seconds:g} s. Is there a loop that does not end?"
            raise StudentError("time", words, own_lines(error)) from error
        except KeyboardInterrupt:
            raise  # the learner's own wish to stop
        except BaseException as error:  # SystemExit among them
            raise in_kind(error) from error
        finally:
            for helper in helpers:
                self.namespace.pop(helper, None)
            self.namespace.update(own)
        return self._kept((result, list(args)))

    def _kept(self, value: Any) -> tuple[Any, list]:
        try:
            return self.codec.encode(value)
        except Exception as error:  # an object that pretends to be another
            raise in_kind(error) from error

    @contextlib.contextmanager
    def _quietly(self):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.printed):
                yield


@contextlib.contextmanager
def budget(seconds: float):
    """Interrupt the block after so many seconds, where timers exist and this is the main thread."""
    if not _has_timer():
        yield
        return

    def stop(*_):
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again each second: a bare except may swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *outer)  # the budget of the call around this one, if there is one


def _unhurried(ask: Callable, *call: Any) -> Any:
    """Call back while the budget's clock stands: the time is not the student's, and a frame is not cut in two."""
    if not _has_timer():
        return ask(*call)
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        return ask(*call)
    finally:
        signal.setitimer(signal.ITIMER_REAL, max(left, 1e-3) if again else 0, again)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def in_kind(error: BaseException) -> StudentError:
    """An exception as its kind, its message and the student's own lines."""
    if isinstance(error, StudentError):
        return error
    try:
        message = str(error)[:LONGEST]
    except Exception:  # an exception that cannot show itself
        message = ""
    return StudentError(type(error).__name__[:80], message, own_lines(error))


def own_lines(error: BaseException) -> tuple[str, ...]:
    """The student's own lines in a traceback, outermost first: "step_forward, line 3: `h = x @ W`"."""
    own: deque[tuple[str, str, int]] = deque(maxlen=20)
    for frame, number in traceback.walk_tb(error.__traceback__):
        path = os.path.abspath(frame.f_code.co_filename)
        if not (path.startswith((*OURS, *LIBRARIES)) or f"{os.sep}rnn_core{os.sep}" in path or path.endswith(".pyx")):
            own.append((frame.f_code.co_name, frame.f_code.co_filename, number))
    return tuple(_line(*place) for place in own)


def _line(function: str, file: str, number: int) -> str:
    source = linecache.getline(file, number)[: 2 * LONGEST].strip()
    return (f"{function}, line {number}" + (f": `{source}`" if source else ""))[:LONGEST]
