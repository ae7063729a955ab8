"""The reader by pointer and keyboard, against the best reader there can be and the pictures themselves."""

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core.data import letters
from rnn_core.data.letters import LETTERS
from rnn_core.init import glorot
from rnn_core.widgets import Reader
from tests.browser.driving import SHOW, Driven, in_lab, in_page
from tests.browser.lab import Learner
from tests.browser.touch import drag, on_touch_screen
from tests.browser.widget_examples import EXAMPLES

WORDS = {"SONY": 0.4, "SONT": 0.1, "EAST": 0.4, "EASY": 0.1}
PIXEL = 20  # on the screen


@pytest.fixture
def shown(chromium: Browser):
    """The widget in Python and in a page; its nets score the letters by their likeness to clean ones."""
    ink = np.array([letters.draw(letter).ravel() for letter in LETTERS]).T
    alone = {
        "W_xh": glorot(np.random.default_rng(0), 144, 5),
        "b": np.zeros(5),
        "W_hy": np.zeros((5, 8)),
        "b_y": np.zeros(8),
    }
    loop = {"W": np.concatenate([ink, np.zeros((8, 8))]), "b": -(ink**2).sum(axis=0) / 2}
    widget = Reader({"blind": (None, alone), "by likeness": (None, loop)}, WORDS)
    page = chromium.new_page(viewport={"width": 800, "height": 1200})
    yield widget, in_page(page, widget)
    page.close()


def numbers(driven: Driven) -> list[float]:
    """The numbers at the bars, letter by letter, net by net."""
    texts = driven.root.locator("svg[role=img]").nth(1).locator("text.rnn-small").all_text_contents()
    return [float(text) for text in texts if text]


def test_the_bars_carry_the_beliefs(shown):
    widget, driven = shown
    driven.slide("share of Y in the last picture", 0.9)
    beliefs = np.array([belief[3] for belief in widget.picture["beliefs"].values()])
    np.testing.assert_allclose(np.reshape(numbers(driven), (8, 2)).T, beliefs, atol=0.006)
    np.testing.assert_allclose(beliefs[0], 1 / 8, atol=1e-5)
    assert "(share of Y 0.90)" in driven.says and "blind: A, belief 0.12" in driven.says


def test_pictures_come_in_one_by_one(shown):
    _, driven = shown
    driven.click("Rewind")
    assert driven.says == "None of 4 pictures has been read." and numbers(driven) == []
    driven.click("Step")
    assert "1 of 4 pictures read: S." in driven.says
    driven.press("pictures read", "ArrowRight")
    assert "2 of 4 pictures read: S, O." in driven.says
    unread = driven.root.locator("svg[role=img]").first.locator("text", has_text=re.compile(r"^\?$"))
    assert unread.count() == 2 * 2


def test_the_order_is_changed_by_button_and_by_pointer(shown):
    widget, driven = shown
    driven.click("Move left")
    assert "S, O, Y" in driven.says and widget.picture["shown"] == "SOYN"
    assert driven.root.get_by_label("share of Y in the last picture").is_disabled()
    box = driven.root.locator("svg[role=img]").first.bounding_box()
    scale = box["width"] / 680
    first, last = ((156 + 131 * k + 40) * scale + box["x"] for k in (0, 3))
    turn = driven.turn
    driven.page.mouse.move(first, box["y"] + 40)
    driven.page.mouse.down()
    driven.page.mouse.move(last, box["y"] + 40, steps=4)
    driven.page.mouse.up()
    driven.answered(turn)
    assert widget.picture["shown"] == "OYNS"


def test_another_word_is_typed_and_a_strange_letter_told(shown):
    _, driven = shown
    driven.type("word", "noX")
    assert driven.problem == "There are no strokes for X: take letters of AELNOSTY, or a space."
    assert "S, O" in driven.says
    driven.type("word", "lot")
    assert "3 of 3 pictures read: L, O, T" in driven.says and driven.problem == ""


