"""From a small course's scripts to what learners open: complete, without a solution, the same to the byte each time."""

import filecmp
import os
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import atlas, build, index
from autograder import source as source_module
from autograder.build import stale
from autograder.questions import Question, Term, load_terms
from autograder.source import BuildError, find_term, glossary_notebook, source_notebook, sources
from autograder.spec import Exercise, Registry, Written
from tests.autograder.common import double, guess_exercise, scale_exercise, small_course

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own

SMALL = '''# %% [markdown]
# # A small lesson
#
# The [hidden state](glossary) is carried on; there are many [Hidden States](glossary) and one [gate](glossary).

# %%
import numpy as np

from autograder import check, model_answer, outcome, recall

# %% [markdown]
# ## Exercise 1.1: scale
# <!-- effort: scale -->

# %% exercise="scale"
def scale(x, factor):
    """Multiply."""
    given = 0
    ### BEGIN SOLUTION
    secret_product = x * factor
    return secret_product, secret_product.sum()
    ### END SOLUTION

# %% check="scale"

# %% show
print("a picture")

# %% [markdown]
# <!-- effort: guess -->

# %% exercise="guess"
guess = ""
### BEGIN SOLUTION
guess = "stays"
### END SOLUTION

# %% check="guess"

# %% [markdown]
# <!-- effort: why -->

# %% answer="why"

# %% recall="fading units"
'''
OTHER = """# %% exercise="helped"
def twice_plus_one(x):
    ### BEGIN SOLUTION
    return double(x) + 1
    ### END SOLUTION

# %% check="helped"
"""
GLOSSARY = """
[[term]]
name = "hidden state"
lesson = "01_small"
text = "What is carried on, \\"the memory\\"."
also = ["state"]

[[term]]
name = "gate"
lesson = "02_other"
text = "A factor between 0 and 1."
"""
QUESTIONS = {
    "fading": Question("fading", "01_small", "What fades?", ["the state", "the paint"], "a", "A secret product."),
    "units": Question("units", "01_small", "How many?", ["1", "2", "3"], "c", "Count them."),
}


def write_course(folder: Path, **scripts: str) -> Path:
    """The solutions of a small course; `small` and `other` replace the scripts."""
    for lesson, source in {"01_small": scripts.get("small", SMALL), "02_other": scripts.get("other", OTHER)}.items():
        (folder / lesson).mkdir(parents=True, exist_ok=True)
        (folder / lesson / f"{lesson[3:]}.py").write_text(source, encoding="utf-8")
    (folder / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def registry():
    """The small course in place of the real one, for the whole file."""
    made = small_course()
    with pytest.MonkeyPatch.context() as patch:
        for module in (build, source_module):
            patch.setattr(module, "registry", lambda: made)
        patch.setattr(source_module, "load_questions", lambda: QUESTIONS)
        patch.setenv("PATH", "/usr/bin:/bin")  # what a build adds to it is gone afterwards
        yield made


@pytest.fixture(scope="module")
def built(registry, tmp_path_factory) -> tuple[Path, Path]:
    """The solutions, and the lessons that were built of them."""
    top = tmp_path_factory.mktemp("course")
    solutions = write_course(top / "solutions")
    written = build.build(top / "lessons", solutions)
    assert [path.relative_to(top / "lessons").as_posix() for path in written] == [
        *("01_small/small.ipynb", "02_other/other.ipynb", "glossary.ipynb")
    ]
    return solutions, top / "lessons"


@pytest.fixture
def lesson(tmp_path):
    """The solved notebook of the first lesson's script, with another source."""

    def make(source: str):
        solutions = write_course(tmp_path / "solutions", small=source)
        return source_notebook(solutions / "01_small" / "small.py", load_terms(solutions / "glossary.toml"))

    return make


def released(built, name: str = "01_small/small.ipynb") -> nbformat.NotebookNode:
    return nbformat.read(built[1] / name, as_version=4)


def by_id(notebook) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}


# what learners open


