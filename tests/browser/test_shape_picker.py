"""The shapes by pointer and by keyboard, and jobs that are laid onto them."""

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from rnn_core.data import sentences
from rnn_core.widgets import ShapePicker
from rnn_core.widgets.shape_picker import shape_nets
from rnn_core.widgets.shape_picker.shape_examples import USUAL
from tests.browser.driving import Driven, in_page

JOBS = {"a": "a review → stars", "b": "English → Japanese", "c": "a photo → cat or not"}


@pytest.fixture
def widget():
    return ShapePicker(JOBS)


@pytest.fixture
def picker(chromium: Browser, widget):
    page = chromium.new_page(viewport={"width": 800, "height": 1300})
    yield in_page(page, widget)
    page.close()


def test_step_by_step_against_numpy(picker: Driven):
    net, h = shape_nets.small_net("many-to-one"), np.zeros(shape_nets.H)
    for k, word in enumerate(USUAL["many-to-one"][0].split()[:3], 1):
        picker.click("Step")
        h = np.tanh(net["E"][sentences.WORDS.index(word)] @ net["W_xh"] + h @ net["W_hh"] + net["b"])
        drawn = picker.root.locator("svg.rnn-canvas").text_content()
        assert all(f"{value:.2f}" in drawn for value in h[:6])
        assert f"step {k} of 8: “{word}” goes in" in picker.says
    picker.click("Back")
    assert "step 2 of 8" in picker.says
    picker.click("Rewind")
    assert "the start, a state of zeros" in picker.says


def test_run_goes_to_the_end_and_at_once_where_motion_is_not_wanted(picker: Driven):
    picker.page.emulate_media(reduced_motion="reduce")
    picker.click("Run")
    assert "step 8 of 8" in picker.says and "wanted is “complaint”" in picker.says


def test_own_words_and_another_mask(picker: Driven):
    picker.type("words of your own", "nobody says that the film was weak")
    picker.slide("step", 7)
    assert "wanted is “praise”" in picker.says
    before = picker.turn
    picker.root.get_by_label("take padding for real").check()
    picker.answered(before)
    picker.choose("sequence", "2")
    assert "padding" in picker.says and "wanted is “praise”" in picker.says


def test_every_shape_is_drawn_and_described(picker: Driven):
    for name in ("one-to-one", "one-to-many", "aligned many-to-many", "encoder-decoder"):
        picker.choose("shape", name)
        picker.press("step", "End")
        assert not picker.problem and "loss" in picker.says
        assert picker.root.locator("svg.rnn-canvas > desc").text_content() == picker.says
        assert picker.violations() == []


def dragged(picker: Driven, card: Locator, onto: Locator) -> None:
    before, mouse = picker.turn, picker.page.mouse
    card.hover()
    mouse.down()
    box = onto.bounding_box()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + min(30, box["height"] / 2), steps=4)
    mouse.up()
    picker.answered(before)


def test_jobs_are_dragged_onto_shapes_and_back(picker: Driven, widget):
    card = picker.root.locator("[data-job=a]")
    dragged(picker, card, picker.root.get_by_role("group", name="many-to-one", exact=True))
    assert widget.chosen == {"a": "many-to-one"}
    dragged(picker, card, picker.root.get_by_role("group", name="one-to-one", exact=True))
    assert widget.chosen == {"a": "one-to-one"}
    expect(picker.root.locator(".rnn-python code")).to_have_text("jobs = {'a': 'one-to-one'}")
    dragged(picker, card, picker.root.get_by_role("group", name="jobs", exact=True))
    assert widget.chosen == {}


def test_jobs_are_laid_by_keyboard_and_taken_back(picker: Driven, widget):
    card, keys = picker.root.locator("[data-job=b]"), picker.page.keyboard
    before = picker.turn
    card.focus()
    keys.press("Enter")
    expect(card).to_have_attribute("aria-pressed", "true")
    target = picker.root.get_by_role("button", name="lay b here: unaligned many-to-many")
    for _ in range(12):
        keys.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            break
    keys.press("Space")
    picker.answered(before)
    assert widget.chosen == {"b": "unaligned many-to-many"}
    expect(card).to_be_focused()
    assert picker.violations() == []
    before = picker.turn
    card.press("Enter")
    picker.root.get_by_role("button", name="Take b back").press("Enter")
    picker.answered(before)
    assert widget.chosen == {}


def test_a_running_player_leaves_the_board_alone(picker: Driven):
    picker.root.locator("[data-job=c]").press("Enter")
    picker.click("Step")
    expect(picker.root.locator("[data-job=c]")).to_have_attribute("aria-pressed", "true")
