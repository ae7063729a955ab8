"""A wrong answer as a student would have written it: a named mistake of an exercise in the place of its solution."""

import ast
import inspect
import random
import textwrap
from typing import Any

from autograder.spec import Exercise


def slipped(source: str, exercise: Exercise, known: set[str], rng: random.Random) -> str:
    """The cell with one of the exercise's mistakes in it, drawn by `rng`; as it was, where none can be written out.

    known: the names that the notebook has from elsewhere.
    """
    versions = [_replaced(source, mistake.replaces, known | set(exercise.functions)) for mistake in exercise.mistakes]
    versions = [version for version in versions if version]
    return rng.choice(versions) if versions else source


def imported(source: str) -> set[str]:
    """The names that a cell's imports bind."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.asname or name.name.partition(".")[0] for node in nodes for name in node.names}


def _replaced(source: str, replaces: dict[str, Any], known: set[str]) -> str | None:
    """The cell with other definitions of these names."""
    lines, places = source.splitlines(), {}
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if name in replaces:
                places[name] = node.lineno - 1, node.end_lineno
    written = {name: _written(name, version, known) for name, version in replaces.items()}
    if set(places) != set(replaces) or not all(written.values()):
        return None
    for name, (begin, end) in sorted(places.items(), key=lambda item: -item[1][0]):
        lines[begin:end] = written[name].splitlines()
    return "\n".join(lines)


def _written(name: str, version: Any, known: set[str]) -> str | None:
    """A definition as text; None where it needs what a notebook does not have."""
    if not inspect.isfunction(version):
        try:
            ast.literal_eval(repr(version))
        except (ValueError, SyntaxError):
            return None
        return f"{name} = {version!r}"
    if version.__closure__ or version.__name__ == "<lambda>":
        return None
    source = textwrap.dedent(inspect.getsource(version))
    function = ast.parse(source).body[0]
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    if used & set(version.__globals__) - known:
        return None
    lines = source.splitlines()[function.lineno - 1 :]  # without the decorator that made it a mistake
    return "\n".join([lines[0].replace(f"def {version.__name__}(", f"def {name}(", 1), *lines[1:]])
