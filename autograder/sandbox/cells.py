"""Run a notebook's cells as Jupyter would: an IPython shell without a kernel. Magics work; what is shown is kept.

Most cells are plain Python, and IPython takes several times as long for them as Python does: so they pass it by.
"""

import ast
import io
import json
import re
import sys
from typing import Any

from autograder.student import budget, in_kind
from autograder.wire import StudentError

IPYTHONS = re.compile(  # what a cell has that is not Python alone
    r"^[^\S\n]*(?:[%!?,;/\\]|>>>|\.\.\.)|In \[|=\s*[%!]|\?\s*$"  # a magic, a command, a call, a question or a prompt
    r"|\A(?!(?!exit|quit)\w+\s*=)[^\n]*\n?\Z"  # one line may be a magic without its sign
    r"|\A\s|^[ \t]+$|[\r\v\f\x1c-\x1e\x85\u2028\u2029]"  # an indentation of the whole, or other ends of lines
    r"|await|async|[iI][pP]ython",
    re.MULTILINE,
)


class Outputs(list):
    """The outputs of a cell in their order, as a notebook holds them, up to a number of bytes."""

    def __init__(self, limit: int):
        super().__init__()
        self.left = limit

    def add(self, **output: Any) -> None:
        """Keep an output, if there is room."""
        text = json.dumps(output, default=str)
        self.left -= len(text)
        if self.left >= 0:
            self.append(json.loads(text))


class Stream(io.TextIOBase):
    """Standard output or error, written into the outputs."""

    def __init__(self, name: str, outputs: Outputs):
        self.stream, self.outputs = name, outputs

    def write(self, text: str) -> int:
        kept, outputs = text[: max(0, self.outputs.left)], self.outputs
        outputs.left -= len(text)
        if outputs and outputs[-1].get("name") == self.stream:
            outputs[-1]["text"] += kept
        elif kept:
            outputs.append({"output_type": "stream", "name": self.stream, "text": kept})
        return len(text)


def new_shell() -> Any:
    """The shell of this process; without the history, which would need a thread."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, *args, **kwargs):
            sys.stdout.outputs.add(output_type="display_data", data=data, metadata=metadata or {})

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            count, metadata = self.prompt_count, md_dict or {}
            sys.stdout.outputs.add(
                output_type="execute_result", execution_count=count, data=format_dict, metadata=metadata
            )

        def log_output(self, format_dict):
            pass

        def finish_displayhook(self):
            self._is_active = False

    class Shell(InteractiveShell):
        plain = True  # so far: what no cell has called for is as it was
        display_pub_class = Publisher
        displayhook_class = Hook

        def enable_gui(self, gui=None):
            pass

        def _showtraceback(self, *args, **kwargs):
            pass

        def showsyntaxerror(self, *args, **kwargs):
            pass

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.user_ns["__name__"] = "__main__"
    return shell


def statements(shell: Any, source: str) -> tuple[str, list[ast.stmt]]:
    """A cell's statements in plain Python, under the name that it has as a file; none for a cell that needs IPython."""
    shell.plain = shell.plain and not IPYTHONS.search(source)
    if not shell.plain:
        return "", []
    try:
        source = source if source.endswith("\n") else source + "\n"
        name = shell.compile.cache(source, shell.execution_count, raw_code=source)
        return name, shell.compile.ast_parse(source, name).body
    except Exception:  # IPython says what is wrong
        return "", []


def run_plain(shell: Any, name: str, nodes: list[ast.stmt]) -> None:
    """Run statements, each compiled once those before it have run; the value of a last expression is shown."""
    shell.events.trigger("pre_execute")
    try:
        with shell.builtin_trap, shell.display_trap:
            for node in nodes:
                shown = node is nodes[-1] and isinstance(node, ast.Expr)
                part, mode = (ast.Interactive([node]), "single") if shown else (ast.Module([node], []), "exec")
                exec(shell.compile(part, name, mode), shell.user_ns)
    except BaseException:
        sys.last_type, sys.last_value, sys.last_traceback = sys.exc_info()
        raise
    finally:
        shell.events.trigger("post_execute")


def run_cell(shell: Any, source: str, seconds: float, limit: int) -> dict[str, Any]:
    """Run a cell. Returns: its outputs, and None or the error that ended it: kind, message, own lines."""
    outputs, before = Outputs(limit), (sys.stdout, sys.stderr)
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)
    try:
        with budget(seconds):
            error, (name, nodes) = None, statements(shell, source)
            if nodes:
                run_plain(shell, name, nodes)
            else:
                done = shell.run_cell(source, store_history=False)
                error = done.error_before_exec or done.error_in_exec
        found = in_kind(error) if error is not None else None
    except BaseException as error:
        found = in_kind(error)
    finally:
        sys.stdout, sys.stderr = before
    if found and found.kind == "OutOfTime":
        found = StudentError("time", f"The cell ran longer than {seconds:g} s.", found.lines)
    return {"outputs": outputs, "error": [found.kind, found.message, list(found.lines)] if found else None}
