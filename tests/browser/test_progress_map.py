"""The map by pointer and keyboard: exercises fold out, recall questions are answered, links open a notebook."""

import pytest
from playwright.sync_api import Browser, expect

from autograder.atlas import pages
from autograder.progress import Progress
from autograder.questions import load_questions
from autograder.widgets import ProgressMap
from tests.browser.driving import Driven, in_page
from tests.browser.lab import Learner

OLD = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def progress(tmp_path, monkeypatch) -> Progress:
    """Two questions that are due; the notebook lies in the folder of lesson 3."""
    (tmp_path / "03_bptt").mkdir()
    monkeypatch.chdir(tmp_path / "03_bptt")
    monkeypatch.setenv("RNN_COURSE_PROGRESS", str(tmp_path / "p.sqlite"))
    progress = Progress(tmp_path / "p.sqlite")
    with monkeypatch.context() as patch:
        patch.setattr("autograder.progress.now", lambda: OLD)
        for id in list(load_questions())[:2]:
            progress.add("recall", id, right=True)
    return progress


@pytest.fixture
def shown(chromium: Browser, progress: Progress):
    page = chromium.new_page(reduced_motion="reduce")
    yield in_page(page, ProgressMap())
    page.close()


def test_a_recall_question_by_keyboard(shown: Driven, progress: Progress):
    first, second, *_ = load_questions().values()
    recall = shown.root.locator(".rnn-recall")
    expect(recall).to_contain_text(first.text)
    before = shown.turn
    recall.get_by_role("button", name=f"{first.answer}) ").focus()
    shown.page.keyboard.press("Enter")
    shown.answered(before)
    expect(recall).to_contain_text(f"✓ right. {first.why}")
    assert shown.says.endswith("1 recall question is due.") and shown.violations() == []
    shown.page.keyboard.press("Enter")  # the button of the next question has the focus
    expect(recall).to_contain_text(second.text)
    before = shown.turn
    shown.page.keyboard.press("Enter")  # and now its first choice
    shown.answered(before)
    kept = [data["right"] for _, _, data in progress.events("recall")]
    assert kept == [True, True, True, second.answer == "a"]


def test_at_a_lessons_end_it_is_that_lesson_and_the_next(shown: Driven):
    rows = shown.root.locator(".rnn-lessons > li")
    expect(rows).to_have_count(sum(page.lesson[:2] in ("03", "04") for page in pages()))
    button = shown.root.get_by_role("button", name="All lessons")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    expect(rows).to_have_count(len(pages()))
    assert button.get_attribute("aria-expanded") == "true" and shown.violations() == []
    hrefs = rows.locator(".rnn-title a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs == [f"../{page.path}" for page in pages()]


def test_exercises_fold_in_and_out(shown: Driven):
    toggle = shown.root.get_by_role("button", name="exercises of A weight acts at every step")
    link = shown.root.get_by_role("link", name="Exercise 3.4: backward")
    expect(link).to_be_visible()
    toggle.focus()
    shown.page.keyboard.press("Enter")
    expect(link).to_be_hidden()
    shown.page.keyboard.press("Space")
    expect(link).to_be_visible()
    place = next(place for page in pages() for place in page.places if place.id == "bptt-backward")
    assert link.get_attribute("href") == f"../03_bptt/gradient_by_hand.ipynb#cell-id={place.cell}"


def test_it_looks_again(shown: Driven, progress: Progress):
    assert shown.says.startswith("0 of ")
    progress.add("check", "bptt-backward", points=4, max=4, mistake=None)
    shown.click("Look again")
    assert shown.says.startswith("1 of ") and "Next: Exercise 3.5" in shown.says
    row = shown.root.get_by_role("listitem").filter(has=shown.page.get_by_role("link", name="Exercise 3.4: backward"))
    expect(row.last).to_contain_text("✓ mastered")
    expect(row.last).to_contain_text("4 of 4 points")


def test_the_index_leads_to_the_next_exercise_and_to_a_term_in_jupyterlab(learner: Learner):
    learner.open("index.ipynb")
    output = learner.run("cell-001")
    assert learner.complaints("cell-001") == []
    shown = Driven(output.locator(".rnn-widget").first)
    assert shown.violations() == []
    shown.root.get_by_role("link", name="Exercise 1.1").first.focus()
    learner.page.keyboard.press("Enter")
    here = "path => jupyterapp.shell.currentWidget?.context?.path === path"
    learner.page.wait_for_function(here, arg="01_feedback_loop/feedback_loop.ipynb")
    expect(learner.page.get_by_role("heading", name="Exercise 1.1: what will a net read?")).to_be_in_viewport()
    learner.page.evaluate(
        "() => jupyterapp.commands.execute('docmanager:open', {path: 'index.ipynb'}).then(() => null)"
    )
    learner.page.wait_for_function(here, arg="index.ipynb")
    term = learner.page.get_by_role("link", name="leaky unit", exact=True)
    term.scroll_into_view_if_needed()
    term.click()
    learner.page.wait_for_function(here, arg="05_gating/gating.ipynb")
    expect(learner.page.get_by_role("heading", name="A unit that leaks")).to_be_in_viewport()


def test_from_a_lesson_it_leads_to_another(learner: Learner):
    learner.open("02_recurrent_cell/recurrent_cell.ipynb")
    id = learner.page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model)"
        ".filter(model => model.sharedModel.getSource().includes('progress_map()')).at(-1).id"
    )
    shown = in_lab_cell(learner, id)
    shown.root.get_by_role("link", name="A weight acts at every step").click()
    learner.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.context?.path === '03_bptt/gradient_by_hand.ipynb'"
    )


def in_lab_cell(learner: Learner, id: str) -> Driven:
    """The widget of a cell of this lesson."""
    output = learner.run(id)
    assert learner.complaints(id) == []
    return Driven(output.locator(".rnn-widget").first)
