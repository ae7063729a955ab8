"""A prediction by pointer and keyboard; in JupyterLab what waits for it opens below it."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from autograder.widgets import Predict
from tests.browser.driving import Driven, in_lab, in_page
from tests.browser.lab import Learner


@pytest.fixture
def ask(chromium: Browser, monkeypatch, tmp_path):
    """Makes a prediction that is kept in a file of this test, and shows it."""
    monkeypatch.setenv("RNN_COURSE_PROGRESS", str(tmp_path / "p.sqlite"))
    page = chromium.new_page(reduced_motion="reduce")

    def made(choices, **more) -> Predict:
        return Predict("How much is left?", choices, id="left", **more)

    def show(prediction: Predict) -> Driven:
        return in_page(page, prediction)

    yield SimpleNamespace(made=made, show=show)
    page.close()


def test_choices_by_keyboard(ask):
    made = ask.made(["all", "half", "nothing"])
    driven = ask.show(made)
    seal = driven.root.get_by_role("button", name="Seal my prediction")
    expect(seal).to_be_disabled()
    driven.press("all", "ArrowDown")
    assert driven.says == "Not sealed yet: half." and made.answer is None
    expect(seal).to_be_enabled()
    driven.page.keyboard.press("Tab")
    before = driven.turn
    driven.page.keyboard.press("Enter")
    driven.answered(before)
    assert driven.says == "You predicted: half." and made.answer == "half" and driven.violations() == []
    expect(seal).to_be_hidden()
    for label in ("all", "half", "nothing"):
        expect(driven.root.get_by_label(label, exact=True)).to_be_disabled()
    expect(driven.root.get_by_label("half", exact=True)).to_be_checked()


def test_a_number_by_slider(ask):
    made = ask.made((0, 40), unit="steps")
    driven = ask.show(made)
    expect(driven.root.locator("svg")).to_be_hidden()
    driven.slide("prediction", 12)
    driven.press("prediction", "ArrowRight")
    assert driven.says == "Not sealed yet: 13 steps."
    driven.click("Seal my prediction")
    assert made.answer == 13 and driven.violations() == []
    expect(driven.root.get_by_label("prediction", exact=True)).to_be_disabled()


def test_a_short_range_is_set_in_hundredths(ask):
    driven = ask.show(ask.made((0, 1)))
    driven.slide("prediction", 0.25)
    driven.press("prediction", "ArrowRight")
    assert driven.says == "Not sealed yet: 0.26."


@pytest.mark.parametrize("value", [6.6, 12, 13, -5, 300])
def test_what_came_stands_on_one_line_with_what_was_predicted(ask, value):
    made = ask.made((0, 40), unit="steps")
    made.seal(12)
    made.outcome(believed="", measured="", holds_when="", value=value)
    driven = ask.show(made)
    assert driven.says == f"You predicted: 12 steps. Measured: {value:g} steps." and driven.violations() == []
    texts = driven.root.locator("svg text").all()
    assert {"predicted 12 steps", f"measured {value:g} steps"} <= {text.text_content() for text in texts}
    boxes, frame = [text.bounding_box() for text in texts], driven.root.locator("svg").bounding_box()
    for k, box in enumerate(boxes):
        assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
        for other in boxes[:k]:
            apart = abs(box["y"] - other["y"]) >= min(box["height"], other["height"]) - 4
            beside = box["x"] >= other["x"] + other["width"] or other["x"] >= box["x"] + box["width"]
            assert apart or beside, "two texts lie on each other"


SET_UP = """from autograder import predict
from rnn_core.widgets import GateLab
guess = predict("How much is left?", ["all", "half"], id="in-lab-{}")
guess.then({})
"""


@pytest.mark.parametrize("thing", ['GateLab("LSTM")', 'lambda: GateLab("LSTM")'])
def test_in_jupyterlab_the_next_widget_opens_with_the_answer(learner: Learner, thing: str):
    learner.open("cards/widgets.ipynb")
    asked = in_lab(learner, SET_UP.format(len(thing), thing))
    output = learner.cell("widget").locator(".jp-OutputArea").first
    expect(output).to_contain_text("What comes next opens here once you have predicted.")
    expect(output.locator(".rnn-widget")).to_have_count(1)
    asked.press("half", "Space")
    expect(output.locator(".rnn-widget")).to_have_count(1)
    asked.click("Seal my prediction")
    expect(output.locator(".rnn-widget")).to_have_count(2)
    expect(output).not_to_contain_text("opens here")
    lab = Driven(output.locator(".rnn-widget").nth(1))
    lab.press("step", "ArrowRight")
    assert lab.says.startswith("Step 5")
    learner.run("own", "print(guess.answer)")
    expect(learner.cell("own").locator(".jp-OutputArea")).to_contain_text("half")
    learner.run("widget")  # again: the answer is known, and nothing is closed
    expect(output.locator(".rnn-widget")).to_have_count(2)


def test_in_jupyterlab_it_opens_without_a_prediction_too(learner: Learner):
    learner.open("cards/widgets.ipynb")
    asked = in_lab(learner, SET_UP.format("skipped", 'GateLab("GRU")'))
    output = learner.cell("widget").locator(".jp-OutputArea").first
    asked.click("Show it without a prediction")
    expect(output.locator(".rnn-widget")).to_have_count(2)
    assert asked.says == "Not answered yet."


def test_a_card_is_saved_as_a_text(learner: Learner):
    learner.open("cards/widgets.ipynb")
    output = learner.run(
        "widget",
        "guess = __import__('autograder').predict('?', ['all', 'half'], id='saved')\n"
        "guess.outcome(believed='b', measured='m', holds_when='h')",
    )
    output.get_by_text("As a text, to keep or to send").click()
    with learner.page.expect_download() as download:
        output.get_by_role("link", name="Save it as prediction.md").click()
    text = download.value.path().read_text()
    assert "- **measured**: m" in text and "- **predicted**: nothing" in text
