"""A student in a sandbox as a check sees one: `RemoteBackend` is the `calling.Backend` of a `Session`.

Whatever the student's process does (hang, end, speak garbage, flood), a check meets a `StudentError` with words for
the student; the next call meets a new process in which the cells have run again.
"""

import builtins
import contextlib
import json
import os
import resource
import time
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.channel import MAX_JSON
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.lockdown import MEGABYTE
from autograder.student import OutOfTime, budget
from autograder.wire import Codec, Handle, StudentError, WireError, clean

GRACE = 3.0  # seconds beyond a budget, in which the student's process should stop itself and say so
DEATHS = 3  # processes that one student may lose
CALLBACK_MEMORY = 1024 * MEGABYTE  # what a callback, called with whatever a student likes, may take in this process
MAX_ASKED = 4 * MEGABYTE  # arrays that a callback is given: numpy cannot be interrupted in the middle of a product
MAX_RETURNED = 32 * MEGABYTE  # of a call: all results of an exercise are kept until its mistake is named
NO_SENSE = "what came from it made no sense"


class Session:
    """A student's process, and what has run in it, so that it can be replaced when it ends."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox, self.child, self.deaths, self.printed = sandbox, None, 0, ""
        self.script: list[tuple[dict, list]] = []
        self.ends = time.monotonic() + sandbox.budget.wall

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def again(self) -> "Session":
        """End this process; another session, in which the same cells have run once it is asked for something."""
        self.close()
        other = Session(self.sandbox)
        other.script = list(self.script)
        return other

    def close(self) -> None:
        """End the student's process."""
        if self.child is not None:
            self.child.close()
            self.child = None

    def cell(self, source: str, seconds: float = 60.0) -> tuple[list[dict], StudentError | None]:
        """Run a cell. Returns: its outputs as a notebook holds them, and what ended it early."""
        limit = min(int(self.sandbox.budget.output * MEGABYTE), MAX_JSON // 2)
        message = {"do": "cell", "source": source, "seconds": seconds, "limit": limit}
        try:
            returned, _ = self._kept(message, seconds, "The cell")
            text = json.dumps(
                [output for output in returned["outputs"] if isinstance(output, dict)], ensure_ascii=False
            )
            outputs = json.loads(text.encode(errors="replace"))
            error = returned["error"] and _error(returned["error"])
            if error and error.kind == "time":
                self.script.pop()  # a new process would lose as much time again
            return outputs, error
        except StudentError as error:
            return [], error
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            return [], self._dead(self.child, f"{NO_SENSE}: {error}")

    def execute(self, source: str, filename: str, seconds: float = 60.0) -> None:
        """Run a module in the student's namespace. Raises: StudentError."""
        self._kept({"do": "execute", "source": source, "filename": filename}, seconds, "The file")

    def has(self, name: str) -> bool:
        """Whether the student left something of this name."""
        try:
            self.request({"do": "value", "name": name}, [], 10.0, name)
        except StudentError as error:
            return error.kind != "missing"
        return True

    def _kept(self, message: dict, seconds: float, what: str) -> tuple[Any, list]:
        got = self.request(message, [], seconds, what)
        self.script.append((message, []))
        return got

    def request(
        self, message: dict, buffers: list, seconds: float, what: str, answer: Callable | None = None
    ) -> tuple[Any, list]:
        """What the student's process returns to a message: a tree and its buffers. Raises: StudentError.

        what: who ran too long, in words. answer: given a message by which the student calls back, gives the reply;
        the clock of the call stands meanwhile, for so many seconds again at the most.
        """
        child = self.child or self._begin()
        deadline, patience = min(time.monotonic() + seconds + GRACE, self.ends), seconds
        try:
            child.channel.send(message, buffers, deadline)
            while "ask" in (received := child.channel.receive(deadline))[0] and answer is not None:
                began = time.monotonic()
                reply = answer(*received)
                used = min(time.monotonic() - began, patience)
                deadline, patience = min(deadline + used, self.ends), patience - used
                if self.child is not child:
                    raise EOFError
                child.channel.send(*reply, deadline)
            return self._result(*received)
        except TimeoutError:
            words = f"{what} ran longer than {seconds:g} s. Is there a loop that does not end?"
            if time.monotonic() >= self.ends:
                words = f"The notebook as a whole ran longer than {self.sandbox.budget.wall:g} s."
            raise self._dead(child, words, "time") from None
        except (WireError, KeyError, TypeError, ValueError, MemoryError, RecursionError) as error:
            raise self._dead(child, f"{NO_SENSE}: {error}") from error
        except (EOFError, OSError) as error:
            raise self._dead(child) from error

    def _result(self, reply: dict, buffers: list) -> tuple[Any, list]:
        self.printed = (self.printed + str(reply.get("printed", "")))[:10_000]
        if "raised" in reply:
            raise _error(reply["raised"])
        return reply["returned"], buffers

    def _begin(self) -> Any:
        if self.deaths >= DEATHS:
            raise StudentError("ended", f"Your code has ended its process {DEATHS} times; nothing more of it is run.")
        if time.monotonic() >= self.ends:
            raise StudentError("time", f"The notebook as a whole ran longer than {self.sandbox.budget.wall:g} s.")
        child = self.child = self.sandbox.child()
        for message, buffers in self.script:
            if self.child is child:
                with contextlib.suppress(StudentError):
                    self.request(message, buffers, message.get("seconds", 60.0), "The notebook")
        return self.child or self._begin()

    def _dead(self, child: Any, words: str = "", kind: str = "ended") -> StudentError:
        """Clear a student's process away. Returns: what is said of it."""
        if child is not None and self.child is child:
            self.child, self.deaths = None, self.deaths + 1
            ended = child.close()
            words = words or ended
        words = words or "it ended"
        return StudentError(kind, words if kind == "time" else f"The process of your code was ended: {words}.")


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

    def call(self, name: str, args: tuple, kwargs: dict) -> tuple[Any, list]:
        """The result of a call, and the arguments as they are after it. Raises: StudentError."""
        return self._called({"do": "call", "name": name, "lends": self.lends}, (args, kwargs))

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
            raise self.session._dead(self.session.child, NO_SENSE)
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
            raise self.session._dead(self.session.child, f"{NO_SENSE}: {error}") from error

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
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    limit = now + CALLBACK_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit if soft == resource.RLIM_INFINITY else min(soft, limit), hard))
    try:
        with budget(seconds):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _error(raised: Any) -> StudentError:
    """An exception as the student's process tells it, each part of the type that it must have."""
    kind, message, lines = raised
    return StudentError(
        clean(str(kind)[:80]), clean(str(message)[:4000]), tuple(clean(str(x)[:4000]) for x in lines[:20])
    )