def test_two_builds_are_equal_to_the_byte_and_replace_what_stood_there(built, tmp_path):
    again = tmp_path / "lessons"
    (again / "99_old").mkdir(parents=True)
    (again / "99_old" / "old.ipynb").write_text("{}")
    build.build(again, built[0])
    names = sorted(path.relative_to(again).as_posix() for path in again.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(built[1]).as_posix() for path in built[1].rglob("*") if path.is_file())
    assert names == ["01_small/small.ipynb", "02_other/other.ipynb", "glossary.ipynb"]
    for name in names:
        assert filecmp.cmp(again / name, built[1] / name, shallow=False), name


def test_no_solution_and_no_answer_leaks(built):
    for path in built[1].rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        for secret in (
            "secret_product",
            "SOLUTION",
            "return double(x) + 1",
            'guess = \\"stays',
            "Because it *fades*",
            "names the product",
            "A secret product",
            "Count them",
            "Multiply, do not add",
            "first hint",
        ):
            assert secret not in text, (path.name, secret)


def test_what_stands_outside_the_marks_is_given(built):
    cells = by_id(released(built))
    code = cells["scale-code"].source
    assert code.startswith('def scale(x, factor):\n    """Multiply."""\n    given = 0\n')
    assert code.count("raise NotImplementedError()") == 1  # what nbgrader leaves in the place of a solution
    space = {}
    exec(code, space)
    with pytest.raises(NotImplementedError):  # which it raises until the learner writes it
        space["scale"](1, 2)
    assert 'guess = ""' in cells["guess-code"].source
    assert cells["why"].source == "YOUR ANSWER HERE"
    assert by_id(released(built, "02_other/other.ipynb"))["helped-code"].source.startswith("def twice_plus_one(x):")


def test_the_cells_of_a_lesson(built):
    notebook = released(built)
    nbformat.validate(notebook)
    kinds = [(cell.cell_type, cell.id, cell.metadata.get("rnn_course", {}).get("kind")) for cell in notebook.cells]
    assert kinds == [
        ("markdown", "cell-000", None),
        ("code", "cell-001", "set-up"),
        ("markdown", "cell-002", None),
        ("code", "scale-code", None),
        ("code", "scale", None),
        ("code", "cell-005", "show"),
        ("markdown", "cell-006", None),
        ("code", "guess-code", None),
        ("code", "guess", None),
        ("markdown", "cell-009", None),
        ("markdown", "why", None),
        ("code", "cell-011", "show"),
        ("markdown", "cell-012", None),
        ("code", "cell-013", "show"),
    ]
    cells = by_id(notebook)
    assert cells["scale"].source == 'check("scale")' and cells["guess"].source == 'check("guess")'
    assert cells["cell-011"].source == 'model_answer("why")'
    assert cells["cell-013"].source == 'recall({\n    "fading": "",\n    "units": "",\n})'
    assert cells["cell-012"].source.splitlines()[2:] == [
        *("1. What fades?  ", "   a) the state  ", "   b) the paint"),
        *("2. How many?  ", "   a) 1  ", "   b) 2  ", "   c) 3"),
    ]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_nbgraders_metadata(built):
    cells = by_id(released(built))
    data = {id: cells[id].metadata.nbgrader for id in ("scale-code", "scale", "guess", "why")}
    for id, about in data.items():
        assert about.grade_id == id and about.schema_version == 3 and about.task is False
        assert about.cell_type == cells[id].cell_type
        assert set(about) <= {
            "grade",
            "grade_id",
            "locked",
            "schema_version",
            "solution",
            "task",
            "cell_type",
            "points",
            "checksum",
        }
    assert [(about.solution, about.grade, about.locked) for about in data.values()] == [
        (True, False, False),
        (False, True, True),
        (False, True, True),
        (True, True, False),
    ]
    assert [about.get("points") for about in data.values()] == [None, 3, 1, 2], "as specified, and only where graded"
    assert released(built).metadata.kernelspec.name == "python3"


def test_points_follow_the_specification(registry, lesson, monkeypatch):
    monkeypatch.setattr(registry["scale"], "points", 4.5)
    notebook = lesson(SMALL)
    assert by_id(notebook)["scale"].metadata.nbgrader.points == 4.5
    assert "●○○ · about 4 minutes · 4.5 points" in by_id(notebook)["cell-002"].source


