"""nbgrader with our two preprocessors: the trusted side alone gives the points of our lessons; no cell runs outside."""

import sys
import threading
from datetime import datetime
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from autograder.checks import registry
from autograder.grading.filing import MARK
from autograder.grading.gradebook import save_points
from autograder.grading.nbgrader_bridge import FastExecute
from autograder.grading.one_notebook import UNSAFE, Graded
from autograder.questions import ROOT
from autograder.report import score
from autograder.source import source_notebook
from autograder.spec import Written
from tests.grading.bridge_course import FOREIGN, LESSON, NAME, Course, cell_of, nbgrader_config

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own

IDS = [item.id for item in registry() if registry().lesson_of[item.id] == LESSON]
CHECKED = [id for id in IDS if not isinstance(registry()[id], Written)]
FIRST, WRITTEN = CHECKED[0], next(id for id in IDS if id not in CHECKED)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


class Stub:
    """In the place of the trusted grader: half of each exercise's points, and for each cell an output of its number."""

    def __init__(self):
        self.rung, self.share, self.asked = "A", 0.5, []

    def __call__(self, path, lesson, name, keep, unsafe):
        self.asked.append((path, lesson, name, keep.folder, unsafe))
        rows = [
            {"id": id, "points": self.share * registry()[id].points, "max": registry()[id].points} for id in CHECKED
        ]
        rows = [{**row, "mistake": None, "checks": []} for row in rows]
        cells = nbformat.read(path, 4).cells
        outputs = [[{"output_type": "stream", "name": "stdout", "text": f"<{k}>"}] for k in range(len(cells))]
        outputs = [out if cell.metadata.get("says") else None for out, cell in zip(outputs, cells, strict=True)]
        cards = {id: f"<div style='color:red'><b>card of {id}</b></div>" for id in CHECKED}
        return Graded(rows, cards, outputs, ["a note"], self.rung)


@pytest.fixture
def grader(monkeypatch) -> Stub:
    stub = Stub()
    monkeypatch.setattr("autograder.grading.nbgrader_bridge.graded_notebook", stub)
    return stub


def half() -> dict[str, tuple[float, bool]]:
    return {id: (0.5 * registry()[id].points, False) for id in CHECKED}


def test_the_lists_are_nbgraders_own_with_ours_in_them():
    ours = nbgrader_config().Autograde
    short = {"FastExecute": "Execute", "TrustedSaveAutoGrades": "SaveAutoGrades"}
    for name in ("autograde_preprocessors", "sanitize_preprocessors"):
        stock = [kind.__name__ for kind in Autograde.class_traits()[name].default()]
        found = [dotted.rpartition(".")[2] for dotted in ours[name]]
        assert [short.get(kind, kind) for kind in found if kind != "RestoreMetadata"] == stock
    assert "FastExecute" in ours.autograde_preprocessors[0]
    assert "RestoreMetadata" in ours.sanitize_preprocessors[0]
    assert nbgrader_config().CourseDirectory.ignore == [*CourseDirectory.ignore.default(), MARK]


def test_points_come_from_the_trusted_side_and_not_from_outputs(course, grader):
    def cheat(notebook):
        cell_of(notebook, FIRST).outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000.0"})]
        notebook.cells.insert(3, new_code_cell("1000.0", metadata={"says": True}))

    folder = course.submit("ada", cheat)
    assert course.autograde("ada"), course.why
    ((path, lesson, name, keep, unsafe),) = grader.asked
    assert (path, lesson, name, unsafe) == (folder / f"{NAME}.ipynb", LESSON, NAME, False)
    assert keep == course.folder / ".rnn-course"
    assert course.grades("ada") == {**half(), WRITTEN: (0, False)}
    done = course.autograded("ada")
    assert done.cells[3].outputs[0].text == "<3>"
    (shown,) = cell_of(done, CHECKED[1]).outputs
    assert (shown.output_type, f"card of {CHECKED[1]}" in shown.data["text/html"]) == ("display_data", True)
    most = registry()[CHECKED[1]].points
    assert shown.data["text/plain"] == f"{CHECKED[1]}: {score(most / 2, most)}"
    shows = [cell for cell in done.cells if cell.metadata.get("rnn_course", {}).get("kind") == "show"]
    assert len(shows) > 3
    assert not any(cell.outputs for cell in shows)
    assert done.metadata.rnn_course_graded == {"verified": True, "rung": "A"}
    assert "a note" in str(next(cell for cell in done.cells if cell.cell_type == "code").outputs)
    nbformat.validate(done)


