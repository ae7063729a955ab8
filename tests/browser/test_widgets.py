"""What every widget must do: readable in both themes and for a screen reader, alive whatever a function does."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import in_lab
from tests.browser.lab import Learner
from tests.browser.widget_examples import EXAMPLES, RIGHT

OWN = [name for name, example in EXAMPLES.items() if example.own]
FAULTS = {
    "not written yet": "raise NotImplementedError",
    "raised ZeroDivisionError: division by zero, in line 2: return 1 / 0": "return 1 / 0",
    "took more than 2 s": "\n    while True:\n        pass",
    "returned": "return 'nothing that can be drawn'",
}


@pytest.fixture
def before(learner: Learner):
    """Opens the notebook and runs what stands above a widget, with this body of the learner's function."""

    def open_it(name: str, body: str | None = None) -> Learner:
        learner.open("cards/widgets.ipynb")
        learner.run("set-up", EXAMPLES[name].set_up)
        assert not learner.complaints("set-up"), learner.complaints("set-up")
        if EXAMPLES[name].own:
            learner.run("own", f"def {EXAMPLES[name].own}:\n    {body or RIGHT[name]}\n")
        return learner

    return open_it


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_named_described_and_readable_in_both_themes(before, name: str):
    learner = before(name)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        learner.theme(theme)
        widget = in_lab(learner, EXAMPLES[name].source)
        assert widget.violations() == []
        assert widget.says and not widget.problem
        for image in widget.root.locator("svg[role=img]").all():
            assert image.locator("> title").text_content()
            assert image.locator("> desc").text_content() == widget.says
        if folder := os.environ.get("RNN_COURSE_SHOTS"):  # to look at
            widget.root.screenshot(path=Path(folder) / f"{name}_{theme.split()[1].lower()}.png")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_control_is_reached_by_keyboard_and_moves_the_picture(before, name: str):
    widget = in_lab(before(name), EXAMPLES[name].source)
    if not EXAMPLES[name].moves:
        return
    says = widget.says
    widget.press(EXAMPLES[name].moves, "ArrowRight", "ArrowRight", "ArrowRight")
    assert widget.says != says


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_fits_a_narrow_page(before, name: str):
    widget = in_lab(before(name), EXAMPLES[name].source)
    widget.page.set_viewport_size({"width": 700, "height": 900})
    widget.page.evaluate("() => jupyterapp.shell.collapseLeft()")
    widget.page.wait_for_timeout(300)
    wide = widget.root.evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert wide[0] <= wide[1] + 1, wide
    if folder := os.environ.get("RNN_COURSE_SHOTS"):
        widget.root.screenshot(path=Path(folder) / f"{name}_700.png")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", OWN)
def test_a_fault_of_the_learners_function_is_told_and_the_widget_lives(before, name: str, fault: str):
    learner = before(name, FAULTS[fault])
    widget = in_lab(learner, EXAMPLES[name].source)
    assert fault in widget.note and "The picture shows the reference." in widget.note
    learner.run("own", f"def {EXAMPLES[name].own}:\n    {RIGHT[name]}\n")
    learner.cell("widget")
    if EXAMPLES[name].moves:
        widget.press(EXAMPLES[name].moves, "ArrowRight")
        expect(widget.root.locator(".rnn-note")).to_contain_text("it agrees with the reference")
