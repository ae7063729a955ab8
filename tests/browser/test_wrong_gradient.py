"""The game by pointer and by keyboard, against errors that are computed here."""

import pytest
from playwright.sync_api import Browser, expect

from rnn_core.widgets import WrongGradient
from rnn_core.widgets.wrong_gradient.wrong_training import PLACES, errors, gradient_errors, make_round
from tests.browser.driving import Driven, in_page

GAME = make_round("tanh", 0, 0)


@pytest.fixture
def game(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, WrongGradient("tanh"))
    page.close()


def line_of(game: Driven, program: str, k: int):
    return game.root.locator("fieldset").nth("AB".index(program)).get_by_role("radio").nth(k)


def test_a_whole_round_by_pointer(game: Driven):
    for name in "AB":
        shown = game.root.locator("fieldset").nth("AB".index(name)).locator("code").all_inner_texts()
        assert shown == [line.strip() for line in GAME.programs[name]]
    game.click(f"I guess {GAME.program}")
    assert f"Guessed from the curves: {GAME.program}." in game.says
    expect(game.root.get_by_role("button", name="I guess A")).to_be_disabled()
    game.choose("gradient of", "b")
    game.click("Measure")
    cells = game.root.locator("tbody td").all_inner_texts()
    for cell, lines in zip(cells[1:], GAME.programs.values(), strict=True):
        want = errors("tanh", lines, "b", PLACES[0], gradient_errors)
        assert float(cell.split()[0]) == pytest.approx(want, rel=0.1)
        assert ("agrees" in cell) == (want < 1e-5)
    before = game.turn
    line_of(game, GAME.program, 2).click()
    game.answered(before)
    game.click("The marked line is wrong")
    assert "is right" in game.says and GAME.why not in game.says
    before = game.turn
    game.root.locator("fieldset").nth("AB".index(GAME.program)).locator("label").nth(GAME.line).click()
    game.answered(before)
    game.click("The marked line is wrong")
    assert game.says.startswith(f"Round 1. Found: it is line {GAME.line + 1} of {GAME.program}. {GAME.why}")
    expect(game.root.locator(".rnn-found code")).to_have_text(GAME.programs[GAME.program][GAME.line].strip())
    assert (
        "Found in 1 of 1 rounds, 0 at the first try; measured 1 times. From the curves alone: 1 of 1 right."
        in game.root.inner_text()
    )
    assert game.violations() == []


def test_the_next_round_by_keyboard(game: Driven):
    for name in ("Tell me", "Next round"):
        before = game.turn
        game.root.get_by_role("button", name=name, exact=True).press("Enter")
        game.answered(before)
    second = make_round("tanh", 0, 1)
    assert game.root.locator("fieldset").first.locator("code").all_inner_texts() == [
        line.strip() for line in second.programs["A"]
    ]
    before = game.turn
    line_of(game, "A", 0).focus()
    game.page.keyboard.press("ArrowDown")
    game.answered(before)
    assert "Marked: line 2 of A." in game.says
    game.page.keyboard.press("ArrowUp")
    expect(game.root.locator(".rnn-says")).to_contain_text("Marked: line 1 of A.")
    game.press("training step", "Home")
    assert "after 1 steps" in game.says
