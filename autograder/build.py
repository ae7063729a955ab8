"""Build the notebooks that learners open: solutions/NN_name/name.py -> lessons/NN_name/name.ipynb.

The authored script becomes a notebook with nbgrader's metadata (`source_notebook`); nbgrader's own
`generate_assignment` takes the solutions out. Two builds are equal to the byte.
"""

import ast
import filecmp
import inspect
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.checks import registry
from autograder.questions import ROOT, Term, load_questions, load_terms
from autograder.report import points
from autograder.spec import Exercise, Written

SOLUTIONS, LESSONS = ROOT / "solutions", ROOT / "lessons"
KINDS = ("exercise", "check", "answer", "recall")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class BuildError(ValueError):
    """A source that cannot become a lesson: names the file and what is wrong in it."""


def sources(folder: Path = SOLUTIONS) -> list[Path]:
    """The authored scripts in reading order: lesson by lesson, and within one as its exercises are specified."""
    order = {id: number for number, id in enumerate(registry().items)}

    def place(path: Path) -> tuple[str, int, str]:
        first = re.search(r'^# %% (?:exercise|answer)="([\w-]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        return path.parent.name, order.get(first[1], 0) if first else 0, path.stem

    return sorted(folder.glob("[0-9][0-9]_*/*.py"), key=place)


def source_notebook(path: Path, terms: list[Term] | None = None) -> NotebookNode:
    """The solved notebook of one script, with nbgrader's metadata. Raises: BuildError."""
    terms = load_terms() if terms is None else terms
    script = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = [made for cell in script.cells for made in _cells(cell, path, terms)]
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.id = grade_id or f"cell-{number:03d}"
        if grade_id:
            seen[grade_id] = seen.get(grade_id, 0) + 1
    twice = [grade_id for grade_id, count in seen.items() if count > 1]
    if twice:
        raise BuildError(f"{path}: more than one cell for {', '.join(twice)}")
    metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "rnn_course": {"lesson": path.parent.name},
    }
    return new_notebook(cells=cells, metadata=metadata)


def _cells(cell: NotebookNode, path: Path, terms: list[Term]) -> Iterator[NotebookNode]:
    kind = next((kind for kind in KINDS if kind in cell.metadata), None)
    id = cell.metadata.get(kind, "")
    if cell.cell_type == "markdown":
        yield new_markdown_cell(_linked(_efforts(cell.source, path), path, terms))
    elif kind == "exercise":
        _check_functions(cell.source, _item(id, path, Exercise), path)
        yield _graded(new_code_cell(cell.source), f"{id}-code", solution=True, grade=False)
    elif kind == "check":
        _item(id, path, Exercise)
        yield _graded(new_code_cell(f'check("{id}")'), id, solution=False, grade=True)
    elif kind == "answer":
        yield _graded(new_markdown_cell(_item(id, path, Written).model), id, solution=True, grade=True)
        yield _marked(new_code_cell(f'model_answer("{id}")'), "show")
    elif kind == "recall":
        yield from _recall(id.split(), path)
    elif cell.metadata.get("title", "show") != "show" or set(cell.metadata) - {"title", "tags", "lines_to_next_cell"}:
        raise BuildError(f"{path}: unknown kind of cell, {dict(cell.metadata)}")
    else:
        yield _marked(new_code_cell(cell.source), "show" if cell.metadata.get("title") == "show" else "set-up")


def _graded(cell: NotebookNode, grade_id: str, *, solution: bool, grade: bool) -> NotebookNode:
    data = {"grade": grade, "grade_id": grade_id, "locked": grade and not solution, "schema_version": 3}
    data |= {"solution": solution, "task": False, "cell_type": cell.cell_type}
    if grade:
        data["points"] = registry()[grade_id].points
    cell.metadata["nbgrader"] = data
    return cell


def _marked(cell: NotebookNode, kind: str) -> NotebookNode:
    cell.metadata["rnn_course"] = {"kind": kind}
    return cell


def _recall(ids: list[str], path: Path) -> Iterator[NotebookNode]:
    lines = ["Answer without looking back: write a letter between the quotes, then run the cell.", ""]
    for number, id in enumerate(ids, 1):
        if id not in load_questions():
            raise BuildError(f"{path}: there is no recall question {id!r}")
        question = load_questions()[id]
        lines.append(f"{number}. {question.text}")
        lines += [f"    - {letter}) {text}" for letter, text in zip(question.letters, question.choices, strict=True)]
    yield new_markdown_cell("\n".join(lines))
    yield _marked(new_code_cell("recall({\n" + "".join(f'    "{id}": "",\n' for id in ids) + "})"), "show")


def _item(id: str, path: Path, kind: type) -> Exercise | Written:
    try:
        item = registry()[id]
    except KeyError as error:
        raise BuildError(f"{path}: {error.args[0]}") from error
    if not isinstance(item, kind):
        raise BuildError(f"{path}: {id} is {type(item).__name__}, and the cell asks for {kind.__name__}")
    if registry().lesson_of[id] != path.parent.name:
        raise BuildError(f"{path}: {id} belongs to {registry().lesson_of[id]}")
    return item


