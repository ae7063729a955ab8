"""The process of a student's code: does what the grader asks over a socket, one request after the other.

A request is an object with `do`; the answer holds `returned` or `raised`, and what was printed. While a function
runs it may call back (`ask`), and the grader may ask again before it answers that. Nothing here is trusted.
"""

import builtins
import socket
import sys
from typing import Any

from autograder.sandbox.cells import new_shell, run_cell
from autograder.sandbox.channel import Channel
from autograder.student import Student, in_kind
from autograder.wire import StudentError, WireError


class Worker:
    """Serves a student's namespace over a channel; `shell` runs the cells and holds the namespace."""

    def __init__(self, channel: Channel, shell: Any):
        self.channel, self.shell = channel, shell
        self.student = Student(shell.user_ns, self.ask)

    def serve(self) -> None:
        """Answer until the other end is closed."""
        while True:
            try:
                request, buffers = self.channel.receive()
            except (EOFError, OSError):
                return
            self.answer(request, buffers)

    def answer(self, request: dict, buffers: list[bytes]) -> None:
        """Do what is asked and send what came of it."""
        try:
            returned, data = self.do(request, buffers)
            reply = {"returned": returned, "printed": self.printed()}
            self.channel.send(reply, data)
        except WireError as error:  # nothing of the frame was sent
            self.channel.send({"raised": ["WireError", str(error), []], "printed": ""})
        except BaseException as error:
            found = in_kind(error)
            raised = [found.kind, found.message, list(found.lines)]
            self.channel.send({"raised": raised, "printed": self.printed()})

    def do(self, request: dict, buffers: list[bytes]) -> tuple[Any, list[bytes]]:
        """The result of one request. Raises: StudentError."""
        match request["do"]:
            case "call":
                name, tree, *rest = (request[key] for key in ("name", "args", "lends", "seconds", "after"))
                return self.student.call(name, tree, buffers, *rest)
            case "method":
                return self.student.method(request["name"], request["args"], buffers, request["seconds"])
            case "value":
                return self.student.value(request["name"])
            case "define":
                return self.student.define(request["names"], buffers), []
            case "execute":
                return self.student.execute(request["source"], request["filename"]), []
            case "cell":
                return run_cell(self.shell, request["source"], request["seconds"], request["limit"]), []
            case "many":
                return self.many(request["requests"], buffers)
        raise WireError(f"unknown request {request['do']!r:.40}")

    def many(self, requests: list[dict], buffers: list[bytes]) -> tuple[list[dict], list[bytes]]:
        """What comes of each of these requests, in their order, up to the first that runs out of time."""
        came, data = [], []
        for request in requests:
            own, buffers = buffers[: request["buffers"]], buffers[request["buffers"] :]
            try:
                returned, out = self.do(request, own)
            except BaseException as error:
                came.append({"raised": (kind := in_kind(error).kind)})
                if kind == "time":
                    break
            else:
                came.append({"returned": returned, "buffers": len(out)})
                data += out
        return came, data

    def ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        """What a callback of the grader returns; raises what it raised, as far as the kind goes."""
        tree, buffers = self.student.codec.encode((args, kwargs))
        self.channel.send({"ask": number, "args": tree}, buffers)
        while True:
            reply, buffers = self.channel.receive()
            if "do" not in reply:
                break
            self.answer(reply, buffers)
        if "failed" in reply:  # another of the student's own functions, called by the callback
            raise StudentError(*reply["failed"])
        if "raised" in reply:
            kind, base, message = reply["raised"]
            shows = {"__str__": Exception.__str__}  # the message is words already; KeyError would quote them again
            raise type(kind, (getattr(builtins, base),), shows)(message)
        return self.student.codec.decode(reply["returned"], buffers)

    def printed(self) -> str:
        """What was printed since the last answer."""
        text = self.student.printed.getvalue()
        self.student.printed.seek(0)
        self.student.printed.truncate()
        return text


def main() -> None:
    """Serve on the open socket whose number is the argument: a fresh process, for where there is no zygote."""
    Worker(Channel(socket.socket(fileno=int(sys.argv[1]))), new_shell()).serve()


if __name__ == "__main__":
    main()
