"""Live training by pointer and keyboard: run, stop, rewind, compare."""

import re

import pytest
from playwright.sync_api import Browser, expect

from rnn_core.widgets import Remedies
from rnn_core.widgets.remedies.recall_run import Run
from rnn_core.widgets.remedies.remedies import REFERENCES, SETTINGS
from tests.browser.driving import Driven, in_lab, in_page
from tests.browser.lab import Learner


@pytest.fixture
def widget() -> Remedies:
    return Remedies()


@pytest.fixture
def live(chromium: Browser, widget: Remedies):
    page = chromium.new_page()
    yield in_page(page, widget)
    page.close()


def step(live: Driven) -> int:
    return int(re.search(r"step (\d+) of 600", live.root.locator(".rnn-legend").inner_text())[1])


def test_a_run_goes_to_its_end_in_slices_and_is_the_run_of_numpy(live: Driven, widget: Remedies):
    live.root.get_by_label("clip at 0.5").check()
    live.answered(live.turn - 1)
    start = live.turn
    live.root.get_by_role("button", name="Run", exact=True).click()
    expect(live.root.get_by_role("button", name="Run", exact=True)).to_be_visible(timeout=30_000)
    assert step(live) == 600 and live.turn - start > 5
    run = Run({**SETTINGS, "clip": True}, *REFERENCES)
    run.train(600)
    assert f"after 600 steps {run.curves['right'][-1]:.0%} right" in live.says and run.curves["right"][-1] > 0.95
    assert widget.picture["now"]["right"] == run.curves["right"]


def test_stop_stops_and_the_run_goes_on_from_there(live: Driven, widget: Remedies):
    live.press("lag", "ArrowRight")
    live.root.get_by_role("button", name="Run", exact=True).focus()
    live.page.keyboard.press("Enter")
    live.page.wait_for_timeout(250)
    live.page.keyboard.press("Enter")  # the same button, now Stop
    live.answered(live.turn - 1)
    stopped = step(live)
    assert 0 < stopped < 600
    live.page.wait_for_timeout(200)
    assert step(live) == stopped == widget.run.step
    live.click("6 steps")
    assert step(live) == stopped + 6
    live.click("Rewind")
    assert step(live) == 0
    assert re.search(r"before: .* lag 21, seed 0; step \d+ of 600", live.root.locator(".rnn-legend").inner_text())


def test_a_moved_setting_ends_the_run_and_begins_another(live: Driven):
    live.click("6 steps")
    live.choose("optimizer", "Adam")
    assert "Adam, rate 0.001" in live.says and "Before, dashed: orthogonal start, momentum, rate 0.1" in live.says
    live.click("6 steps")
    live.choose("start", "uniform")
    options = live.root.get_by_label("compare with").locator("option").all_text_contents()
    assert options[1:] == ["run 1: orthogonal start, momentum, rate 0.1", "run 2: orthogonal start, Adam, rate 0.001"]
    live.choose("compare with", "1")
    assert "Before, dashed: orthogonal start, momentum" in live.says
    assert live.violations() == []


def test_other_cells_work_between_the_slices(learner: Learner):
    learner.open("cards/widgets.ipynb")
    learner.run("set-up", "from rnn_core.widgets import Remedies\nremedies = Remedies()")
    live = in_lab(learner, "remedies")
    live.root.get_by_label("layer normalisation").check()  # a long run
    live.root.get_by_role("button", name="Run", exact=True).click()
    output = learner.run("own", "print('stood at step', remedies.run.step, remedies.params['W_hy'].shape)")
    expect(output).to_contain_text("(32, 4)", timeout=10_000)
    stood = int(re.search(r"step (\d+)", output.inner_text())[1])
    assert stood < 600
    live.root.get_by_role("button", name="Stop", exact=True).click()
    live.answered(live.turn - 1)
    assert stood <= step(live) < 600 and not live.problem
