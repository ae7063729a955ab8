"""The gradient flow by pointer and keyboard, against numpy."""

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core.widgets import GradientFlow
from rnn_core.widgets.gradient_flow import flow
from tests.browser.driving import Driven, in_page


@pytest.fixture
def lab(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, GradientFlow(flow.backward))
    page.close()


def number(driven: Driven, before: str) -> float:
    """The number that follows these words in what is said."""
    return float(driven.says.split(before)[1].split()[0].rstrip(".,;"))


def test_losses_are_ticked_by_keyboard_and_by_pointer(lab: Driven):
    assert "h0 to h4; it is exactly zero at h5, h6." in lab.says
    lab.press("L4", "Space")
    assert lab.says.startswith("No loss counts")
    lab.press("L2", "Space")
    assert "arrives at h0 to h2; it is exactly zero at h3 to h6." in lab.says
    before = lab.turn
    lab.root.locator("svg rect + text", has_text="L5").locator("xpath=preceding-sibling::*[1]").click()
    lab.answered(before)
    assert lab.says.startswith("The losses of steps 2, 5 count.")
    lab.click("Only the last")
    assert lab.says.startswith("The loss of step 6 counts.")


def test_the_influence_is_the_product_of_the_slopes(lab: Driven):
    lab.slide("size of x", 0)
    lab.slide("size of W_hh", 2)
    widget = GradientFlow()
    h, jacobian = widget.h0[0], np.eye(6)
    for _ in range(4):
        h = np.tanh(h @ (2 * widget.W_hh) + widget.b)
        jacobian = jacobian @ (2 * widget.W_hh) * (1 - h**2)
    wanted = np.linalg.norm(jacobian) / np.sqrt(6)
    assert number(lab, "forwards") == pytest.approx(wanted, rel=0.01)
    assert number(lab, "backwards") == pytest.approx(wanted, rel=0.01)


def test_more_steps_have_more_boxes_and_sources(lab: Driven):
    lab.press("T", "End")
    assert lab.root.get_by_label("L10", exact=True).is_visible()
    lab.choose("influence of", "2")
    assert "Influence of x2 on h4" in lab.says
    lab.choose("shares of the gradient of", "b")
    assert "db has length" in lab.says
    lab.press("T", "Home")
    assert not lab.root.get_by_label("L4", exact=True).is_visible() and lab.says.startswith("No loss counts")
