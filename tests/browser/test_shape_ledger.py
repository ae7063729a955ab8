"""The shape ledger by pointer and keyboard, against numpy."""

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core.widgets import ShapeLedger
from tests.browser.driving import Driven, in_page


def step_forward(x, h, W_xh, W_hh, b):
    """A learner's, without a check at the door."""
    return np.tanh(x @ W_xh + h @ W_hh + b), None


@pytest.fixture
def ledger(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, ShapeLedger(step_forward))
    page.close()


def numpys(call) -> str:
    with pytest.raises(ValueError) as raised:
        call()
    return " ".join(f"ValueError: {raised.value}".split())


def test_a_transposed_input_fails_in_numpys_words_and_equal_sizes_hide_it(ledger: Driven):
    ledger.slide("N", 5)
    ledger.choose("what happens to it", "swap the first two axes")
    words = numpys(lambda: np.ones((3, 5)) @ np.ones((3, 4)))
    said = [judge.inner_text() for judge in ledger.root.locator("dd").all()]
    assert said[0] == f"At x @ W_xh: {words}" and said[1] == words
    assert "ShapeError" in said[2] and ledger.root.get_by_text("fails", exact=True).count() == 1
    silent = int(ledger.says.split("in the map, ")[1].split()[0])
    ledger.click("All sizes 4")
    assert "16 of 16 numbers are wrong" in ledger.says and ledger.root.get_by_text("fails", exact=True).count() == 0
    assert int(ledger.says.split("in the map, ")[1].split()[0]) > silent
    assert ledger.root.locator("dd").nth(2).inner_text() == "Finds nothing."
    ledger.click("Mend all")
    assert "Every array fits." in ledger.says


def test_by_keyboard_another_array_is_broken_and_a_shape_is_typed(ledger: Driven):
    ledger.press("array", "End")
    assert ledger.root.get_by_label("array", exact=True).input_value() == "b"
    ledger.press("what happens to it", "End")
    assert ledger.root.get_by_label("its shape", exact=True).input_value() == "(H)"
    ledger.type("its shape", "(N, 1)")
    assert "b has shape (N, 1) = (2, 1) where (H,) = (4,) is right. No error." in ledger.says
    ledger.type("its shape", "(N, what")
    assert "'what' is no size" in ledger.problem
    ledger.press("N", "ArrowRight", "ArrowRight")
    assert "One step with N = 4" in ledger.says


def test_a_click_in_the_map_breaks_an_array_and_one_on_a_block_chooses_it(ledger: Driven):
    before = ledger.turn
    ledger.root.locator("rect", has=ledger.page.locator("title", has_text="W_hh, swap the first two axes")).click()
    ledger.answered(before)
    assert ledger.root.get_by_label("array", exact=True).input_value() == "W_hh"
    assert "W_hh has shape (H new, H old)" in ledger.says and "8 of 8 numbers are wrong" in ledger.says


def test_a_whole_sequence_has_its_axis_T(ledger: Driven):
    ledger.press("a whole sequence of T steps", "Space")
    assert ledger.root.get_by_text("N = 2", exact=True).count() == 2  # at x and at h
    ledger.slide("T", 2)
    ledger.choose("what happens to it", "swap the first two axes")
    assert "N of from_state, because both are 2" in ledger.says
    assert ledger.root.locator("dd").nth(2).inner_text() == "Finds nothing."