def test_a_letter_drawn_by_pointer_is_read(shown):
    widget, driven = shown
    driven.click("Blank paper")
    driven.slide("noise", 0)
    paper = driven.root.get_by_role("application").bounding_box()

    def at(row, column):
        return paper["x"] + 3 + (column + 0.5) * PIXEL, paper["y"] + 3 + (row + 0.5) * PIXEL

    for start, end in (((2, 2), (9, 2)), ((9, 3), (9, 8))):  # an L, with so few events that pixels lie between
        turn = driven.turn
        driven.page.mouse.move(*at(*start))
        driven.page.mouse.down()
        driven.page.mouse.move(*at(*end), steps=2)
        driven.page.mouse.up()
        driven.answered(turn)
    expected = np.zeros((12, 12))
    expected[2:10, 2] = expected[9, 2:9] = 100
    np.testing.assert_array_equal(np.reshape(widget.picture["pictures"][3], (12, 12)), expected)
    assert "one drawn by hand" in driven.says


def test_the_pen_obeys_the_keyboard(shown):
    widget, driven = shown
    driven.click("Blank paper")
    driven.slide("noise", 0)
    driven.root.get_by_role("application").focus()
    turn = driven.turn
    driven.page.keyboard.press("ArrowUp")
    driven.page.keyboard.press("Space")
    driven.page.keyboard.press("Shift+ArrowRight")
    driven.page.keyboard.press("Shift+ArrowDown")
    driven.answered(turn)
    drawn = np.reshape(widget.picture["pictures"][3], (12, 12))
    assert [tuple(place) for place in np.argwhere(drawn)] == [(5, 6), (5, 7), (6, 7)]
    assert driven.root.get_by_text("Pen at row 7, column 8: ink").is_visible()
    turn = driven.turn
    driven.page.keyboard.press("Enter")
    driven.answered(turn)
    assert widget.picture["pictures"][3][6 * 12 + 7] == 0
    driven.click("Undo my drawing")
    assert sum(widget.picture["pictures"][3]) > 1000


def test_the_best_belief_is_drawn_beside(shown):
    _, driven = shown
    turn = driven.turn
    driven.root.get_by_label("best possible belief").check()
    driven.answered(turn)
    assert len(numbers(driven)) == 8 * 4
    assert "best possible from all pictures so far" in driven.says
    assert driven.violations() == []


def test_jupyterlab_leaves_the_keys_to_the_pen(learner: Learner):
    learner.open("cards/widgets.ipynb")
    example = EXAMPLES["reader"]
    driven = in_lab(learner, f"{example.set_up}\nfeedforward_step = reading.alone\n{example.source}")
    driven.root.get_by_role("application").focus()
    turn = driven.turn
    for key in ("ArrowDown", "ArrowLeft", "Shift+ArrowDown", "Enter", "Space"):
        driven.page.keyboard.press(key)
    driven.answered(turn)
    assert driven.root.get_by_text("Pen at row 9, column 6: ink").is_visible()
    assert "Y drawn over" in driven.says


def test_a_finger_draws_and_moves_a_picture(chromium: Browser, shown):
    """Beside the pictures and the paper it scrolls the page, as anywhere."""
    widget, _ = shown
    driven = on_touch_screen(chromium, widget)
    paper, strip = driven.root.locator(".rnn-paper"), driven.root.locator("svg[role=img]").first
    box = paper.bounding_box()
    drag(driven.page, *[(box["x"] + 3.5 * PIXEL, box["y"] + (k + 0.5) * PIXEL) for k in range(1, 9)])
    assert len(widget.picture["controls"]["ink"]["3"]) >= 6 and "Y drawn over" in driven.says
    box = strip.bounding_box()
    scale, y = box["width"] / 680, box["y"] + 40
    drag(driven.page, *[(box["x"] + scale * x, y) for x in range(180, 480, 25)])
    assert widget.picture["order"] == [1, 2, 0, 3] and "3 of 4 pictures read: O, N, S." in driven.says
    driven.page.context.close()


def test_two_widgets_on_a_page_share_no_name(shown):
    """JupyterLab loads the file once for each widget; a label that is found twice would move the wrong one."""
    widget, driven = shown
    code = base64.b64encode((widget._esm + "// once more").encode()).decode()
    driven.page.evaluate(SHOW, [code, widget.picture])
    names = driven.page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert driven.page.locator(".rnn-widget").count() == 2 and len(names) == len(set(names)) > 10
    first, second = (Driven(driven.page.locator(".rnn-widget").nth(k)) for k in range(2))
    second.press("noise", "ArrowRight")
    assert widget.picture["controls"]["noise"] == pytest.approx(letters.NOISE + 0.01) and first.turn == 0
