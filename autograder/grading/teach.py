"""An instructor's course folder, outside the repository, and JupyterLab with nbgrader's formgrader on it.

The folder is made once and is the instructor's from then on: nothing here writes to it a second time.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.build import release, write_sources
from autograder.grading.keep import NAME, Keep, trust
from autograder.index import write_front
from autograder.learn import environment, run_lab
from autograder.questions import ROOT, load_terms

CONFIG = "nbgrader_config.py"
COURSE_ID = "rnn-course"  # not nbgrader's empty default, with which a gradebook in PostgreSQL cannot be filled
HEAD = '''"""nbgrader in this course: written once by `rnn-course teach`, and yours to change."""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "{course_id}"  # the gradebook has it, too
'''
TAB = "nbgrader-formgrader:nbgrader-formgrader"
LAYOUT = {"main": {"dock": {"type": "tab-area", "currentIndex": 0, "widgets": [TAB]}, "current": TAB}}
SPACE = {"data": {"layout-restorer:data": LAYOUT, TAB: {"data": {}}}, "metadata": {"id": "formgrader"}}


def start(folder: Path, browser: bool = True, port: int | None = None) -> int:
    """Make the course if there is none, and open it. Returns: the exit status of JupyterLab."""
    folder = folder.expanduser().resolve()
    if is_course(folder):
        trust(folder)
        print(f"{folder} is a course already; nothing in it is changed.")
    else:
        print(f"Making a course in {folder}: the lessons are released into a new gradebook.", flush=True)
        make_course(folder)
    return open_formgrader(folder, browser, port)


def is_course(folder: Path) -> bool:
    """Whether a folder was made here."""
    return (folder / NAME).is_dir() and (folder / CONFIG).is_file()


def make_course(folder: Path, fill: Callable[[Path], None] | None = None) -> None:
    """Make a course in a folder that is new or empty: all of it, or, when this is ended early, nothing.

    fill: does more to the course before it is there.
    Raises: ValueError when the folder is inside the repository, or holds anything.
    """
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(ROOT):
        raise ValueError(f"{folder} is inside {ROOT}; expected a folder outside: what students hand in stays private")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is not empty, and no course of `rnn-course teach`; expected a new or empty folder")
    draft = folder.with_name(f".{folder.name}.being-made")
    shutil.rmtree(draft, ignore_errors=True)  # of a run that was killed
    draft.mkdir(mode=0o700, parents=True)  # on a shared machine nobody else may read solutions and scores
    try:
        _write(draft)
        if fill:
            fill(draft)
        if folder.exists():
            folder.rmdir()
        trust(draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(course: Path) -> None:
    """nbgrader's folders, its gradebook and its configuration, and the secret seed."""
    write_sources(course / "source")
    release(course, COURSE_ID)
    write_front(course / "release", load_terms())  # the lessons lead there
    (course / "submitted").mkdir()
    _, _, settings = (ROOT / CONFIG).read_text(encoding="utf-8").partition("c = get_config()  # noqa: F821\n")
    (course / CONFIG).write_text(HEAD.format(course_id=COURSE_ID) + settings, encoding="utf-8")
    (course / NAME).mkdir(mode=0o700)
    Keep(course / NAME).seed  # noqa: B018 - made when it is first asked for


def open_formgrader(folder: Path, browser: bool = True, port: int | None = None) -> int:
    """Run JupyterLab on a course, with the formgrader open, until it is stopped. Returns: its exit status."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    env = environment()
    ours = str(Path(__file__).parent / "jupyter")  # it stands first: learners have no formgrader
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join((ours, env["JUPYTER_CONFIG_PATH"]))
    env["PYTHONSAFEPATH"] = "1"  # a kernel starts beside the notebook that is opened: it imports nothing of a student's
    env["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / NAME / "workspaces")
    WorkspacesManager(env["JUPYTERLAB_WORKSPACES_DIR"]).save("formgrader", json.dumps(SPACE))
    print(f"JupyterLab starts on {folder}. Stop it with Ctrl-C; what you do is kept there.", flush=True)
    page = "/lab/workspaces/formgrader"  # and no `?formgrader=true`: the address is printed with `?token=` after it
    return run_lab(folder, page, browser, port, env, cwd=folder)  # nbgrader reads its configuration where it runs