def test_what_a_student_removes_is_graded_all_the_same(course, grader):
    def remove(notebook):
        gone = (FIRST, f"{FIRST}-code", CHECKED[-1], WRITTEN)
        notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in gone]
        notebook.cells[-1].metadata["says"] = notebook.cells[-1].cell_type == "code"
        del notebook.metadata["rnn_course"]

    course.submit("bob", remove)
    assert course.autograde("bob"), course.why
    assert course.grades("bob") == {**half(), WRITTEN: (None, True)}
    done = course.autograded("bob")
    for id in (FIRST, CHECKED[-1]):
        assert f"card of {id}" in cell_of(done, id).outputs[-1].data["text/html"]
    assert "missing from the submission" in cell_of(done, WRITTEN).source  # a person can see that, and give points
    assert "card of" in course.feedback("bob")


def test_forged_metadata_and_copies_of_cells_do_no_harm(course, grader):
    def forge(notebook):
        cell_of(notebook, FIRST).metadata.nbgrader.update(grade=False, solution=True)
        cell_of(notebook, CHECKED[1]).metadata.nbgrader.update(points=1000, locked=False, grade=True, solution=True)
        cell_of(notebook, CHECKED[2]).source = "1000.0"
        cell_of(notebook, CHECKED[4]).metadata.nbgrader["schema_version"] = 1
        text = {"cell_type": "markdown", "attachments": {"a.png": {"image/png": "eA=="}}, "id": "text"}
        changed = cell_of(notebook, CHECKED[5])
        text |= {"metadata": changed.metadata, "source": "x"}
        notebook.cells[notebook.cells.index(changed)] = nbformat.from_dict(text)
        notebook.cells.append(new_code_cell("2", metadata={"nbgrader": {"grade_id": "mine", "grade": True}}))
        notebook.cells.append(nbformat.from_dict({**cell_of(notebook, CHECKED[3]), "id": "copy"}))
        notebook.metadata["kernelspec"] = {"name": "nothing", "display_name": "x", "language": "x"}
        notebook.metadata["rnn_course"] = {"lesson": "99_other"}
        notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}

    course.submit("eve", forge)
    assert course.autograde("eve"), course.why
    assert course.grades("eve") == {**half(), WRITTEN: (0, False)}
    assert "widgets" not in course.autograded("eve").metadata


def test_written_answers_lateness_and_a_second_grading(course, grader):
    def answer(notebook):
        cell_of(notebook, WRITTEN).source = "Because of the arrows."

    folder = course.submit("cyd", answer)
    assert course.autograde("cyd"), course.why
    assert course.grades("cyd")[WRITTEN] == (None, True)
    with Gradebook(course.db) as gradebook:
        gradebook.find_grade(WRITTEN, NAME, LESSON, "cyd").manual_score = 2
        gradebook.find_grade(FIRST, NAME, LESSON, "cyd").manual_score = 0.25
        gradebook.find_assignment(LESSON).duedate = datetime(2026, 1, 1)
        gradebook.db.commit()
    (folder / "timestamp.txt").write_text("2026-01-02 00:00:00 UTC")
    grader.share = 1.0
    assert course.autograde("cyd"), course.why
    with Gradebook(course.db) as gradebook:
        found = gradebook.find_submission_notebook(NAME, LESSON, "cyd")
        most = sum(registry()[id].points for id in CHECKED[1:])
        assert found.score == pytest.approx(most + 2 + 0.25)
        assert found.late_submission_penalty == pytest.approx(found.score)
        assert gradebook.find_grade(
            FIRST, NAME, LESSON, "cyd"
        ).needs_manual_grade  # a person's score is looked at again


def test_points_follow_the_gradebooks_maximum():
    cell = SimpleNamespace(max_score=6.0)
    grades = [SimpleNamespace(name=name, cell=cell, manual_score=None) for name in ("ours", "unknown")]
    save_points(grades, {"ours", "unknown"}, {"ours": (1.0, 2.0)})
    assert [(grade.auto_score, grade.needs_manual_grade) for grade in grades] == [(3.0, False), (None, True)]


