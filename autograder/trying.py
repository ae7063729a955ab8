"""Run one exercise's checks on functions that stand in a file."""

import contextlib
import importlib.util
import sys
from pathlib import Path

from autograder.checks import registry
from autograder.local import grade_locally
from autograder.spec import Exercise
from autograder.verdict import Result, StudentError, grade_fairly


def try_answer(id: str, path: str | Path, sandbox: bool = False) -> Result:
    """Grade the functions and variables of a module; those that it lacks come from the reference.

    sandbox: run the module apart from everything, as a grader does.
    Raises: KeyError for an unknown exercise; FileNotFoundError; ValueError when the file does not run, or holds
    nothing that the exercise asks for.
    """
    exercise = registry()[id]
    if not isinstance(exercise, Exercise):
        raise ValueError(f"{id} is answered in words; a person grades it")
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if sandbox:
        return _try_apart(exercise, Path(path))
    answer = _load(Path(path))
    asked = {**exercise.functions, **exercise.values}
    if not asked.keys() & answer.keys():
        raise _holds_nothing(exercise, path)
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


def _try_apart(exercise: Exercise, path: Path) -> Result:
    from autograder.sandbox.course_files import allowed, uses_torch  # what follows is for Linux and macOS only
    from autograder.sandbox.probing import best_sandbox
    from autograder.sandbox.remote import RemoteBackend
    from autograder.sandbox.session import Session

    asked = {**exercise.functions, **exercise.values}
    lesson = registry().lesson_of[exercise.id]
    with best_sandbox(allowed(lesson), torch=uses_torch(lesson)) as sandbox, Session(sandbox) as session:
        try:
            session.execute(path.read_text(encoding="utf-8"), str(path))
        except StudentError as error:
            words = " ".join(error.message.split())
            raise ValueError(f"{path} does not run: {error.kind}: {words}") from error
        lacks = {name for name in (*asked, *exercise.lends) if not session.has(name)}
        if asked.keys() <= lacks:
            raise _holds_nothing(exercise, path)
        given = {name: reference for name, reference in {**asked, **exercise.lends}.items() if name in lacks}
        return grade_fairly(exercise, lambda lends: RemoteBackend(session, exercise.seconds, lends, given))


def _holds_nothing(exercise: Exercise, path: str | Path) -> ValueError:
    asked = ", ".join({**exercise.functions, **exercise.values})
    return ValueError(f"{path} holds none of {asked}, which {exercise.id} asks for")
