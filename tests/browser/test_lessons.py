"""Every lesson as a learner meets it: the first screen, and all of it solved cell by cell in the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from autograder.checks import registry
from autograder.learn import refresh
from autograder.questions import load_questions
from autograder.report import score
from autograder.source import source_notebook, sources
from tests.browser.lab import Learner


def test_the_first_screen_is_the_first_lesson_and_nothing_else(learner: Learner):
    learner.open()
    page = learner.page
    expect(page).to_have_url(re.compile("/lab/tree/01_feedback_loop/feedback_loop.ipynb"))
    expect(page.locator(".jp-Notebook h1").first).to_be_visible()
    expect(page.locator(".jp-Notebook h1").first).to_be_in_viewport()
    page.wait_for_timeout(3000)  # what pops up comes late
    expect(page.locator(".jp-Dialog, .Toastify__toast, .jp-toast-button")).to_have_count(0)
    expect(page.locator(".jp-Toolbar")).not_to_contain_text(["Validate", "Create Assignment"])
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
    expect(page.locator(".jp-NotebookPanel-toolbar")).to_contain_text("Python 3 (ipykernel)")


def test_a_lesson_that_was_only_opened_is_still_brought_up_to_date(learner: Learner):
    mine, name = learner.server.mine, "cards/opened.ipynb"
    before = (mine / name).read_bytes()
    learner.open(name)
    learner.run("cell")
    learner.page.evaluate("() => jupyterapp.commands.execute('docmanager:save').then(() => null)")
    assert (mine / name).read_bytes() != before
    lesson = nbformat.read(learner.server.lessons / name, as_version=4)
    lesson.cells[0].source = "2 + 2"
    nbformat.write(lesson, learner.server.lessons / name)
    assert refresh(learner.server.lessons, mine).updated == [name]
    assert nbformat.read(mine / name, as_version=4).cells[0].source == "2 + 2"


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_a_lesson_solved_in_the_page_earns_and_keeps_all_points(learner: Learner, path: Path):
    learner.open(f"{path.parent.name}/{path.stem}.ipynb")
    earned = []
    for cell in source_notebook(path).cells:
        ours = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            if ours.get("solution"):
                learner.cell(cell.id, cell.source)
                learner.page.evaluate("() => jupyterapp.commands.execute('docmanager:save').then(() => null)")
            continue
        asks, opens = (cell.source.startswith(call) for call in ("recall(", "model_answer("))
        shows = cell.metadata.get("rnn_course", {}).get("kind") == "show"
        if shows and not asks and not opens and path.stem != "feedback_loop":
            continue  # a solved lesson is run with them elsewhere; in the page those of one lesson are enough
        recalled = re.findall(r'^    "([\w-]+)": "",$', cell.source, re.MULTILINE) if asks else []
        answers = {f'"{id}": ""': f'"{id}": "{load_questions()[id].answer}"' for id in recalled}
        source = cell.source if ours.get("solution") or recalled else None
        for empty, right in answers.items():
            source = source.replace(empty, right)
        output = learner.run(cell.id, source)
        assert learner.complaints(cell.id) == [], cell.source
        if ours.get("grade"):
            full = registry()[ours["grade_id"]].points
            expect(output).to_contain_text(score(full, full))
            earned.append((ours["grade_id"], full))
        if recalled:
            expect(output.locator("li")).to_have_text([re.compile("✓ right")] * len(recalled))
        if opens:
            expect(output.locator("summary")).to_be_visible()
    assert earned
    program = [Path(sys.executable).parent / "rnn-course", "progress"]
    env = {key: value for key, value in os.environ.items() if key != "RNN_COURSE_PROGRESS"}
    told = subprocess.run(program, cwd=learner.server.mine.parent, env=env, capture_output=True, text=True, check=True)
    for id, full in earned:
        assert re.search(rf"^ +{id} +{full} of {full}$", told.stdout, re.MULTILINE), told.stdout
