"""What every widget must do: readable in both themes and for a screen reader, alive whatever a function does."""

import os
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driving import in_lab
from tests.browser.lab import TOKEN, Learner
from tests.browser.widget_examples import EXAMPLES, RIGHT

OWN = [name for name, example in EXAMPLES.items() if example.own]
FAULTS = {
    "not written yet": "raise NotImplementedError",
    "raised ZeroDivisionError: division by zero, in line 2: return 1 / 0": "return 1 / 0",
    "took more than 2 s": "\n    while True:\n        pass",
    "returned": "return 'nothing that can be drawn'",
}


def above(learner: Learner, name: str, body: str = "") -> None:
    """Run what stands above a widget, with this body of the learner's function, else a right one."""
    learner.run("set-up", EXAMPLES[name].set_up)
    assert not learner.complaints("set-up"), learner.complaints("set-up")
    if EXAMPLES[name].own:
        learner.run("own", f"def {EXAMPLES[name].own}:\n    {body or RIGHT[name]}\n")


def photograph(root: Locator, name: str) -> None:
    """Keep a picture to look at, where somebody wants one."""
    if folder := os.environ.get("RNN_COURSE_SHOTS"):
        root.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_described_readable_in_both_themes_and_moved_by_keyboard(learner: Learner, name: str):
    learner.open("cards/widgets.ipynb")
    above(learner, name)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        learner.theme(theme)
        widget = in_lab(learner, EXAMPLES[name].source)
        assert widget.violations() == []
        assert widget.says and not widget.problem
        for image in widget.root.locator("svg[role=img]").all():
            assert image.locator("> title").text_content()
            assert image.locator("> desc").text_content() == widget.says
        photograph(widget.root, f"{name}_{theme.split()[1].lower()}")
    if moves := EXAMPLES[name].moves:
        says = widget.says
        widget.press(moves, "ArrowRight", "ArrowRight", "ArrowRight")
        assert widget.says != says
    learner.page.set_viewport_size({"width": 700, "height": 900})  # as wide as a laptop's page at 200 %
    learner.page.evaluate("() => jupyterapp.shell.collapseLeft()")
    learner.page.wait_for_timeout(300)
    content, width = widget.root.evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert content <= width + 1
    photograph(widget.root, f"{name}_700")


@pytest.mark.parametrize("name", OWN)
def test_faults_of_the_learners_function_are_told_and_the_widget_lives(learner: Learner, name: str):
    learner.open("cards/widgets.ipynb")
    for fault, body in FAULTS.items():
        above(learner, name, body)
        widget = in_lab(learner, EXAMPLES[name].source)
        assert fault in widget.note and "The picture shows the reference." in widget.note
    above(learner, name)
    learner.cell("widget")
    if EXAMPLES[name].moves:
        widget.press(EXAMPLES[name].moves, "ArrowRight")
        expect(widget.root.locator(".rnn-note")).to_contain_text("it agrees with the reference")


def test_what_was_moved_survives_a_reload_and_the_file_holds_a_picture(learner: Learner):
    learner.open("cards/widgets.ipynb")
    above(learner, "gate_lab")
    widget = in_lab(learner, EXAMPLES["gate_lab"].source)
    widget.slide("value of f", 0.5)
    says = widget.says
    learner.save()
    saved = nbformat.read(learner.server.mine / "cards" / "widgets.ipynb", as_version=4)
    (shown,) = (cell.outputs[0].data for cell in saved.cells if cell.id == "widget")
    assert {"image/png", "text/html", "text/plain"} < shown.keys() and 'alt="Step 4: input gate' in shown["text/html"]
    learner.open("cards/widgets.ipynb")  # with the same kernel
    expect(learner.page.locator(".rnn-widget .rnn-says")).to_have_text(says)


def test_on_the_next_day_it_is_there_before_any_cell_has_run(learner: Learner):
    learner.open("cards/widgets.ipynb")
    above(learner, "unroll")
    widget = in_lab(learner, EXAMPLES["unroll"].source)
    widget = in_lab(learner, EXAMPLES["unroll"].source)  # twice: the file keeps one
    widget.press("steps done", "End")
    says, shown = widget.says, learner.page.locator(".rnn-widget .rnn-says")
    for day in (2, 3):
        learner.save()
        learner.server.clear()  # its kernel is gone
        learner.open("cards/widgets.ipynb")
        expect(shown).to_have_text(says)
        learner.run("set-up", f"'day {day}'")  # what the page then saves holds no widget of its own
        learner.wait()
    assert learner.cell("widget").locator("img").count() == 0  # not the stored picture as well
    saved = nbformat.read(learner.server.mine / "cards" / "widgets.ipynb", as_version=4)
    models = saved.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    assert sum(model["model_name"] == "AnyModel" for model in models) == 1
    exported = learner.page.request.get(f"{learner.server.url}/nbconvert/html/cards/widgets.ipynb?token={TOKEN}").text()
    assert (
        '<img alt="The state goes round' in exported
        and '<script type="application/vnd.jupyter.widget-view' not in exported
    )
    learner.page.get_by_role("button", name="Rewind").click()
    expect(learner.page.locator(".rnn-problem")).to_contain_text("run this cell again")
    above(learner, "unroll")
    widget = in_lab(learner, EXAMPLES["unroll"].source)
    widget.click("Rewind")
    assert not widget.problem and "0 of 4 steps done" in widget.says


def test_the_keyboard_moves_a_widget_in_notebook_7_as_well(learner: Learner):
    learner.open_alone("cards/widgets.ipynb")
    for name in ("gate_lab", "unroll", "spectrum"):
        above(learner, name)
        widget = in_lab(learner, EXAMPLES[name].source)
        says = widget.says
        widget.press(EXAMPLES[name].moves, "ArrowRight", "ArrowLeft", "ArrowRight")
        assert widget.says != says and "agrees with the reference" in widget.note
    own = "(reading 'schema')", "not registered"  # complaints of Notebook's own page, as of 7.6
    learner.errors[:] = [error for error in learner.errors if not any(words in error for words in own)]
