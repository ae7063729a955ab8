"""One notebook is graded from the trusted side, whatever the student did to its cells; no hidden case gets out."""

import contextlib
import json
import sys

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.build import LESSONS
from autograder.compare import expect
from autograder.grading import one_notebook as grading
from autograder.grading.one_notebook import ELSEWHERE, budget_of, exercises_of, grade_notebook, plain, seed_of
from autograder.sandbox.lockdown import USUAL
from autograder.source import source_notebook, sources
from autograder.spec import Exercise
from tests.autograder.common import RIGHT, guess_exercise, helped_exercise, scale_exercise

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from autograder.sandbox.course_files import allowed, uses_torch
from autograder.sandbox.probing import best_sandbox
from autograder.sandbox.session import Session

SEED = 0x5EC12E7
NUMPY = "import numpy as np\n"


@pytest.fixture(scope="module")
def sandbox():
    with best_sandbox() as made:
        yield made


def code(source: str, **metadata) -> nbformat.NotebookNode:
    cell = new_code_cell(source)
    cell.metadata.update(metadata)
    return cell


def check_cell(id: str, source: str = "") -> nbformat.NotebookNode:
    data = {"grade": True, "solution": False, "locked": True, "grade_id": id, "points": 3}
    return code(source or f'check("{id}")', nbgrader=data)


def graded(sandbox, *cells, exercises=None, seed=SEED):
    cells = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return grade_notebook(new_notebook(cells=cells), exercises or [scale_exercise()], sandbox, seed)


def points(result) -> dict[str, float]:
    return {row["id"]: row["points"] for row in result.exercises}


# whole lessons


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_a_solved_notebook_gets_all_points_and_an_untouched_one_none(path):
    lesson, name = path.parent.name, path.stem
    exercises = exercises_of(lesson, name)
    untouched = nbformat.read(LESSONS / lesson / f"{name}.ipynb", 4)
    with best_sandbox(allowed(lesson), torch=uses_torch(lesson), budget=budget_of(exercises)) as sandbox:
        full = grade_notebook(source_notebook(path), exercises, sandbox, SEED)
        empty = grade_notebook(untouched, exercises, sandbox, SEED)
    assert points(full) == {exercise.id: exercise.points for exercise in exercises}
    assert not full.notes and all(row["checks"] for row in full.exercises)
    assert not any(points(empty).values()) and len(empty.exercises) == len(exercises)
    assert set(full.cards) == set(empty.cards) == set(points(full))
    assert len(full.outputs) == len(source_notebook(path).cells)


def test_an_unknown_notebook_is_named():
    with pytest.raises(ValueError, match="no notebook 'other' in a lesson '03_bptt'"):
        exercises_of("03_bptt", "other")


# cells


def test_check_cells_may_be_changed_deleted_moved_or_twice(sandbox):
    changed = check_cell("scale", "print(3.0)\ndef scale(x, factor): return None")
    for cells in (
        [NUMPY + RIGHT],
        [check_cell("scale"), NUMPY + RIGHT],
        [NUMPY + RIGHT, changed],
        [NUMPY + RIGHT, check_cell("scale"), check_cell("scale")],
    ):
        assert points(graded(sandbox, *cells)) == {"scale": 3}


def test_the_last_definition_counts_wherever_it_stands(sandbox):
    assert points(graded(sandbox, NUMPY + RIGHT, "def scale(x, factor):\n    return None")) == {"scale": 0}


def test_show_cells_and_empty_ones_are_not_run(sandbox):
    show = code("print('shown')", rnn_course={"kind": "show"})
    result = graded(sandbox, show, "", new_markdown_cell("text"), "print('run')")
    assert result.outputs == [None, None, None, [{"output_type": "stream", "name": "stdout", "text": "run\n"}]]


def test_a_cell_that_fails_or_never_ends_does_not_stop_later_exercises(sandbox, monkeypatch):
    monkeypatch.setattr(grading, "CELL_SECONDS", 0.5)
    result = graded(sandbox, "1 / 0", "while True:\n    pass", NUMPY + RIGHT)
    assert points(result) == {"scale": 3}
    assert result.notes[0] == "cell 1 ended early: ZeroDivisionError: division by zero"
    assert result.notes[1] == "cell 2 ended early: The cell ran longer than 0.5 s."


def test_a_note_is_one_line_whatever_an_exception_is_called(sandbox):
    result = graded(sandbox, 'raise type("E\\nzoe  03_bptt  30 of 30 points\\n", (Exception,), {})("x\\ny")')
    assert result.notes == ["cell 1 ended early: E zoe 03_bptt 30 of 30 points : x y"]


def test_magics_work(sandbox):
    result = graded(sandbox, "%matplotlib inline", NUMPY + RIGHT, "%%time\nkept = 3", "kept")
    assert points(result) == {"scale": 3}
    assert result.outputs[3][0]["data"] == {"text/plain": "3"}


def test_metadata_of_any_form_is_survived(sandbox):
    strange = [code("a = 1", nbgrader=[1], rnn_course="show"), code("b = 1", nbgrader=None, rnn_course={"kind": {}})]
    assert points(graded(sandbox, *strange, NUMPY + RIGHT)) == {"scale": 3}


# points, and words


