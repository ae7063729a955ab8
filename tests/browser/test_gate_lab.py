"""The gate lab by pointer and keyboard, against numpy."""

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core import leaky
from rnn_core.widgets import GateLab
from tests.browser.driving import Driven, in_page


@pytest.fixture
def lab(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, GateLab("LSTM"))
    page.close()


def test_a_held_forget_gate_decides_what_is_left(lab: Driven):
    lab.slide("step", 15)
    lab.slide("value of f", 0.8)
    assert "forget gate 0.80" in lab.says
    c = float(lab.says.split("c = ")[1].split(",")[0])
    lab.press("step", "ArrowLeft")
    earlier = float(lab.says.split("c = ")[1].split(",")[0])
    assert c / earlier == pytest.approx(0.8, abs=0.1)
    assert f"time constant {-1 / np.log(0.8):.1f} steps" in lab.says
    lab.click("Let all go")
    assert "forget gate 0.99" in lab.says


def test_a_gate_that_is_held_at_one_keeps_for_ever(lab: Driven):
    lab.press("value of f", "End")
    assert "time constant for ever" in lab.says
    assert lab.root.get_by_label("hold the forget gate (f)", exact=True).is_checked()


def test_a_text_of_ones_own_stands_under_the_steps(lab: Driven):
    assert not lab.root.get_by_label("text", exact=True).is_visible()
    lab.choose("sequence", "text")
    assert "('(')" in lab.says
    lab.type("text", "in (out) in")
    lab.press("step", "Home", *["ArrowRight"] * 5)
    assert lab.says.startswith("Step 5 ('u'):")
    signs = lab.root.locator(".rnn-sign")
    assert "".join(signs.all_text_contents()) == "in␣(out)␣in"
    now, under = lab.root.locator(".rnn-now").first.bounding_box(), signs.nth(5).bounding_box()
    assert now["x"] == pytest.approx(under["x"] + under["width"] / 2, abs=1.5)
    assert "rnn-this" in signs.nth(5).get_attribute("class") and lab.root.locator(".rnn-this").count() == 1
    c = float(lab.says.split("c = ")[1].split(",")[0])
    assert c == pytest.approx(np.tanh(1.5 * 0.9), abs=0.15)
    lab.type("text", "")
    assert lab.says == "The text is empty. Type some characters." and not lab.problem
    lab.choose("sequence", "prices")
    assert "dollars" in lab.says and not lab.violations()
    lab.choose("sequence", "numbers")
    assert int(lab.root.get_by_label("step", exact=True).get_attribute("max")) == 39


def test_the_leak_of_a_leaky_unit_is_a_slider(chromium: Browser):
    page = chromium.new_page()
    lab = in_page(page, GateLab("leaky unit", leaky.forward))
    assert lab.root.get_by_role("checkbox").count() == 0
    lab.slide("leak", 0.25)
    x, h = GateLab("leaky unit").picture["value"], 0.0
    for value in x[:5]:
        h = 0.75 * h + 0.25 * np.tanh(1.5 * value)
    assert f"h = {h:.2f}." in lab.says and "It keeps 0.75 of the old value" in lab.says
    page.close()


def test_of_a_drawing_only_what_changed_is_made_anew(lab: Driven):
    lab.slide("step", 10)
    axis, line = "text.rnn-small >> nth=0", ".rnn-now >> nth=0"
    kept, moved = (lab.root.locator(which).element_handle() for which in (axis, line))
    lab.slide("step", 20)
    assert kept.evaluate("node => node.isConnected") and not moved.evaluate("node => node.isConnected")
    assert lab.root.locator(".rnn-now").count() == 3
