"""A student's process as the grader talks to it, and what has run in it.

Whatever the process does (hang, end, speak garbage, flood), whoever asked meets a `StudentError` with words for the
student; the next request meets a new process in which the cells have run again.
"""

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.channel import MAX_JSON
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.lockdown import MEGABYTE
from autograder.wire import StudentError, WireError, clean

GRACE = 3.0  # seconds beyond a budget, in which the student's process should stop itself and say so
DEATHS = 3  # processes that one student may lose
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
        message = self._to_run(source, seconds)
        try:
            return self._ran(message, self.request(message, [], seconds, "The cell")[0])
        except StudentError as error:
            return [], error

    def cells(self, sources: Sequence[str], seconds: float = 60.0) -> list[tuple[list[dict], StudentError | None]]:
        """Run cells, as `cell` does it, with so many seconds for each; in one message, where nothing comes between."""
        messages = [self._to_run(source, seconds) for source in sources]
        script, deaths, began = list(self.script), self.deaths, time.monotonic()
        try:
            requests = [{**message, "buffers": 0} for message in messages]
            returned, _ = self.request({"do": "many", "requests": requests}, [], seconds, "The notebook")
            pairs = zip(messages, returned, strict=True)
            return [self._ran(message, came["returned"]) for message, came in pairs]
        except (StudentError, KeyError, TypeError, ValueError):  # it has cost nothing, and each cell gets its own words
            self.close()
            self.script, self.deaths, self.ends = script, deaths, self.ends + time.monotonic() - began
            return [self.cell(source, seconds) for source in sources]

    def _to_run(self, source: str, seconds: float) -> dict:
        limit = min(int(self.sandbox.budget.output * MEGABYTE), MAX_JSON // 2)
        return {"do": "cell", "source": source, "seconds": seconds, "limit": limit}

    def _ran(self, message: dict, returned: Any) -> tuple[list[dict], StudentError | None]:
        """The outputs of a cell, and its error, in the form that they must have. Raises: StudentError."""
        try:
            text = json.dumps(
                [output for output in returned["outputs"] if isinstance(output, dict)], ensure_ascii=False
            )
            outputs = json.loads(text.encode(errors="replace"))
            error = returned["error"] and _error(returned["error"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise self.dead(self.child, f"{NO_SENSE}: {error}") from error
        if not (error and error.kind == "time"):  # a new process would lose as much time again
            self.script.append((message, []))
        return outputs, error

    def execute(self, source: str, filename: str, seconds: float = 60.0) -> None:
        """Run a module in the student's namespace. Raises: StudentError."""
        message = {"do": "execute", "source": source, "filename": filename}
        self.request(message, [], seconds, "The file")
        self.script.append((message, []))

    def has(self, name: str) -> bool:
        """Whether the student left something of this name."""
        try:
            self.request({"do": "value", "name": name}, [], 10.0, name)
        except StudentError as error:
            return error.kind != "missing"
        return True

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
            raise self.dead(child, words, "time") from None
        except (WireError, KeyError, TypeError, ValueError, MemoryError, RecursionError) as error:
            raise self.dead(child, f"{NO_SENSE}: {error}") from error
        except (EOFError, OSError) as error:
            raise self.dead(child) from error

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
        self.child = self.sandbox.child()
        if self.script:
            requests = [{**message, "buffers": len(buffers)} for message, buffers in self.script]
            together = sum(message.get("seconds", 60.0) for message in requests)
            with contextlib.suppress(StudentError):
                sent = [buffer for _, buffers in self.script for buffer in buffers]
                self.request({"do": "many", "requests": requests}, sent, together, "The notebook")
        return self.child or self._begin()

    def dead(self, child: Any, words: str = "", kind: str = "ended") -> StudentError:
        """Clear a student's process away. Returns: what is said of it."""
        if child is not None and self.child is child:
            self.child, self.deaths = None, self.deaths + 1
            ended = child.close()
            words = words or ended
        words = words or "it ended"
        return StudentError(kind, words if kind == "time" else f"The process of your code was ended: {words}.")


def _error(raised: Any) -> StudentError:
    """An exception as the student's process tells it, each part of the type that it must have."""
    kind, message, lines = raised
    return StudentError(
        clean(str(kind)[:80]), clean(str(message)[:4000]), tuple(clean(str(x)[:4000]) for x in lines[:20])
    )