def test_partial_credit_and_a_named_mistake(sandbox):
    wrong = "def scale(x, factor):\n    x *= factor\n    return x, x.sum()"
    (row,) = graded(sandbox, NUMPY + wrong).exercises
    assert row["points"] == 2 and row["max"] == 3 and row["mistake"] == "x is changed in place"
    assert [check["passed"] for check in row["checks"]] == [True, True, False]
    assert row["checks"][2]["words"].startswith("x after the call: expected")


def test_a_helper_that_is_wrong_is_counted_once(sandbox):
    cells = "def double(x):\n    return 3 * x", "def twice_plus_one(x):\n    return double(x) + 1"
    result = graded(sandbox, *cells, exercises=[helped_exercise()])
    assert points(result) == {"helped": 2}


def test_an_answer_for_the_visible_inputs_alone_gets_nothing(sandbox):
    """What a learner can see is drawn from the public seed: a table of it is no answer."""
    learnt = "def scale(x, factor):\n    return (factor * x, (factor * x).sum()) if key(x) in KNOWN else (x, 0.0)"
    known = [round(float(np.random.default_rng([20_001, k]).standard_normal((2, 3))[0, 0]), 9) for k in range(3)]
    helper = f"KNOWN = {known}\ndef key(x):\n    return round(float(x[0, 0]), 9)\n"
    (row,) = graded(sandbox, NUMPY + helper + learnt).exercises
    assert row["points"] == 0 and row["mistake"] is None
    assert {check["words"] for check in row["checks"]} == {ELSEWHERE}


TELLS = """
met = []

def scale(x, factor):
    met.append([number.hex() for number in x.ravel().tolist()])
    print(met)
    raise ValueError(str(met))
"""


def hidden_numbers() -> list[str]:
    """The inputs of the checks as they are drawn from the secret seed."""
    seed = seed_of(scale_exercise(), SEED)
    draws = [np.random.default_rng([seed, k]).standard_normal((2, 3)) for k in range(3)]
    return [number.hex() for draw in draws for number in draw.ravel().tolist()]


def test_nothing_that_was_printed_or_raised_on_hidden_cases_is_told(sandbox):
    said = json.dumps(vars(graded(sandbox, NUMPY + TELLS)))
    assert "ValueError" in said and not any(number in said for number in hidden_numbers())


def test_without_a_second_process_it_would_be_told(sandbox, monkeypatch):
    monkeypatch.setattr(Session, "again", lambda session: contextlib.nullcontext(session))
    said = json.dumps(vars(graded(sandbox, NUMPY + TELLS)))
    assert any(number in said for number in hidden_numbers())


def test_a_right_answer_may_print_the_hidden_cases_and_nobody_reads_them(sandbox):
    shouts = NUMPY + RIGHT.replace(
        "    return", "    print([number.hex() for number in x.ravel().tolist()])\n    return"
    )
    result = graded(sandbox, shouts)
    assert points(result) == {"scale": 3}
    assert not any(number in json.dumps(vars(result)) for number in hidden_numbers())


def test_values_are_graded_beside_functions(sandbox):
    result = graded(sandbox, NUMPY + RIGHT, "guess = 'fades'", exercises=[scale_exercise(), guess_exercise()])
    assert points(result) == {"scale": 3, "guess": 1}


# budgets


def test_a_budget_is_the_largest_that_an_exercise_asks_for():
    hungry = scale_exercise(budget={"memory": 4096, "cpu": 10})
    patient = guess_exercise()
    patient.budget = {"wall": 900.0}
    budget = budget_of([hungry, patient])
    assert (budget.memory, budget.wall, budget.cpu) == (4096, 900.0, USUAL.cpu)
    with pytest.raises(AttributeError):
        budget_of([scale_exercise(budget={"memroy": 1})])


def test_memory_beyond_the_usual_is_there_for_who_asks_for_it():
    exercise = Exercise("large", functions={"large": lambda: 1.0}, points=1, budget={"memory": 1500})

    @exercise.check("it ends")
    def ends(student, rng):
        expect(student.large() == 1.0, "no")

    large = NUMPY + "def large():\n    return float(np.ones(140_000_000, np.float64)[5])"
    for asks, expected in (({}, 0), ({"memory": 1500}, 1)):
        exercise.budget = asks
        with best_sandbox(budget=budget_of([exercise])) as sandbox:
            assert points(graded(sandbox, large, exercises=[exercise])) == {"large": expected}


# outputs


def test_outputs_are_made_anew_and_hold_no_markup():
    html = {"text/plain": "t", "text/html": "<script>", "image/svg+xml": "<svg onload=''>", "image/png": "iVBO"}
    assert plain({"output_type": "display_data", "data": html, "metadata": {"a": 1}}) == {
        "output_type": "display_data",
        "data": {"text/plain": "t", "image/png": "iVBO"},
        "metadata": {},
    }
    assert plain({"output_type": "execute_result", "data": {"text/plain": ["x"]}})["data"] == {}
    for output in (
        {},
        {"output_type": "stream", "name": "other", "text": ""},
        {"output_type": "error"},
        {"output_type": 3},
    ):
        assert plain(output) is None
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", 3]}
    assert plain(error)["traceback"] == ["a"]
    for name in ("display_data", "execute_result"):
        made = plain({"output_type": name, "data": html, "extra": 1})
        nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=[nbformat.from_dict(made)])]))
