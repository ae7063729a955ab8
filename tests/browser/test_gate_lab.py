"""The gate lab by pointer and keyboard, against numpy."""

import numpy as np
import pytest
from playwright.sync_api import Browser

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
