"""What a student's process finds of the course: the allowed part of `rnn_core`, helpers and widgets that do nothing.

A lesson says what it allows (`ALLOWS` in its package of checks). Where it does not, that is what its solution
imports and what these modules import; a module that holds the reference of one of its functions is never there.
"""

import ast
import importlib
import importlib.util
import shutil
from collections.abc import Iterable
from pathlib import Path

import autograder
from autograder.checks import registry
from autograder.questions import ROOT
from autograder.spec import Exercise

PACKAGE = Path(importlib.util.find_spec("rnn_core").origin).parent
INSIDE = ("__init__", "channel", "cells", "worker", "syscalls", "lockdown", "zygote")
UNTRUSTED = ("arrays", "wire", "student", *(f"sandbox/{name}" for name in INSIDE))
STUB = '''"""In the grader the course's helpers do nothing: the checks run elsewhere."""

def nothing(*args, **kwargs):
    return None

{names} = {nothing}
'''
WIDGETS = '''"""In the grader nobody looks: any widget's name stands for a function that does nothing."""

def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return lambda *args, **kwargs: None
'''


def allowed(lesson: str) -> tuple[str, ...]:
    """The modules of `rnn_core` that a lesson's student may import, such as "data.text"."""
    name = lesson.partition("_")[2]
    checks = importlib.import_module(f"autograder.checks.{name}")
    if hasattr(checks, "ALLOWS"):
        return tuple(sorted(closure(checks.ALLOWS)))
    found = set()
    for path in sorted((ROOT / "solutions" / lesson).glob("*.py")):
        found |= imported(path.read_text(encoding="utf-8"))
    return tuple(sorted(closure(found - answering(lesson))))


def uses_torch(lesson: str) -> bool:
    """Whether torch is loaded before a lesson's students ask for it: `TORCH` in its package of checks."""
    return getattr(importlib.import_module(f"autograder.checks.{lesson.partition('_')[2]}"), "TORCH", False)


def answering(lesson: str) -> set[str]:
    """The modules of `rnn_core` that hold the reference of a function that this lesson asks for."""
    asked = [item for item in registry().lessons[lesson] if isinstance(item, Exercise)]
    modules = {reference.__module__ for exercise in asked for reference in exercise.functions.values()}
    return {name.partition(".")[2] for name in modules if name.startswith("rnn_core.")}


def closure(modules: Iterable[str]) -> set[str]:
    """These modules and all of `rnn_core` that they import."""
    found, left = set(), list(modules)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += imported(_source(name).read_text(encoding="utf-8"))
    return found


def imported(source: str) -> set[str]:
    """The modules of `rnn_core` that a source imports, anywhere in it; widgets are never among them."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    inner = {name.removeprefix("rnn_core.") for name in names if name.startswith("rnn_core.")}
    return {name for name in inner if name.partition(".")[0] != "widgets" and _source(name).is_file()}


def write_course(folder: Path, modules: Iterable[str]) -> None:
    """Write what a student's process may import into a folder."""
    ours = folder / "autograder"
    (ours / "sandbox").mkdir(parents=True)
    names = autograder.__all__
    stub = STUB.format(names=", ".join(names), nothing=", ".join(["nothing"] * len(names)))
    (ours / "__init__.py").write_text(stub, encoding="utf-8")
    for name in UNTRUSTED:
        shutil.copyfile(Path(autograder.__file__).parent / f"{name}.py", ours / f"{name}.py")
    for name in ("", *modules):
        source = _source(name)
        target = folder / "rnn_core" / source.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        for parent in source.relative_to(PACKAGE).parents:
            shutil.copyfile(PACKAGE / parent / "__init__.py", folder / "rnn_core" / parent / "__init__.py")
    (folder / "rnn_core" / "widgets.py").write_text(WIDGETS, encoding="utf-8")


def _source(name: str) -> Path:
    """The file of a module or of a package."""
    path = PACKAGE.joinpath(*name.split(".")) if name else PACKAGE
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
