"""The loop by pointer and keyboard, against numpy."""

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core.activations import softmax
from rnn_core.widgets import Unroll
from rnn_core.widgets.unroll import loops
from tests.browser.driving import Driven, in_lab, in_page
from tests.browser.lab import Learner

SIZES = {"T": 4, "D": 2, "H": 3, "V": 2}


@pytest.fixture
def net(chromium: Browser):
    page = chromium.new_page(viewport={"width": 800, "height": 1200})
    yield in_page(page, Unroll())
    page.close()


def unit(net: Driven, key: str):
    return net.root.locator(f'[data-unit="{key}"]')


def number(net: Driven, key: str) -> str:
    return unit(net, key).locator("text").first.text_content()


def press(net: Driven, *keys: str) -> None:
    turn = net.turn
    for key in keys:
        net.page.keyboard.press(key)
    net.answered(turn)


def test_step_run_and_rewind_show_the_numbers_of_numpy(net: Driven):
    net.click("Rewind")
    assert number(net, "h 1 0") == "?" and number(net, "h 0 0") == "0.00"
    arrays, h = loops.numbers("state", 0, SIZES), np.zeros(3)
    for t in range(1, 5):
        net.click("Step")
        h = np.tanh(arrays["x"][t - 1] @ arrays["W_xh"] + h @ arrays["W_hh"] + arrays["b"])
        p = softmax(h @ arrays["W_hy"] + arrays["b_y"])
        for name, values in (("h", h), ("y", p), ("x", arrays["x"][t - 1])):
            for i, value in enumerate(values):
                assert float(number(net, f"{name} {t} {i}")) == pytest.approx(value, abs=0.006)
    last = number(net, "h 4 2")
    net.click("Rewind")
    net.page.emulate_media(reduced_motion="reduce")
    net.click("Run")
    assert number(net, "h 4 2") == last


def test_a_click_opens_the_formula_of_a_unit_with_its_numbers(net: Driven):
    turn = net.turn
    unit(net, "h 2 1").click()
    net.answered(turn)
    rows = net.root.locator(".rnn-formula tr")
    assert rows.count() == 2 + 3 + 1 + 1
    products = [float(text) for text in net.root.locator(".rnn-formula tr > td:last-child").all_inner_texts()]
    assert sum(products[:-1]) == pytest.approx(products[-1], abs=0.03)
    end = net.root.get_by_text(f"tanh({products[-1]:.2f}) = ")
    assert end.inner_text().endswith(f"= {number(net, 'h 2 1')}")
    assert "h[1] of state 2" in net.says


def test_the_keyboard_goes_from_unit_to_unit_and_opens_one(net: Driven):
    unit(net, "h 2 0").focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown"):
        net.page.keyboard.press(key)
    press(net, "Enter")
    assert "x[0] of input 1 comes from outside" in net.root.locator(".rnn-heading").inner_text()
    focused = net.page.evaluate("document.activeElement.dataset.unit")
    assert focused == "x 1 0" and net.root.locator(".rnn-unit[tabindex='0']").count() == 1
    press(net, "ArrowUp", "Space")
    assert "h[2] of state 1" in net.says


def test_a_number_that_is_typed_reaches_its_own_step_and_later_ones(net: Driven):
    net.slide("steps done", 4)
    turn = net.turn
    unit(net, "h 3 0").click()
    net.answered(turn)
    net.type("x[1], step 3", "7")
    changed = net.root.locator(".rnn-unit", has_text="▲")
    steps = sorted({key.split()[1] for key in changed.evaluate_all("nodes => nodes.map(node => node.dataset.unit)")})
    assert steps == ["3", "4"] and number(net, "x 3 1") == "7.00"
    net.click("Undo my changes")
    assert changed.count() == 0
    net.press("W_hh[1, 0]", "ArrowUp")
    steps = {key.split()[1] for key in changed.evaluate_all("nodes => nodes.map(node => node.dataset.unit)")}
    assert steps == {"2", "3", "4"}  # at step 1 the state before is zero


def test_rolled_it_shows_one_step_and_what_came_round(net: Driven):
    before = [number(net, f"h 1 {i}") for i in range(3)]
    net.choose("drawn as", "rolled")
    assert net.root.locator(".rnn-unit").count() == 3 + 2 + 3 + 2
    assert [number(net, f"h 1 {i}") for i in range(3)] == before
    assert net.root.get_by_text("the same numbers, one step later").is_visible()
    net.click("Step")
    assert unit(net, "h 3 0").count() == 1 and unit(net, "h 1 0").count() == 0


def test_input_state_and_output_differ_in_shape_and_name(net: Driven):
    shapes = {name: unit(net, f"{name} 1 0").locator("> *").first.evaluate("node => node.tagName") for name in "xhy"}
    assert shapes == {"x": "rect", "h": "path", "y": "ellipse"}
    assert unit(net, "y 1 1").get_attribute("aria-label").startswith("output 1, y[1]: 0.")
    assert net.violations() == []


def test_the_output_can_go_round_and_sizes_change(net: Driven):
    net.choose("what goes round", "output")
    assert unit(net, "h 1 0").count() == 0 and unit(net, "y 0 1").count() == 1
    assert "softmax" in net.says and net.root.get_by_text("softmax: exp(").is_visible()
    net.root.locator("summary").click()
    for label, value in (("steps T", 5), ("inputs D", 3), ("outputs V", 3)):
        net.slide(label, value)
    assert net.root.locator(".rnn-unit").count() == 5 * 3 + 6 * 3
    assert net.violations() == []


def test_jupyterlab_leaves_the_keys_to_the_units(learner: Learner):
    learner.open("cards/widgets.ipynb")
    net = in_lab(learner, "from rnn_core.widgets import Unroll\nUnroll()")
    unit(net, "h 2 0").focus()
    net.page.keyboard.press("ArrowDown")
    press(net, "Enter")
    assert "h[1] of state 2" in net.says
    assert net.page.evaluate("document.activeElement.dataset.unit") == "h 2 1"
    net.root.get_by_label("W_hh[0, 1]", exact=True).focus()
    press(net, "ArrowUp")
    assert "numbers that you changed: 1" in net.says