def test_effort_lines(built, lesson, registry, monkeypatch):
    cells = by_id(released(built))
    assert cells["cell-002"].source == "## Exercise 1.1: scale\n●○○ · about 4 minutes · 3 points"
    assert cells["cell-006"].source == "●○○ · about 2 minutes · 1 point"
    assert cells["cell-009"].source == "●○○ · about 5 minutes · 2 points"
    monkeypatch.setattr(registry["scale"], "difficulty", 3)
    assert "●●● · about 4" in by_id(lesson(SMALL))["cell-002"].source
    with pytest.raises(BuildError, match=r"small\.py: there is no exercise 'scall'; the nearest are scale"):
        lesson(SMALL.replace("effort: scale", "effort: scall"))


def test_terms_link_to_the_glossary(built, lesson):
    text = released(built).cells[0].source
    meaning = "What is carried on, 'the memory'."
    assert f'[hidden state](../glossary.ipynb#hidden-state "{meaning}")' in text
    assert f'[Hidden States](../glossary.ipynb#hidden-state "{meaning}")' in text
    assert '[gate](../glossary.ipynb#gate "A factor between 0 and 1.")' in text
    with pytest.raises(BuildError, match=r"small\.py: \[gait\]\(glossary\) is no term of the glossary"):
        lesson(SMALL.replace("[gate](glossary)", "[gait](glossary)"))


def test_the_glossary_is_in_alphabetical_order(built):
    glossary = released(built, "glossary.ipynb")
    nbformat.validate(glossary)
    texts = [cell.source for cell in glossary.cells]
    assert texts[0].startswith("# Glossary")
    assert texts[1] == "### gate\n\nA factor between 0 and 1. *[Lesson 2](01_small/small.ipynb#cell-id=cell-000).*"
    place = "[Lesson 1](01_small/small.ipynb#cell-id=cell-000)"
    assert texts[2] == f'### hidden state\n\nWhat is carried on, "the memory". Also: state. *{place}.*'
    assert "*Lesson 0.*" in glossary_notebook([Term("a", "00_before", "b")]).cells[1].source


def test_the_index_has_every_notebook_and_every_term_with_its_place(built, registry, tmp_path, monkeypatch):
    for module in (index, atlas):
        monkeypatch.setattr(module, "registry", lambda: registry)
    lessons, solutions = tmp_path / "lessons", tmp_path / "solutions"  # of a name that no map was read from yet
    shutil.copytree(built[1], lessons)
    shutil.copytree(built[0], solutions)
    terms = load_terms(solutions / "glossary.toml")
    index.write_front(lessons, terms, solutions)
    assert not (lessons / "index.ipynb").exists(), "without a script there is none"
    script = "# %% [markdown]\n# # Here\n# <!-- lessons -->\n\n# %% show\nprogress_map()\n"
    script += "\n# %% [markdown]\n# <!-- terms -->\n"
    (solutions / "index.py").write_text(script, encoding="utf-8")
    index.write_front(lessons, terms, solutions)
    made = nbformat.read(lessons / "index.ipynb", as_version=4)
    nbformat.validate(made)
    first, show, last = (cell.source for cell in made.cells)
    assert "| 1 | [A small lesson](01_small/small.ipynb) |  | 3 | 6 |" in first and "| 2 | [other](" in first
    assert show == "progress_map()"
    assert last.split("\n\n") == [
        """**Lesson 1:** [hidden state](01_small/small.ipynb#cell-id=cell-000 "What is carried on, 'the memory'.").""",
        '**Lesson 2:** [gate](01_small/small.ipynb#cell-id=cell-000 "A factor between 0 and 1.").',
    ]


def test_a_term_in_any_form():
    terms = [Term("hidden state", "01", "x", ("state",)), Term("loss", "01", "y"), Term("BPTT", "02", "z")]
    for text, name in {
        "State": "hidden state",
        "hidden states": "hidden state",
        "losses": "loss",
        "bptt": "BPTT",
    }.items():
        assert find_term(text, terms).name == name
    assert find_term("stat", terms) is None and find_term("hidden", terms) is None


