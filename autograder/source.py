"""From an authored script to the solved notebook: cells by their kind, with the metadata that nbgrader needs."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.checks import registry
from autograder.questions import ROOT, Term, load_questions, load_terms
from autograder.report import points
from autograder.spec import Exercise, Written

SOLUTIONS = ROOT / "solutions"
KINDS = ("exercise", "check", "answer", "recall")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class BuildError(ValueError):
    """A source that cannot become a lesson: names the file and what is wrong in it."""


def scripts(folder: Path = SOLUTIONS) -> dict[str, list[Path]]:
    """The authored scripts of each lesson, in the order of their names."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("[0-9][0-9]_*/*.py")):
        found.setdefault(path.parent.name, []).append(path)
    return found


def in_order(lesson: str, paths: list[Path]) -> list[Path]:
    """The scripts of a lesson in reading order: as its exercises are specified."""
    known = registry().lessons
    order = [item.id for item in known[lesson]] if len(paths) > 1 and lesson in known else []

    def place(path: Path) -> tuple[int, str]:
        first = re.search(r'^# %% (?:exercise|answer)="([\w-]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        return order.index(first[1]) if first and first[1] in order else 0, path.stem

    return sorted(paths, key=place)


def sources(folder: Path = SOLUTIONS) -> list[Path]:
    """The authored scripts in reading order."""
    return [path for lesson, paths in scripts(folder).items() for path in in_order(lesson, paths)]


def source_notebook(path: Path, terms: list[Term] | None = None) -> NotebookNode:
    """The solved notebook of one script, with nbgrader's metadata. Raises: BuildError."""
    import jupytext  # half a second, which a grader need not spend

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
        choices = [f"{letter}) {text}" for letter, text in zip(question.letters, question.choices, strict=True)]
        lines.append("  \n   ".join([f"{number}. {question.text}", *choices]))  # two blanks end a line in Markdown
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
            raise BuildError(f"{path}: the cell of {exercise.id} does not define {name}")
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


def glossary_notebook(terms: list[Term], places: dict[str, str] | None = None) -> NotebookNode:
    """The glossary as learners open it, in alphabetical order. places: name of a term -> link to where it stands."""
    cells = [new_markdown_cell("# Glossary\n\nEach term, what it means, and the lesson that explains it.", id="top")]
    for number, term in enumerate(sorted(terms, key=lambda term: term.name.lower())):
        also = f" Also: {', '.join(term.also)}." if term.also else ""
        lesson, place = f"Lesson {term.lesson[:2].lstrip('0') or '0'}", (places or {}).get(term.name)
        text = f"### {term.name}\n\n{term.text}{also} *{f'[{lesson}]({place})' if place else lesson}.*"
        cells.append(new_markdown_cell(text, id=f"term-{number:03d}"))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
