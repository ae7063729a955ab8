"""A student's process finds what the lesson allows, and the solved lesson runs there and gets all points."""

import dataclasses
import importlib
from pathlib import Path

import pytest

from autograder.checks import registry
from autograder.local import grade_locally
from autograder.sandbox import course_files
from autograder.sandbox.course_files import allowed, answering, closure, imported, uses_torch, write_course
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.source import source_notebook, sources
from autograder.spec import Exercise
from autograder.verdict import grade_fairly

LESSONS = sorted(set(registry().lesson_of.values()))


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_lesson_allows_what_answers_it(lesson):
    assert not set(allowed(lesson)) & answering(lesson)
    assert closure(allowed(lesson)) == set(allowed(lesson))


def test_imports_are_found_wherever_they_stand():
    source = "import numpy\nimport rnn_core.rnn as r\ndef f():\n    from rnn_core import plots, __doc__\n"
    source += "    from rnn_core.data.text import load_text\nfrom rnn_core.data import letters"
    assert imported(source) == {"rnn", "plots", "data.text", "data", "data.letters"}


def test_a_lesson_may_say_what_it_allows(monkeypatch):
    import autograder.checks.bptt as checks

    monkeypatch.setattr(checks, "ALLOWS", ("layers",), raising=False)
    assert allowed("03_bptt") == ("errors", "layers")


def test_a_lesson_may_say_that_it_uses_torch(monkeypatch):
    import autograder.checks.bptt as checks

    assert not uses_torch("03_bptt")
    monkeypatch.setattr(checks, "TORCH", True, raising=False)
    assert uses_torch("03_bptt")


def test_what_is_written_is_what_is_allowed_and_no_more(tmp_path):
    write_course(tmp_path, ("activations", "data.text"))
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")}
    ours = {f"autograder/{name}.py" for name in ("__init__", *course_files.UNTRUSTED)}
    theirs = {f"rnn_core/{name}.py" for name in ("__init__", "activations", "data/__init__", "data/text", "widgets")}
    assert found == ours | theirs
    assert "check, " in (tmp_path / "autograder" / "__init__.py").read_text()


def test_widgets_do_nothing_and_bring_no_reference_in(rung):
    source = (
        "from rnn_core.widgets import GateLab\nfrom rnn_core.widgets.gate_lab import CELLS\nimport rnn_core.widgets"
    )
    assert imported(source) == set()
    with Sandbox(rung, allowed("06_lstm")) as sandbox, Session(sandbox) as session:
        _, error = session.cell("from rnn_core.widgets import GateLab\nshown = GateLab('LSTM', print)")
        assert error is None
        _, error = session.cell("from rnn_core.widgets.gate_lab import CELLS")
        assert error.kind == "ModuleNotFoundError"


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_a_solved_lesson_gets_all_points_in_the_sandbox(path: Path, rung):
    notebook = source_notebook(path)
    lesson = path.parent.name
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells}
    asked = [item for item in registry() if isinstance(item, Exercise) and item.id in ids]
    with Sandbox(rung, allowed(lesson), torch=uses_torch(lesson)) as sandbox, Session(sandbox) as session:
        for cell in cells:
            if cell.metadata.get("rnn_course", {}).get("kind") != "show":
                _, error = session.cell(cell.source)
                assert error is None, (cell.source, error.message)
        for exercise in asked:

            def backend(lends, seconds=exercise.seconds):
                return RemoteBackend(session, seconds, lends)

            result = grade_fairly(exercise, backend, seed=7)
            assert result.passed, (exercise.id, [verdict.words for verdict in result.verdicts])
        assert session.deaths == 0


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_that_is_allowed_is_an_answer(lesson):
    """Each public function of the allowed modules, handed in as it is."""
    modules = [importlib.import_module(f"rnn_core.{name}") for name in allowed(lesson)]
    found = {f"{m.__name__}.{name}": value for m in modules for name, value in vars(m).items() if callable(value)}
    for item in registry():
        if isinstance(item, Exercise) and registry().lesson_of[item.id] == lesson and len(item.functions) == 1:
            (asked,) = item.functions
            for name, function in found.items():
                given = {**item.lends, asked: function}
                assert not grade_locally(dataclasses.replace(item, mistakes=[], lends={}), given).passed, (
                    item.id,
                    name,
                )