def test_without_a_sandbox_the_gradebook_says_so_until_it_is_graded_again(course, grader):
    course.submit("gus", lambda notebook: None)
    grader.rung = "E"
    assert UNSAFE in course.autograde("gus", unsafe_no_sandbox=True)
    assert grader.asked[-1][-1] is True
    assert any(UNSAFE in comment and "No response." in comment for comment in course.comments("gus"))
    assert UNSAFE in course.feedback("gus")
    assert course.autograded("gus").metadata.rnn_course_graded.rung == "E"
    grader.rung = "A"
    assert UNSAFE not in course.autograde("gus")
    assert not any(UNSAFE in comment for comment in course.comments("gus"))


def test_it_refuses_to_take_a_submissions_own_outputs(course, grader):
    course.submit("hal", lambda notebook: None)
    assert not course.autograde("hal", enabled=False)
    assert "nothing graded it" in course.why
    assert not (course.folder / "autograded" / "hal" / LESSON).exists()
    assert {score for score, _ in course.grades("hal").values()} == {None}


def test_it_grades_in_a_thread_as_the_formgrader_does(course):
    """The real grader, too: bubblewrap ends with the thread that started it."""
    course.submit("ida", lambda notebook: None)
    course.submit("ida", lambda notebook: None, FOREIGN)
    logs = []
    for _ in range(2):
        thread = threading.Thread(
            target=lambda: logs.extend([course.autograde("ida"), course.autograde("ida", FOREIGN)])
        )
        thread.start()
        thread.join()
    assert all(logs), course.why
    assert course.grades("ida") == {**dict.fromkeys(CHECKED, (0, False)), WRITTEN: (0, False)}
    assert course.grades("ida", FOREIGN) == {"test": (0, False), "partial": (0, False)}


def test_a_script_in_a_students_text_does_not_reach_the_page(course, grader):
    def write(notebook):
        notebook.cells.append(new_markdown_cell("<script>alert(1)</script> <img src=x onerror='alert(2)'> $a < b$"))
        notebook.cells.append(new_code_cell("1", metadata={"tags": ["'><script>alert(3)</script>"]}))

    course.submit("jim", write)
    assert course.autograde("jim"), course.why
    page = course.feedback("jim")
    assert "alert(1)" in page  # as text
    assert not any(live in page for live in ("<script>alert", "onerror=", "<img src=x"))
    assert f"<b>card of {FIRST}</b>" in page


def test_the_grader_itself_gives_a_solved_lesson_all_and_no_page_tells_a_hidden_case(course, tmp_path):
    solved = source_notebook(ROOT / "solutions" / LESSON / f"{NAME}.py")
    wrong = "\n".join(
        f"def {name}(*args, **kwargs):\n    return np.zeros(3)" for name in registry()[CHECKED[1]].functions
    )

    def solve(notebook):
        notebook.cells = solved.cells

    def break_one(notebook):
        solve(notebook)
        cell_of(notebook, f"{CHECKED[1]}-code").source = wrong
        notebook.cells.append(new_code_cell(f"open({str(tmp_path / 'canary')!r}, 'w')"))

    course.submit("sol", solve)
    course.submit("wro", break_one)
    assert course.autograde("sol"), course.why
    full = {id: (registry()[id].points, False) for id in CHECKED}
    assert course.grades("sol") == {**full, WRITTEN: (None, True)}
    pages = []
    for _ in range(2):  # each time with another secret seed
        assert course.autograde("wro"), course.why
        assert course.grades("wro")[CHECKED[1]][0] < registry()[CHECKED[1]].points
        pages.append(course.feedback("wro"))
        (course.folder / ".rnn-course" / "secret_seed").unlink()
    assert pages[0] == pages[1]
    assert not any(tmp_path.iterdir())
    assert registry()[CHECKED[1]].checks[0].title in pages[0]


def test_no_kernel_is_ever_started():
    with pytest.raises(RuntimeError, match="starts no kernel"):
        FastExecute().create_kernel_manager()
