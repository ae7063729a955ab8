"""A student in a sandbox as a check sees one: `RemoteBackend` is the `calling.Backend` of a `Session`."""

import builtins
import contextlib
import os
import resource
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.lockdown import MEGABYTE
from autograder.sandbox.session import NO_SENSE, Session
from autograder.student import OutOfTime, budget
from autograder.wire import Codec, Handle, StudentError, WireError

CALLBACK_MEMORY = 1024 * MEGABYTE  # what a callback, called with whatever a student likes, may take in this process
MAX_ASKED = 4 * MEGABYTE  # arrays that a callback is given: numpy cannot be interrupted in the middle of a product
MAX_RETURNED = 32 * MEGABYTE  # of a call: all results of an exercise are kept until its mistake is named


class RemoteBackend:
    """The student of a session for the checks of one exercise.

    lends: helpers that are there while these checks call, and then no more. given: values, and functions of this
    process, for what the student's own namespace lacks.
    """

    def __init__(
        self,
        session: Session,
        seconds: float = 10.0,
        lends: Mapping[str, Callable] = {},
        given: Mapping[str, Any] = {},
    ):
        self.session, self.seconds, self.printed = session, seconds, ""
        self.here = Codec(keeps=False)
        self.lends, _ = self.here.encode(dict(lends))
        if given:
            tree, buffers = self.here.encode(dict(given))
            self._request({"do": "define", "names": tree}, buffers, "The file")
            session.script.append(({"do": "define", "names": tree}, buffers))

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        """The result, and the arguments as they are afterwards, if `after` asks for them. Raises: StudentError."""
        return self._called({"do": "call", "name": name, "lends": self.lends, "after": after}, (args, kwargs))

    def method(self, handle: Handle, name: str, args: tuple = (), kwargs: Mapping = {}) -> tuple[Any, list]:
        """The same for a method of an object that a call returned. Raises: StudentError."""
        return self._called({"do": "method", "name": name}, ((handle, *args), dict(kwargs)))

    def value(self, name: str) -> Any:
        """The value of a variable. Raises: StudentError."""
        return self._decoded(*self._request({"do": "value", "name": name}, [], name))

    def _called(self, message: dict, arguments: tuple) -> tuple[Any, list]:
        tree, buffers = self.here.encode(arguments)
        message = {**message, "args": tree, "seconds": self.seconds}
        returned, data = self._request(message, buffers, message["name"])
        if sum(map(len, data)) > MAX_RETURNED:
            most = MAX_RETURNED // MEGABYTE
            raise StudentError("ended", f"{message['name']} returned more than {most} MB of numbers.")
        got = self._decoded(returned, data)
        if not (type(got) is tuple and len(got) == 2 and type(got[1]) is list):
            raise self.session.dead(self.session.child, NO_SENSE)
        return got

    def _request(self, message: dict, buffers: list, what: str) -> tuple[Any, list]:
        try:
            return self.session.request(message, buffers, self.seconds, what, self._answer)
        finally:
            self.printed, self.session.printed = (self.printed + self.session.printed)[:10_000], ""

    def _decoded(self, tree: Any, buffers: list) -> Any:
        try:
            return self.here.decode(tree, buffers)
        except (WireError, MemoryError, RecursionError) as error:
            raise self.session.dead(self.session.child, f"{NO_SENSE}: {error}") from error

    def _answer(self, message: dict, buffers: list) -> tuple[dict, list]:
        """Call one of the functions that this exercise passed in. Raises: WireError."""
        if sum(map(len, buffers)) > MAX_ASKED:
            raise WireError(f"more than {MAX_ASKED // MEGABYTE} MB for a callback")
        number, got = message["ask"], self.here.decode(message["args"], buffers)
        if type(number) is not int or not 0 <= number < len(self.here.callbacks):
            raise WireError("an unknown callback")
        (args, kwargs), function = got, self.here.callbacks[number]
        try:
            with bounded(self.seconds):
                tree, out = self.here.encode(function(*args, **kwargs))
            return {"returned": tree}, out
        except StudentError as error:
            return {"failed": [error.kind, error.message, list(error.lines)]}, []
        except (Exception, OutOfTime) as error:
            base = next(kind.__name__ for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)
            return {"raised": [type(error).__name__, base, str(error)[:4000]]}, []


@contextlib.contextmanager
def bounded(seconds: float):
    """Keep a callback, whose arguments a student chose, from taking this process's time and memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="utf-8") as file:
        now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    limit = now + CALLBACK_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit if soft == resource.RLIM_INFINITY else min(soft, limit), hard))
    try:
        with budget(seconds):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
