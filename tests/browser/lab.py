"""A JupyterLab as `rnn-course learn` starts it, and what a learner does in it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from autograder.questions import ROOT

LEARN = """
import sys
from pathlib import Path
from autograder.learn import start
sys.exit(start(browser=False, port=int(sys.argv[1]), lessons=Path(sys.argv[2]), mine=Path(sys.argv[3])))
"""
TOKEN = "for-the-tests"
KERNEL_IS_READY = """() => {
    const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
    return kernel?.connectionStatus === "connected" && kernel?.status === "idle";
}"""
SELECT = """([id, source]) => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(cell => cell.model.id === id);
    if (index < 0) throw new Error(`there is no cell ${id}; is lessons/ up to date?`);
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    if (source !== null) notebook.activeCell.model.sharedModel.setSource(source);
    return index;
}"""
RUN = "() => jupyterapp.commands.execute('notebook:run-cell-and-select-next').then(() => null)"
ERRORS = """id => {
    const cells = jupyterapp.shell.currentWidget.content.widgets;
    const outputs = cells.find(cell => cell.model.id === id).model.outputs.toJSON();
    return outputs.filter(out => out.output_type === "error" || out.name === "stderr")
                  .map(out => out.evalue ?? out.text);
}"""


@dataclass
class Server:
    """A running JupyterLab: its address, the lessons, and the learner's copy of them, which it serves."""

    url: str
    lessons: Path
    mine: Path

    def ask(self, path: str, method: str = "GET") -> Any:
        """Ask the server's REST interface."""
        request = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def clear(self) -> None:
        """End the kernels that a page has left running, and forget which tabs it had."""
        for session in self.ask("/api/sessions"):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")
        for workspace in self.ask("/lab/api/workspaces")["workspaces"]["ids"]:
            self.ask(f"/lab/api/workspaces/{workspace}", "DELETE")


@contextlib.contextmanager
def serve(lessons: Path, home: Path) -> Iterator[Server]:
    """Start JupyterLab on a learner's copy of these lessons, with nothing of this user's own settings."""
    with running(["-c", LEARN], [str(lessons), str(home / "my_lessons")], home) as url:
        server = Server(url, lessons, home / "my_lessons")
        yield server
        server.clear()


@contextlib.contextmanager
def running(program: list[str], arguments: list[str], home: Path) -> Iterator[str]:
    """Run a program of Python's that starts JupyterLab on the port that is its first argument. Yields: the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "settings"
    settings.mkdir(parents=True)
    exposed = {app: {"expose_app_in_browser": True} for app in ("LabApp", "JupyterNotebookApp")}
    (settings / "jupyter_lab_config.json").write_text(json.dumps(exposed), encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "RNN_COURSE", "MPLBACK"))}
    env |= {"HOME": str(home), "JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_PATH": str(settings), "PYTHONPATH": str(ROOT)}
    url = f"http://127.0.0.1:{port}"
    with open(home / "server.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, *program, str(port), *arguments],
            env=env, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(Server(url, home, home), process, home / "server.log")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # the command and the server, which are alone in their session
            process.wait(20)


def _wait(server: Server, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            server.ask("/api/status")
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start:\n" + log.read_text(encoding="utf-8", errors="replace")[-2000:])


class Learner:
    """A learner before a page of JupyterLab. `outside` holds what the page asked of other machines."""

    def __init__(self, page: Page, server: Server):
        self.page, self.server = page, server
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route("**/*", self._stay_here)

    def _stay_here(self, route) -> None:
        if route.request.url.startswith((self.server.url, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def open(self, path: str = "") -> None:
        """Open a notebook (or the start page), and wait until its kernel is there."""
        address = f"/lab/tree/{path}?reset&token={TOKEN}" if path else f"/?token={TOKEN}"
        self.page.goto(self.server.url + address, wait_until="domcontentloaded")
        self.wait()

    def open_alone(self, path: str) -> None:
        """Open a notebook in Notebook 7, on a page of its own."""
        self.page.goto(f"{self.server.url}/notebooks/{path}?token={TOKEN}", wait_until="domcontentloaded")
        self.wait()

    def wait(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(KERNEL_IS_READY, timeout=60_000)

    def cell(self, id: str, source: str | None = None) -> Locator:
        """Go to a cell, and write this source into it when there is one."""
        index = self.page.evaluate(SELECT, [id, source])
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]').first

    def run(self, id: str, source: str | None = None) -> Locator:
        """Run a cell with the command behind Shift+Enter and wait for its end. Returns: its output."""
        cell = self.cell(id, source)
        self.page.evaluate(RUN)
        return cell.locator(".jp-OutputArea")

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save').then(() => null)")

    def complaints(self, id: str) -> list[str]:
        """The exceptions and the words on stderr that a cell shows."""
        return self.page.evaluate(ERRORS, id)

    def theme(self, name: str) -> None:
        """Change to "JupyterLab Dark" or "JupyterLab Light"."""
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_timeout(300)  # its colours arrive with a style sheet