# what cannot be built


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "def scale(x, factor)",
            "def scale(factor, x)",
            r"scale\(factor, x\) has another signature .*, scale\(x, factor\)",
        ),
        ("def scale(x, factor)", "def scale(x, factor=1)", r"scale\(x, factor=1\) has another signature"),
        ("def scale(x, factor)", "def scale(x, factor, *more)", "has another signature"),
        ("def scale(x, factor)", "def scale(x)", "has another signature"),
        ("def scale(x, factor)", "def scale(x, *, factor)", "has another signature"),
        ("def scale(x, factor):", "def scale(x, factor:", "scale does not parse: "),
        ('check="scale"', 'check="scall"', "there is no exercise 'scall'; the nearest are scale"),
        ('exercise="scale"', 'exercise="why"', "why is Written, and the cell asks for Exercise"),
        ('answer="why"', 'answer="guess"', "guess is Exercise, and the cell asks for Written"),
        ('check="guess"', 'check="helped"', "helped belongs to 02_other"),
        ('check="guess"', 'check="scale"', "more than one cell for scale"),
        ("fading units", "fading unit", "there is no recall question 'unit'"),
        ('exercise="scale"', 'exercize="scale"', "unknown kind of cell, {'exercize': 'scale'"),
        ("# %% show", "# %% shwo", "unknown kind of cell, {'title': 'shwo'}"),
    ],
)
def test_a_source_that_cannot_become_a_lesson(lesson, old, new, words):
    assert SMALL.count(old) == 1
    with pytest.raises(BuildError, match=r"01_small/small\.py: .*" + words.replace("{", r"\{")):
        lesson(SMALL.replace(old, new))


@pytest.mark.parametrize(
    "signature",
    [
        "(x, factor)",
        "(x: np.ndarray, factor: float)",
        "(x: 'tuple[int, int]', factor: dict[str, tuple[int, int]])",
        "(x, factor) -> tuple[int, int]",
    ],
)
def test_annotations_are_free(lesson, signature):
    assert lesson(SMALL.replace("def scale(x, factor)", f"def scale{signature}"))


def test_defaults_of_every_kind_are_compared(lesson, registry, monkeypatch):
    def reference(x, factor=2.0, name="a: b, c", kind=np.float64, way=np.tanh, *, flag=None):
        """Never called here."""

    monkeypatch.setitem(registry["scale"].functions, "scale", reference)
    same = 'def scale(x, factor=2.0, name="a: b, c", kind=np.float64, way=np.tanh, *, flag=None)'
    assert lesson(SMALL.replace("def scale(x, factor)", same))
    for other in ("factor=3.0", 'name="a: c, b"', "flag=0"):
        changed = re.sub(rf"{other.split('=')[0]}=[^,)]+(, c\")?", other, same)
        assert changed != same
        with pytest.raises(BuildError, match="has another signature"):
            lesson(SMALL.replace("def scale(x, factor)", changed))


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ('# %% check="scale"\n', "01_small: no cell check='scale', which the specification asks for"),
        ('# %% answer="why"\n', "01_small: no cell answer='why', which the specification asks for"),
    ],
)
def test_an_exercise_that_is_missing(tmp_path, old, words):
    assert old in SMALL
    with pytest.raises(BuildError) as caught:
        build.build(tmp_path / "lessons", write_course(tmp_path / "solutions", small=SMALL.replace(old, "")))
    assert str(caught.value) == words
    assert not (tmp_path / "lessons").exists()


def test_a_function_that_two_exercises_ask_for(tmp_path, monkeypatch):
    def use(registry):
        for module in (build, source_module):
            monkeypatch.setattr(module, "registry", lambda: registry)

    twice = Exercise("scale-again", functions={"scale": double})
    items = [scale_exercise(), guess_exercise(), Written("why", model="m", rubric=("r",)), twice]
    registry = Registry({"01_small": items, "02_other": list(small_course())[3:]})
    use(registry)
    source = SMALL + '\n# %% check="scale-again"\n'
    with pytest.raises(BuildError, match="01_small: scale is asked for by scale and by scale-again"):
        build.build(tmp_path / "lessons", write_course(tmp_path / "solutions", small=source))
    other = Registry({"01_small": items[:3], "02_other": [*list(small_course())[3:], twice]})
    use(other)
    build._check_complete(
        write_course(tmp_path / "other", other=OTHER + '\n# %% check="scale-again"\n')
    )  # in two lessons they may


