"""The memory map by pointer and keyboard, against numpy; and the page that is saved from it, without a kernel."""

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from rnn_core.cells import GRU, LSTM, TANH
from rnn_core.data.text import Vocabulary
from rnn_core.nets import net_params
from rnn_core.widgets import MemoryMap
from rnn_core.widgets.memory_map.influence import gradients
from tests.browser.driving import AXE, Driven, in_page

TEXT = "a net reads a text"
VOCABULARY = Vocabulary(TEXT)
V = len(VOCABULARY)
NETS = {
    name: (cell, net_params(np.random.default_rng(4), cell, V, 8, V), VOCABULARY)
    for name, cell in {"tanh": TANH, "LSTM": LSTM, "GRU": GRU}.items()
}


def strengths(name: str, place: int, text: str = TEXT) -> np.ndarray:
    """What the prediction after so many characters depends on."""
    ids = VOCABULARY.encode(text)
    return gradients(*NETS[name][:2], ids, np.append(ids[1:], -1))[0][place - 1, :place]


def digits(value: float) -> str:
    """A number as the page writes it, three digits of it."""
    return f"{value:.3g}"


def told(driven: Driven, name: str) -> str:
    return driven.root.locator(".rnn-panel", has_text=name).locator(".rnn-map-told").inner_text()


def letter(driven: Driven, name: str, place: int):
    return driven.root.get_by_label(f"text, as {name} reads it", exact=True).locator(f"[data-place='{place}']")


def height(driven: Driven, name: str, place: int) -> float:
    """How high the bar under a character is painted, in pixels."""
    bar = letter(driven, name, place).locator(".rnn-strength")
    assert bar.evaluate("node => getComputedStyle(node).height") == "12px"  # the highest has room
    return float(bar.evaluate("node => getComputedStyle(node).backgroundSize").removeprefix("100% ").removesuffix("px"))


def agree(driven: Driven, place: int) -> None:
    """The three strongest of each net, their order and the highest bar are those of numpy."""
    for name in NETS:
        want = strengths(name, place)
        order = np.argsort(-want, kind="stable")[:3]
        words = told(driven, name)
        for rank, k in enumerate(order, 1):
            assert f"{rank}. " in words and f"{place - k} back: {digits(want[k])}" in words
            assert letter(driven, name, int(k)).locator(".rnn-rank").inner_text() == str(rank)
        heights = [height(driven, name, k) for k in range(place)]
        np.testing.assert_allclose(heights, 12 * want / want.max(), atol=0.05)


@pytest.fixture
def driven(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, MemoryMap(NETS, TEXT))
    page.close()


def test_a_character_is_chosen_by_pointing_at_it(driven: Driven):
    before = driven.turn
    letter(driven, "LSTM", 9).hover()
    driven.answered(before)
    assert driven.says.startswith("After 9 characters comes 'd'.")
    agree(driven, 9)
    for name in NETS:
        assert letter(driven, name, 9).get_attribute("aria-selected") == "true"


def test_a_click_holds_it_until_it_is_let_go(driven: Driven):
    before = driven.turn
    letter(driven, "tanh", 6).click()
    driven.answered(before)
    letter(driven, "tanh", 12).hover()
    driven.page.wait_for_timeout(150)
    assert driven.says.startswith("After 6 ")
    driven.root.get_by_role("button", name="Let go", exact=True).click()
    before = driven.turn
    letter(driven, "tanh", 11).hover()
    driven.answered(before)
    assert driven.says.startswith("After 11 ")


def test_a_character_is_chosen_by_the_arrow_keys(driven: Driven):
    box = "text, as tanh reads it"
    driven.press(box, "Home", "ArrowRight", "ArrowRight", "ArrowRight")
    assert driven.says.startswith("After 3 characters comes 'e'.")
    agree(driven, 3)
    driven.press(box, "ArrowLeft")
    assert driven.says.startswith("After 2 ")
    driven.press(box, "End")
    assert "the text ends" in driven.says
    active = driven.root.get_by_label(box, exact=True).get_attribute("aria-activedescendant")
    assert driven.root.locator(f"[id='{active}']").get_attribute("aria-label") == "what comes after the end"
    driven.page.set_viewport_size({"width": 300, "height": 800})
    driven.press(box, "ArrowUp")
    place, end = int(driven.says.split()[1]), letter(driven, "tanh", len(TEXT)).bounding_box()
    box = letter(driven, "tanh", place).bounding_box()
    assert box["y"] < end["y"] and box["x"] <= end["x"]  # in the line above


def test_typing_reads_another_text(driven: Driven):
    driven.type("text", "a tree")
    assert driven.says.startswith("After 6 characters the text ends")
    want = strengths("GRU", 6, "a tree")
    assert f"{6 - want.argmax()} back: {digits(want.max())}" in told(driven, "GRU")
    driven.type("text", "a tzee")
    assert driven.problem == "'z': not in the vocabulary of tanh and LSTM and GRU; left out."
    driven.type("text", "")
    assert driven.says == "The text is empty. Type some characters."
    driven.type("text", "at")
    assert driven.says.startswith("After 2 ")


def test_the_bars_may_be_logarithmic_and_the_strength_an_experiment(driven: Driven):
    driven.press("text, as tanh reads it", "Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    driven.choose("bars", "logarithmic")
    want = strengths("GRU", 4)
    assert height(driven, "GRU", 0) == pytest.approx(12 * (1 + np.log10(want[0] / want.max()) / 4), abs=0.05)
    says = driven.says
    driven.choose("strength", "change")
    assert driven.says != says and "really changes" in driven.root.inner_text()


def test_the_saved_page_needs_neither_kernel_nor_network(chromium: Browser, driven: Driven, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    driven.click("Save as a page")
    file = tmp_path / "memory_map.html"
    expect(driven.root.get_by_text(f"Saved as {file}")).to_be_visible()
    for scheme, paper in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(33, 33, 33)")):
        page = chromium.new_page(color_scheme=scheme, viewport={"width": 700, "height": 900})
        asked, errors = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, errors=errors: errors.append(message.text))
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.goto(file.as_uri())
        friend = Driven(page.locator(".rnn-widget"))
        assert friend.root.evaluate("node => getComputedStyle(node).backgroundColor") == paper
        before = friend.turn
        letter(friend, "GRU", 9).hover()
        friend.answered(before)
        agree(friend, 9)
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.getAttribute('aria-label')") != "text, as LSTM reads it":
            page.keyboard.press("Tab")
        before = friend.turn
        page.keyboard.press("ArrowRight")
        friend.answered(before)
        agree(friend, 10)
        friend.choose("strength", "change")
        assert "really changes" in friend.root.inner_text()
        page.wait_for_timeout(50)
        page.evaluate(AXE)
        found = page.evaluate("axe.run()")
        assert [(rule["id"], at["html"]) for rule in found["violations"] for at in rule["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 700
        assert asked == [file.as_uri()] and errors == []
        page.close()


def test_it_is_readable_for_all(driven: Driven):
    assert driven.violations() == []
