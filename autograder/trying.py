"""Run one exercise's checks on functions that stand in a file."""

import contextlib
import importlib.util
import sys
from pathlib import Path

from autograder.checks import registry
from autograder.local import grade_locally
from autograder.spec import Exercise
from autograder.verdict import Result


def try_answer(id: str, path: str | Path) -> Result:
    """Grade the functions and variables of a module; those that it lacks come from the reference.

    Raises: KeyError for an unknown exercise; FileNotFoundError; ValueError when the file does not run, or holds
    nothing that the exercise asks for.
    """
    exercise = registry()[id]
    if not isinstance(exercise, Exercise):
        raise ValueError(f"{id} is answered in words; a person grades it")
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    answer = _load(Path(path))
    asked = {**exercise.functions, **exercise.values}
    if not asked.keys() & answer.keys():
        raise ValueError(f"{path} holds none of {', '.join(asked)}, which {id} asks for")
    for name, reference in {**asked, **exercise.lends}.items():
        answer.setdefault(name, reference)  # in the answer's own globals, so that its functions find each other
    return grade_locally(exercise, answer)


def _load(path: Path) -> dict:
    """The globals of a module after it has run."""
    module_spec = importlib.util.spec_from_file_location("answer", path)
    if module_spec is None:
        raise ValueError(f"{path} is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(module_spec)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is for the result
            module_spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        words = " ".join(str(error).split())
        raise ValueError(f"{path} does not run: {type(error).__name__}: {words}") from error
    return vars(module)
