"""Build the notebooks that learners open: solutions/NN_name/name.py -> lessons/NN_name/name.ipynb.

The authored script becomes a notebook with nbgrader's metadata; nbgrader's own `generate_assignment` takes the
solutions out. Two builds are equal to the byte.
"""

import filecmp
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from autograder.checks import registry
from autograder.index import write_front
from autograder.questions import ROOT, load_terms
from autograder.source import SOLUTIONS, BuildError, source_notebook, sources
from autograder.spec import Written

LESSONS = ROOT / "lessons"


def build(target: Path = LESSONS, solutions: Path = SOLUTIONS) -> list[Path]:
    """Build every lesson into `target`, which holds nothing else afterwards. Returns: the notebooks written."""
    terms = load_terms(solutions / "glossary.toml")
    _check_complete(solutions)
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        write_sources(course / "source", solutions)
        release(course)
        write_front(course / "release", terms, solutions)
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


def release(course: Path, course_id: str = "") -> None:
    """Run nbgrader's generate_assignment on every lesson of `course/source`. course_id: as its configuration says."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config

    programs = str(Path(sys.executable).parent)  # nbgrader runs alembic, which stands there
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((programs, os.environ.get("PATH", "")))
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.course_id = course_id
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
    missing = sorted(set(registry().lesson_of.values()) - built)
    if missing:
        raise BuildError(f"{solutions}: no script for {', '.join(missing)}, which has exercises")
    for lesson in sorted(built):
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
