"""Run the checks of an exercise on functions of this process: the learner's own kernel, or a file."""

import contextlib
import io
import linecache
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from autograder.spec import Exercise
from autograder.verdict import Result, StudentError, grade
from autograder.wire import Codec

OURS = tuple(os.path.dirname(os.path.abspath(path)) for path in (__file__, contextlib.__file__))


class _OutOfTime(BaseException):
    pass


class LocalBackend:
    """A student's functions in this process: arguments and results cross the same codec as in the grader.

    namespace: where the functions are (the globals of the notebook). lends: helpers put in place of the
    student's own while a function runs. seconds: the budget of one call, kept where the system has timers.
    """

    def __init__(self, namespace: dict[str, Any], lends: Mapping[str, Callable] = {}, seconds: float = 10.0):
        self.namespace, self.lends, self.seconds = namespace, lends, seconds
        self.here, self.there = Codec(keeps=False), Codec(keeps=True, ask=self._ask)
        self.printed = io.StringIO()

    def call(self, name: str, args: tuple, kwargs: dict) -> tuple[Any, list]:
        function = self.namespace.get(name)
        if not callable(function):
            raise StudentError("missing", f"There is no function {name} yet: run the cell that defines it.")
        args, kwargs = self.there.decode(*self.here.encode((args, kwargs)))
        result = self._run(name, lambda: function(*args, **kwargs))
        return self.here.decode(*self.there.encode((result, list(args))))

    def value(self, name: str) -> Any:
        if name not in self.namespace:
            raise StudentError("missing", f"There is no variable {name} yet: run the cell that sets it.")
        return self.here.decode(*self.there.encode(self.namespace[name]))

    def _ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        args, kwargs = self.here.decode(*self.there.encode((args, kwargs)))
        return self.there.decode(*self.here.encode(self.here.callbacks[number](*args, **kwargs)))

    def _run(self, name: str, function: Callable) -> Any:
        own = {helper: self.namespace[helper] for helper in self.lends if helper in self.namespace}
        self.namespace.update(self.lends)
        try:
            printed = self.printed
            with _budget(self.seconds), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                return function()
        except NotImplementedError as error:
            raise StudentError("unfinished", f"{name} is not written yet.") from error
        except _OutOfTime as error:
            words = f"{name} ran longer than {self.seconds:g} s. Is there a loop that does not end?"
            raise StudentError("time", words, _own_lines(error)) from error
        except KeyboardInterrupt:
            raise  # the learner's own wish to stop
        except BaseException as error:  # SystemExit among them
            raise StudentError(type(error).__name__, str(error), _own_lines(error)) from error
        finally:
            for helper in self.lends:
                self.namespace.pop(helper, None)
            self.namespace.update(own)


@contextlib.contextmanager
def _budget(seconds: float):
    """Interrupt the block after so many seconds, where timers exist and this is the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again each second: a bare except may swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *outer)  # the budget of the call around this one, if there is one


def _own_lines(error: BaseException) -> tuple[str, ...]:
    """The student's own lines in a traceback, outermost first: "step_forward, line 3: `h = x @ W`"."""
    lines = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        path = os.path.abspath(frame.f_code.co_filename)
        if path.startswith((*OURS, os.path.join(sys.prefix, "lib"))) or f"{os.sep}rnn_core{os.sep}" in path:
            continue
        source = linecache.getline(frame.f_code.co_filename, number).strip()
        lines.append(f"{frame.f_code.co_name}, line {number}" + (f": `{source}`" if source else ""))
    return tuple(lines)


def grade_locally(exercise: Exercise, namespace: dict[str, Any]) -> Result:
    """Grade an exercise with the functions of a namespace; an answer that fails only because a helper of an
    earlier exercise is wrong counts as right, with a note."""
    backend = LocalBackend(namespace, seconds=exercise.seconds)
    result = grade(exercise, backend)
    if not result.passed and exercise.lends:
        lent = LocalBackend(namespace, exercise.lends, exercise.seconds)
        again = grade(exercise, lent)
        if again.points > result.points:
            result, backend = again, lent
            result.notes.append(
                f"Checked with the reference's {', '.join(exercise.lends)}, because with your own this "
                "exercise fails: that mistake is counted there and not here."
            )
    printed = backend.printed.getvalue().strip()
    if printed:
        result.notes.append("Your code printed: " + (printed if len(printed) < 300 else printed[:299] + "…"))
    return result
