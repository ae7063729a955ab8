"""A learner's own function, as a widget calls it: with the reference at hand, and never for long.

Whatever the function does, a widget has something to draw: what it returned, or what the reference returns and a
note that says why.
"""

import contextlib
import functools
import threading
import time
import traceback

import numpy as np

from rnn_core.widgets.bounded import TooLongError, quiet, within
from rnn_core.widgets.used import newest, same, used_by

SECONDS = 2.0  # for all calls of one picture
KEPT = 8  # results that are kept
LOCK = threading.RLock()  # one learner's function at a time: standard output and warnings belong to all threads


class Own:
    """The learner's function, or the reference; `note` says which was drawn, and why.

    function: what the lesson hands over, or None for the reference alone. reference: its twin in rnn_core.
    outputs: how many of the returned values are compared (a cache at the end is not); what differs by less than
    `blur` counts as the same. The newest function of that name in the learner's notebook is taken at every picture,
    so a cell that is run again counts at once.
    """

    def __init__(self, function, reference, outputs=1, blur=1e-12):
        self.function, self.reference, self.outputs, self.blur = function, reference, outputs, blur
        self.name = getattr(function, "__name__", "your function")
        self.used, self.kept = [], {}
        self.begin()

    def begin(self):
        """Forget what happened in the picture before."""
        self.fault, self.furthest, self.left, self.called = None, 0.0, SECONDS, False

    def __call__(self, *args):
        """Call the learner's function on copies. Returns: its result, or the reference's after a fault."""
        self.called, want = True, self.reference(*args)
        if self.function is None or self.fault:
            return want
        try:
            with LOCK, quiet(), self._in_time():
                got = newest(self.function)(*_copied(args))
            return self._compared(got, want)
        except NotImplementedError:  # a released exercise raises it until it is written
            self.fault = f"{self.name} is not written yet"
        except TooLongError:
            self.fault = f"{self.name} took more than {SECONDS:g} s"
        except _MisfitError as error:
            self.fault = str(error)
        except (Exception, SystemExit) as error:  # SystemExit: an `exit()` in the function
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.fault = f"{self.name} raised {told}{_line(error)}"
        return want

    def attempts(self, calls):
        """Call the learner's function on many lists of arguments that may be wrong; after a fault, the reference.

        Returns: for each call what came back, unchecked, and what it raised or None.
        """
        self.called = True
        one = self.reference if self.function is None or self.fault else newest(self.function)
        try:
            with LOCK, quiet(), self._in_time():
                return [_attempt(one, args) for args in calls]
        except TooLongError:
            self.fault = f"{self.name} took more than {SECONDS:g} s"
            return [_attempt(self.reference, args) for args in calls]

    def once(self, marks, work):
        """What `work()` gave before, where the marks are the same and nothing that the function names has changed.

        marks: a tuple of all else that `work` depends on. After a fault nothing is kept.
        Returns: what `work` returned.
        """
        used = [] if self.function is None else used_by(self.function)
        if not same(used, self.used):
            self.used, self.kept = used, {}
        before = self.called, self.furthest
        if self.fault or marks not in self.kept:
            self.called, self.furthest = False, 0.0
            result = work()
            while len(self.kept) >= KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[marks] = result, self.called, self.furthest
        result, self.called, self.furthest = self.kept[marks]
        if self.fault:
            self.kept = {}
        self.called, self.furthest = self.called or before[0], max(self.furthest, before[1])
        return result

    @property
    def note(self):
        """What is drawn, in a sentence; nothing where this picture had no use for the function."""
        if self.function is None or not self.called:
            return ""
        if self.fault:
            return f"{self.fault}. The picture shows the reference."
        if self.furthest:
            return f"Drawn from your {self.name}. It differs from the reference by up to {self.furthest:.2g}."
        return f"Drawn from your {self.name}; it agrees with the reference."

    @contextlib.contextmanager
    def _in_time(self):
        began = time.monotonic()
        try:
            with within(max(self.left, 1e-3)):
                yield
        finally:
            self.left -= time.monotonic() - began

    def _compared(self, got, want):
        theirs, ours = (result if isinstance(result, tuple) else (result,) for result in (got, want))
        if len(theirs) != len(ours):
            came = "None" if got is None else _count(len(theirs))
            raise _MisfitError(f"{self.name} returned {came} where {_count(len(ours))} are expected")
        for one, other in self._pairs(theirs[: self.outputs], ours[: self.outputs]):
            if isinstance(other, np.ndarray) and not isinstance(one, np.ndarray | np.generic):
                came = "None" if one is None else type(one).__name__
                raise _MisfitError(f"{self.name} returned {came} where an array is expected")
            one, other = np.asarray(one), np.asarray(other)
            if one.shape != other.shape:
                raise _MisfitError(f"{self.name} returned shape {one.shape} where {other.shape} is expected")
            if one.dtype.kind not in "fiub":
                raise _MisfitError(f"{self.name} returned {one.dtype} where numbers are expected")
            if not np.isfinite(one).all():
                raise _MisfitError(f"{self.name} returned NaN or infinity")
            off = np.abs(np.subtract(one, other, dtype=float)).max(initial=0)  # as floats: masks are compared, too
            rounding = max(_rounding(one.dtype), _rounding(other.dtype)) * np.abs(other).max(initial=0)
            if off > max(rounding, self.blur):
                self.furthest = max(self.furthest, float(off))
        return got

    def _pairs(self, theirs, ours):
        """What is compared with what: dicts (such as parameters) name by name, tuples one by one."""
        if isinstance(ours, dict):
            if not isinstance(theirs, dict) or set(theirs) != set(ours):
                raise _MisfitError(f"{self.name} returned no dict with the names {', '.join(ours)}")
            theirs, ours = [theirs[name] for name in ours], list(ours.values())
        elif isinstance(ours, tuple):
            count = len(theirs) if isinstance(theirs, tuple) else 1
            if not isinstance(theirs, tuple) or count != len(ours):
                raise _MisfitError(f"{self.name} returned {_count(count)} where {_count(len(ours))} are expected")
        else:
            yield theirs, ours
            return
        for one, other in zip(theirs, ours, strict=True):
            yield from self._pairs(one, other)


class _MisfitError(Exception):
    """What came back cannot be drawn."""


@functools.cache
def _rounding(dtype):
    """How far apart numbers of this kind may be that are the same but for rounding, as a share of the largest."""
    return np.finfo(np.result_type(dtype, np.float32)).eps ** 0.5


def _copied(value):
    """The same with all arrays copied, those in lists, tuples and dicts too."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    return type(value)(map(_copied, value)) if type(value) in (list, tuple) else value


def _attempt(function, args):
    try:
        return function(*_copied(args)), None
    except (Exception, SystemExit) as error:
        return None, error


def _line(error):
    """Where in the learner's cell it happened. Returns: a text such as ", in line 3: h = x @ W"."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "ipykernel" in frame.filename]
    return f", in line {frames[-1].lineno}: {frames[-1].line}" if frames else ""


def _count(number):
    return "one value" if number == 1 else f"{number} values"
