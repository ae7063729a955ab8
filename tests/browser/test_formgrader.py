"""The formgrader as `rnn-course teach` opens it: it lists the lessons, grades, and runs no student's script."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from autograder.demo.demo_class import KINDS
from autograder.demo.students import Student
from autograder.demo.work import Work
from autograder.grading.teach import CONFIG, COURSE_ID, make_course
from autograder.grading.whole_class import grade_path
from autograder.source import sources
from tests.browser.lab import TOKEN, running
from tests.grading.test_pages import BAD, page_of, shows

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own
LESSON, NOTEBOOK = "01_feedback_loop", "feedback_loop"
TEACH = """
import sys
from autograder.cli import main
sys.exit(main(["teach", sys.argv[2], "--no-browser", "--port", sys.argv[1]]))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course in which one student's work with scripts in its texts is graded, and another's is not yet."""
    course = tmp_path_factory.mktemp("teach") / "course"
    make_course(course)
    (released, solved) = (
        {NOTEBOOK: nbformat.read(course / step / LESSON / f"{NOTEBOOK}.ipynb", 4)} for step in ("release", "source")
    )
    for student in (Student("mallory", "Mallory", "M", "scripts in texts"), Student("grace", "Grace", "H", "right")):
        folder = course / "submitted" / student.id / LESSON
        folder.mkdir(parents=True)
        for name, notebook in KINDS[student.kind](Work(student, LESSON, released, solved, random.Random(1))).items():
            nbformat.write(notebook, folder / name)
        if student.id == "mallory":
            assert [report["status"] for report in grade_path(course / "submitted")] == ["graded"]
    return course


@pytest.fixture(scope="module")
def url(course, tmp_path_factory) -> Iterator[str]:
    """The address of the JupyterLab that `rnn-course teach` starts on the course."""
    with running(["-c", TEACH], [str(course)], tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_it_opens_in_jupyterlab_and_lists_every_lesson(url, page):
    page.goto(f"{url}/?token={TOKEN}")
    inside = page.frame_locator("#formgrader-iframe iframe")
    expect(inside.get_by_role("heading", name="Manage Assignments")).to_be_visible(timeout=60_000)
    for lesson in {path.parent.name for path in sources()}:
        expect(inside.get_by_role("link", name=lesson)).to_be_visible()
    expect(page.get_by_role("tab", name="Formgrader")).to_be_visible()


def test_nothing_invites_to_run_a_students_cells_and_to_open_them_runs_nothing(url, page, course, tmp_path):
    """nbgrader's Validate button would run all of them, outside the sandbox; a kernel starts in their folder."""
    canary, folder = tmp_path / "canary", course / "submitted" / "grace" / LESSON
    for name in ("ipykernel_launcher", "sitecustomize", "pathlib", "IPython"):
        (folder / f"{name}.py").write_text(f"open({str(canary)!r}, 'w')", encoding="utf-8")
    page.goto(f"{url}/lab/tree/submitted/grace/{LESSON}/{NOTEBOOK}.ipynb?token={TOKEN}")
    expect(page.get_by_role("tab", name=f"{NOTEBOOK}.ipynb")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Python 3 (ipykernel)").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Validate", exact=True)).to_have_count(0)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    assert not canary.exists()
    for path in folder.glob("*.py"):
        path.unlink()


def test_its_button_grades_with_our_grader(url, page):
    page.goto(f"{url}/login?token={TOKEN}")
    page.goto(f"{url}/formgrader/manage_submissions/{LESSON}")
    row = page.locator("tr", has_text="grace")
    expect(row).to_contain_text("needs autograding")
    row.locator(".autograde a").click()
    expect(row).to_contain_text("17 / 19", timeout=60_000)
    expect(row).to_contain_text("needs manual grading")  # the question in words waits


def submission_page(course: Path, student: str) -> str:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", COURSE_ID) as gradebook:
        return f"/formgrader/submissions/{gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).id}/"


def opened(page: Page, url: str, course: Path) -> list[str]:
    """Open Mallory's submission. Returns: what her page then sent to the server."""
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    page.goto(f"{url}/login?token={TOKEN}")
    page.goto(f"{url}{submission_page(course, 'mallory')}")
    expect(page.locator("#loop-feedforward-step")).to_be_visible()
    page.wait_for_timeout(1000)
    return sent


def test_no_script_in_a_students_text_runs_and_our_cards_are_whole(url, page, course):
    assert opened(page, url, course) == [] and page.title() == NOTEBOOK
    expect(page.locator("#notebook script, #notebook [onerror], #notebook a[href^=javascript]")).to_have_count(0)
    expect(page.get_by_text("<script>").first).to_be_visible()
    card = page.locator(".output_html > div", has_text="loop-feedforward-step").first
    assert card.evaluate("card => getComputedStyle(card).borderLeftStyle") == "solid"


def test_without_our_settings_it_runs(page, course, tmp_path):
    """So the test before this one can fail: nbgrader's own formgrader gives a student the instructor's rights."""
    stock = shutil.copytree(course, tmp_path / "stock")
    settings = (stock / CONFIG).read_text(encoding="utf-8")
    (stock / CONFIG).write_text(settings.replace("c.HTMLExporter.", "c.NoExporter."), encoding="utf-8")
    with running(["-c", TEACH], [str(stock)], tmp_path / "home") as url:
        sent = opened(page, url, stock)
        assert page.title() == "taken over" and any(address.endswith("/api/terminals") for address in sent)


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>fetch('https://evil.example/svg')</script>
<image href="https://evil.example/drawn.png" width="9" height="9"/><circle r="9"/></svg>"""
KINDS_OF_OUTPUT = ("text/html", "text/markdown", "text/latex", "image/svg+xml")


def asked_by(page: Page, cells: list, ours: bool) -> set[str]:
    """Show cells in the formgrader's page. Returns: what the page asked other machines for, and what it popped up."""
    asked, address = set(), "http://formgrader.example/"
    body = page_of(*cells, ours=ours)

    def answer(route) -> None:
        if route.request.url == address:
            route.fulfill(body=body, content_type="text/html")
        else:
            asked.add(route.request.url)
            route.abort()

    def popped_up(dialog) -> None:
        asked.add(dialog.message)
        dialog.dismiss()

    page.on("dialog", popped_up)
    page.route("**/*", answer)
    page.goto(address)
    page.wait_for_timeout(1000)
    page.unroute("**/*")
    page.remove_listener("dialog", popped_up)
    return {url for url in asked if "evil" in url or "://" not in url or "/api" in url or "logout" in url}


def test_outputs_of_other_courses_neither_run_nor_load(page):
    """In a browser: of each bad text as each kind of output, through our settings and, so that it can fail, without."""
    found = [{kind: html, "text/plain": "x"} for html in [*BAD, DRAWING] for kind in KINDS_OF_OUTPUT]
    cells = [shows(data, id=f"shown-{k}") for k, data in enumerate(found)]
    raw = [
        new_code_cell("1", id=f"raw-{k}", outputs=[new_output("display_data", data)]) for k, data in enumerate(found)
    ]
    assert (
        asked_by(page, [*cells, *(new_markdown_cell(html, id=f"text-{k}") for k, html in enumerate(BAD))], True)
        == set()
    )
    assert {"1", "https://evil.example/seen.png"} <= {
        url.replace("http:", "https:") for url in asked_by(page, raw, False)
    }