def _check_functions(source: str, exercise: Exercise, path: Path) -> None:
    """The solution defines each function that is asked for here, with the signature of its reference."""
    try:
        defined = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except SyntaxError as error:
        raise BuildError(f"{path}: {exercise.id} does not parse: {error}") from error
    for name, reference in exercise.functions.items():
        if name not in defined:
            continue  # an exercise may stand in several cells; the solved lesson's points show that none lacks
        signature = re.sub(r"=\s*<[^<>]+>", "=...", str(inspect.signature(reference)))  # a default without a literal
        ours, theirs = defined[name].args, ast.parse(f"def f{signature}: pass").body[0].args
        for k, (_, default) in enumerate(zip(ours.defaults, theirs.defaults, strict=False)):
            ours.defaults[k] = default if ast.unparse(default) == "..." else ours.defaults[k]
        ours, theirs = _bare(ours), _bare(theirs)
        if ours != theirs:
            raise BuildError(f"{path}: {name}({ours}) has another signature than its reference, {name}({theirs})")


def _bare(arguments: ast.arguments) -> str:
    """Arguments and their defaults without annotations."""
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(arguments)


def _efforts(text: str, path: Path) -> str:
    def effort(match: re.Match) -> str:
        item = _item(match[1], path, object)
        dots = "●" * item.difficulty + "○" * (3 - item.difficulty)
        unit = "point" if item.points == 1 else "points"
        return f"{dots} · about {item.minutes} minutes · {points(item.points)} {unit}"

    return re.sub(r"<!-- effort: ([\w-]+) -->", effort, text)


def find_term(text: str, terms: list[Term]) -> Term | None:
    """The term that a link text stands for: its name or another spelling, in any case, one or many."""
    text = text.lower()
    for term in terms:
        for spelling in (term.name, *term.also):
            if text in (spelling.lower(), f"{spelling.lower()}s", f"{spelling.lower()}es"):
                return term
    return None


def _linked(text: str, path: Path, terms: list[Term]) -> str:
    def link(match: re.Match) -> str:
        term = find_term(match[1], terms)
        if term is None:
            raise BuildError(f"{path}: [{match[1]}](glossary) is no term of the glossary")
        meaning = term.text.replace('"', "'")
        return f'[{match[1]}](../glossary.ipynb#{term.anchor} "{meaning}")'

    return re.sub(r"\[([^\]\[]+)\]\(glossary\)", link, text)


def glossary_notebook(terms: list[Term]) -> NotebookNode:
    """The glossary as learners open it, in alphabetical order."""
    cells = [new_markdown_cell("# Glossary\n\nEach term, what it means, and the lesson that explains it.", id="top")]
    for number, term in enumerate(sorted(terms, key=lambda term: term.name.lower())):
        also = f" Also: {', '.join(term.also)}." if term.also else ""
        text = f"### {term.name}\n\n{term.text}{also} *Lesson {term.lesson[:2].lstrip('0') or '0'}.*"
        cells.append(new_markdown_cell(text, id=f"term-{number:03d}"))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})


def build(target: Path = LESSONS, solutions: Path = SOLUTIONS) -> list[Path]:
    """Build every lesson into `target`, which holds nothing else afterwards. Returns: the notebooks written."""
    terms = load_terms(solutions / "glossary.toml")
    _check_complete(solutions)
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        write_sources(course / "source", solutions)
        release(course)
        nbformat.write(glossary_notebook(terms), course / "release" / "glossary.ipynb")
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(course / "release", target)
    return sorted(target.rglob("*.ipynb"))


def write_sources(target: Path, solutions: Path = SOLUTIONS) -> list[Path]:
    """Write the solved notebooks, in the form of nbgrader's source/ folder. Returns: the notebooks written."""
    terms, written = load_terms(solutions / "glossary.toml"), []
    for path in sources(solutions):
        place = target / path.parent.name / f"{path.stem}.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(source_notebook(path, terms), place)
        written.append(place)
    return written


def release(course: Path) -> None:
    """Run nbgrader's generate_assignment on every lesson of `course/source`."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config

    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))  # alembic
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    api = NbGraderAPI(config=config)
    for lesson in sorted(folder.name for folder in (course / "source").iterdir()):
        outcome = api.generate_assignment(lesson)
        if not outcome["success"]:
            said = outcome.get("log") or outcome.get("error", "")
            first = re.search(r"\[ERROR\] (.*?)(?=\n\[|\Z)", said, re.DOTALL)  # the reason; tracebacks come after it
            raise BuildError(f"nbgrader could not release {lesson}: {first[1] if first else said}")


def _check_complete(solutions: Path) -> None:
    """Every exercise stands in its lesson, and no function name stands twice in one."""
    built = {path.parent.name for path in sources(solutions)}
    for lesson in built:
        text = "\n".join(path.read_text(encoding="utf-8") for path in sources(solutions) if path.parent.name == lesson)
        names: dict[str, str] = {}
        for item in registry():
            if registry().lesson_of[item.id] != lesson:
                continue
            kind = "answer" if isinstance(item, Written) else "check"
            if not re.search(rf'^# %% {kind}="{item.id}"', text, re.MULTILINE):
                raise BuildError(f"{lesson}: no cell {kind}={item.id!r}, which the specification asks for")
            for name in getattr(item, "functions", ()):
                if names.setdefault(name, item.id) != item.id:
                    raise BuildError(f"{lesson}: {name} is asked for by {names[name]} and by {item.id}")


def stale(lessons: Path = LESSONS, solutions: Path = SOLUTIONS) -> list[str]:
    """The files in which `lessons` differs from what a build would write."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "lessons"
        build(fresh, solutions)
        names = {
            path.relative_to(top).as_posix()
            for top in (fresh, lessons)
            for path in top.rglob("*")
            if path.is_file() and ".ipynb_checkpoints" not in path.parts
        }
        return sorted(
            name
            for name in names
            if not ((fresh / name).is_file() and (lessons / name).is_file())
            or not filecmp.cmp(fresh / name, lessons / name, shallow=False)
        )
