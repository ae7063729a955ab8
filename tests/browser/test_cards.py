"""Cards in a real page: named mistakes, hints by keyboard, a budget that ends a loop, and accessibility."""

from importlib.resources import files

import pytest
from playwright.sync_api import expect

from tests.browser.gallery import ANSWERS, HEAD, NAMES, SETUP
from tests.browser.lab import Learner

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def exercise(learner: Learner) -> Learner:
    """A learner before an exercise whose set-up has run."""
    learner.open("cards/exercise.ipynb")
    learner.run("set-up")
    return learner


def test_a_right_answer_gets_all_points(exercise: Learner):
    exercise.run("answer", ANSWERS["all pass"])
    expect(exercise.run("check")).to_contain_text("3 of 3 points")


def test_an_exercise_that_is_not_written_says_what_is_to_do(exercise: Learner):
    exercise.run("answer")
    card = exercise.run("check")
    expect(card).to_contain_text("step_forward is not written yet.")
    expect(card.get_by_text("to do")).to_have_count(3)
    expect(card.get_by_text("failed")).to_have_count(0)


def test_a_known_mistake_is_named_and_the_hints_open_one_by_one_by_keyboard(exercise: Learner):
    exercise.run("answer", ANSWERS["named mistake"])
    card, keyboard = exercise.run("check"), exercise.page.keyboard
    expect(card).to_contain_text("1 of 3 points")
    expect(card).to_contain_text("This looks like: the bias stands outside the tanh.")
    summaries = card.locator("summary")
    expect(summaries.locator("visible=true")).to_have_count(1)
    summaries.first.focus()
    for number in range(4):  # three hints and the ladder
        expect(summaries.nth(number)).to_be_focused()
        expect(card.get_by_text("Still stuck?")).not_to_be_visible()
        keyboard.press("Enter")
        expect(summaries.locator("visible=true")).to_have_count(min(number + 2, 4))
        keyboard.press("Tab")
    expect(card.get_by_text("Still stuck?")).to_be_visible()


def test_an_exception_shows_the_learners_own_line(exercise: Learner):
    exercise.run("answer", ANSWERS["exception"])
    card = exercise.run("check")
    expect(card).to_contain_text("ValueError")
    expect(card).to_contain_text("In your step_forward, line 2: a = x @ W_hh + h @ W_hh + b.")


def test_an_endless_loop_ends_with_the_budget_and_the_kernel_lives(exercise: Learner):
    exercise.run("answer", HEAD + "    while True:\n        pass\n")
    card = exercise.run("check")
    expect(card).to_contain_text("step_forward ran longer than 1 s. Is there a loop that does not end?")
    exercise.run("answer", ANSWERS["all pass"])
    expect(exercise.run("check")).to_contain_text("3 of 3 points")


def test_a_check_can_be_interrupted_and_the_kernel_lives(exercise: Learner):
    exercise.run("set-up", SETUP + "STEP.seconds = 100\n")
    exercise.run("answer", HEAD + "    import time\n    time.sleep(60)\n")
    exercise.cell("check")
    exercise.page.evaluate("() => {jupyterapp.commands.execute('notebook:run-cell-and-select-next')}")
    exercise.page.wait_for_timeout(1000)
    exercise.page.evaluate("() => jupyterapp.commands.execute('notebook:interrupt-kernel').then(() => null)")
    output = exercise.cell("check").locator(".jp-OutputArea")
    expect(output).to_contain_text("KeyboardInterrupt")
    exercise.wait()
    exercise.run("answer", ANSWERS["all pass"])
    expect(exercise.run("check")).to_contain_text("3 of 3 points")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_violation_in_any_card(learner: Learner, theme: str):
    learner.open("cards/cards.ipynb")
    learner.theme(theme)
    learner.run("set-up")
    learner.page.evaluate(AXE)
    learner.page.evaluate(
        "document.body.style.height = '100vh'"
    )  # axe takes what lies in a body of no height as hidden
    for name in NAMES:
        output = learner.run(name.replace(" ", "-"))
        output.evaluate("node => node.querySelectorAll('details').forEach(closed => closed.open = true)")
        found = output.evaluate("node => axe.run(node)")
        assert "color-contrast" in {rule["id"] for rule in found["passes"]}, name
        nodes = [(rule["id"], node) for rule in found["violations"] for node in rule["nodes"]]
        assert not nodes, [(name, id, node["html"], node["failureSummary"]) for id, node in nodes]
