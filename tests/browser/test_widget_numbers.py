"""Each widget in JupyterLab, moved by the mouse and by the keyboard: its page shows the numbers that numpy gives.

All in one JupyterLab and one kernel. What is read is what stands on the page, not what Python sent.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Driven, in_lab
from tests.browser.lab import Learner, Server
from tests.browser.test_widgets import above
from tests.browser.widget_examples import EXAMPLES
from tests.browser.widget_numbers import FIT, MOVED, TRAINING, Moved

OWN_FILE = (
    "import os\nos.environ['RNN_COURSE_PROGRESS'] = 'numbers.sqlite'"  # what is mastered here counts nowhere else
)


@pytest.fixture(scope="module")
def desk(chromium: Browser, server: Server) -> Iterator[Learner]:
    """One page for all of them."""
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, reduced_motion="reduce")
    learner = Learner(context.new_page(), server)
    learner.open("cards/widgets.ipynb")
    learner.run("set-up", OWN_FILE)
    yield learner
    context.close()
    server.clear()
    assert not learner.outside
    assert not learner.errors


def agree(widget: Driven, moved: Moved) -> None:
    """Every number on the page is the one of numpy, as far as it is printed."""
    found = moved.numbers(widget)
    assert len(found) >= 3
    for text, want in found:
        if moved.decimals is not None:
            assert float(text) == pytest.approx(want, abs=0.51 * 10**-moved.decimals), found
        else:  # three digits, but two where there is an exponent
            assert float(text) == pytest.approx(want, rel=0.051 if "e" in text else 0.0051, abs=1e-15), found


@pytest.mark.parametrize("name", [name for name in MOVED if name != "training"])
def test_moved_by_mouse_and_by_keyboard_it_shows_the_numbers_of_numpy(desk: Learner, name: str):
    moved = MOVED[name]
    above(desk, name)
    widget = in_lab(desk, EXAMPLES[name].source)
    if moved.before:
        desk.run("own", moved.before)
    for method, *how in moved.moves:
        getattr(widget, method)(*how)
    if moved.after:
        desk.run("own", moved.after)
        desk.wait()
    agree(widget, moved)
    assert not widget.problem


@pytest.mark.parametrize("how", MOVED["training"].moves, ids=["mouse", "keyboard"])
def test_a_training_that_is_stopped_shows_the_numbers_of_numpy(desk: Learner, how: tuple):
    desk.run("set-up", TRAINING)
    cell = desk.cell("widget", FIT)
    desk.page.evaluate("() => {jupyterapp.commands.execute('notebook:run-cell-and-select-next')}")
    widget = Driven(cell.locator(".rnn-widget").first)
    expect(widget.root.locator(".rnn-says")).to_contain_text("Step ")
    method, *arguments = how
    getattr(widget, method)(*arguments)
    desk.wait()
    expect(widget.root.locator(".rnn-says")).to_contain_text("stopped by the button")
    agree(widget, MOVED["training"])


def test_every_widget_is_here():
    assert set(MOVED) == {*EXAMPLES, "training"}
