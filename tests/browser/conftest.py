"""Debian's Chromium on the JupyterLab that `rnn-course learn` starts, and a notebook with a card of every kind.

Nothing of the learner's is touched: lessons, home folder and progress are in a temporary folder.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, sync_playwright

from autograder.build import LESSONS
from autograder.source import KERNEL
from tests.browser.gallery import HEAD, NAMES, SETUP
from tests.browser.lab import Learner, Server, serve

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are of the full tier, and need a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.full)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium is installed (on Debian: apt install chromium)"))


@pytest.fixture(scope="package")
def server(tmp_path_factory) -> Iterator[Server]:
    """JupyterLab on a copy of the lessons and of two notebooks of ours."""
    home = tmp_path_factory.mktemp("home")
    lessons = home / "lessons"
    shutil.copytree(LESSONS, lessons)
    (lessons / "cards").mkdir()
    shows = {name.replace(" ", "-"): f"show({name!r})" for name in NAMES}
    _write(lessons / "cards" / "cards.ipynb", {"set-up": "from tests.browser.gallery import show", **shows})
    answer = HEAD + "    raise NotImplementedError()\n"
    ours = {
        "set-up": SETUP,
        "answer": answer,
        "check": 'check("cell-step")',
    }
    _write(lessons / "cards" / "exercise.ipynb", ours)
    _write(lessons / "cards" / "opened.ipynb", {"cell": "1 + 1"})
    _write(lessons / "cards" / "widgets.ipynb", {"set-up": "", "own": "", "widget": ""})
    with serve(lessons, home) as running:
        yield running


def _write(path: Path, cells: dict[str, str]) -> None:
    made = [new_code_cell(source, id=id) for id, source in cells.items()]
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": KERNEL}), path)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here, gone before other tests start an event loop of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def learner(chromium: Browser, server: Server) -> Iterator[Learner]:
    """A fresh page of a laptop's size; at its end no kernel runs, and nothing was asked of another machine."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    learner = Learner(context.new_page(), server)
    yield learner
    context.close()
    server.clear()
    assert not learner.outside
    assert not learner.errors