UNFINISHED = '    ### END SOLUTION\n\n# %% check="scale"', '\n# %% check="scale"'
ASTRAY = 'print("a picture")', "### BEGIN SOLUTION\nsecret = 1\n### END SOLUTION"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(UNFINISHED, "No end solution statement found.", marks=pytest.mark.full),
        pytest.param(ASTRAY, "Solution region detected in a non-solution cell"),
    ],
    ids=["a solution without an end", "a solution in a cell that is no exercise"],
)
def test_what_nbgrader_refuses_leaves_the_lessons_as_they_were(tmp_path, change, words):
    assert SMALL.count(change[0]) == 1
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "old.ipynb").write_text("{}")
    with pytest.raises(BuildError, match="nbgrader could not release 01_small:") as caught:
        build.build(tmp_path / "lessons", write_course(tmp_path / "solutions", small=SMALL.replace(*change)))
    assert words in str(caught.value) and "Traceback" not in str(caught.value)
    assert "secret" in str(caught.value), "the cell is shown"
    assert [path.name for path in (tmp_path / "lessons").iterdir()] == ["old.ipynb"]


# order, sources and stale lessons


def test_sources_come_in_reading_order(tmp_path, registry):
    solutions = write_course(tmp_path)
    (solutions / "01_small" / "a_last.py").write_text('# %% answer="why"\n')
    (solutions / "01_small" / "z_first.py").write_text("# %%\nprint()\n")
    (solutions / "notes").mkdir()
    (solutions / "notes" / "no.py").write_text("")
    names = [path.name for path in sources(solutions)]
    assert names == ["small.py", "z_first.py", "a_last.py", "other.py"]


def test_the_solved_notebooks_can_be_written(built, tmp_path):
    written = build.write_sources(tmp_path / "source", built[0])
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        *("source/01_small/small.ipynb", "source/02_other/other.ipynb")
    ]
    notebook = nbformat.read(written[0], as_version=4)
    nbformat.validate(notebook)
    assert "secret_product = x * factor" in by_id(notebook)["scale-code"].source
    assert by_id(notebook)["why"].source == "Because it *fades*."


def test_stale_sees_a_changed_a_missing_and_an_extra_file(built, tmp_path):
    solutions, lessons = built[0], tmp_path / "lessons"
    shutil.copytree(built[1], lessons)
    changed = lessons / "01_small" / "small.ipynb"
    size = changed.stat().st_size
    changed.write_bytes(changed.read_bytes().replace(b"Multiply.", b"Multiplx."))
    assert changed.stat().st_size == size
    (lessons / "02_other" / "other.ipynb").unlink()
    (lessons / "extra.ipynb").write_text("{}")
    before = {path: path.read_bytes() for path in lessons.rglob("*") if path.is_file()}
    assert stale(lessons, solutions) == ["01_small/small.ipynb", "02_other/other.ipynb", "extra.ipynb"]
    assert {path: path.read_bytes() for path in lessons.rglob("*") if path.is_file()} == before, "only looked at"


@pytest.fixture
def fresh(built, monkeypatch):
    """A build that takes no time: it copies the one that was made."""
    monkeypatch.setattr(build, "build", lambda target, solutions: shutil.copytree(built[1], target))


def test_nothing_is_stale_after_a_build(built, fresh, tmp_path):
    lessons = tmp_path / "lessons"
    shutil.copytree(built[1], lessons)
    (lessons / "01_small" / ".ipynb_checkpoints").mkdir()
    (lessons / "01_small" / ".ipynb_checkpoints" / "small-checkpoint.ipynb").write_text("{}")
    assert stale(lessons, built[0]) == []


def test_a_change_of_the_same_size_and_time_is_seen(built, fresh, tmp_path):
    lessons = tmp_path / "lessons"
    shutil.copytree(built[1], lessons)
    changed, known = lessons / "glossary.ipynb", (built[1] / "glossary.ipynb").stat()
    changed.write_bytes(changed.read_bytes().replace(b"gate", b"gait"))
    os.utime(changed, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert changed.stat().st_size == known.st_size
    assert stale(lessons, built[0]) == ["glossary.ipynb"]


def test_all_is_stale_where_there_are_no_lessons(built, fresh, tmp_path):
    assert stale(tmp_path / "none", built[0]) == ["01_small/small.ipynb", "02_other/other.ipynb", "glossary.ipynb"]
