"""An instructor's course: made once or not at all, never touched again; what docs/instructors.md tells works."""

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from traitlets.config import PyFileConfigLoader

from autograder import build
from autograder.cli import main
from autograder.grading import teach
from autograder.grading.keep import Keep
from autograder.questions import ROOT
from autograder.source import sources

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own
LESSON = "01_feedback_loop"
LESSONS = sorted({path.parent.name for path in sources()})


def files(folder: Path) -> dict[str, bytes]:
    """All files of a course but JupyterLab's own."""
    found = (path for path in folder.rglob("*") if path.is_file() and "workspaces" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def quick(monkeypatch):
    """A course is made of two files, and no JupyterLab is started. Holds: the folders that would have been opened."""

    def write(course: Path) -> None:
        (course / teach.NAME).mkdir()
        (course / teach.CONFIG).write_text("made")

    opened = []
    monkeypatch.setattr(teach, "_write", write)
    monkeypatch.setattr(teach, "run_lab", lambda root, *rest, **options: opened.append(root) or 0)
    return opened


# where


@pytest.mark.parametrize("inside", [".", "my_course", "lessons/course"])
def test_a_folder_inside_the_repository_is_refused(quick, inside, capsys):
    assert main(["teach", str(ROOT / inside)]) == 2
    assert f"is inside {ROOT}; expected a folder outside" in capsys.readouterr().err
    assert not quick and not (ROOT / "my_course").exists()


def test_a_link_into_the_repository_is_refused(quick, tmp_path):
    (tmp_path / "link").symlink_to(ROOT)
    with pytest.raises(ValueError, match="is inside"):
        teach.start(tmp_path / "link" / "course")


def test_a_folder_that_holds_something_else_is_refused(quick, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for folder in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(ValueError, match=r"is not empty, and no course of `rnn-course teach`; expected a new"):
            teach.start(folder)
    assert files(tmp_path) == {"thesis.txt": b"years of work"} and not quick


@pytest.mark.parametrize("there", [True, False])
def test_a_new_or_an_empty_folder_becomes_a_course(quick, tmp_path, there):
    folder = tmp_path / "a" / "course"
    if there:
        folder.mkdir(parents=True)
    assert teach.start(folder) == 0 and teach.is_course(folder)
    assert quick == [folder] and [path.name for path in folder.parent.iterdir()] == ["course"]
    assert os.name != "posix" or stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_jupyterlab_runs_in_the_course_with_the_formgrader(quick, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(teach, "run_lab", lambda *arguments, **options: calls.append((*arguments, options)) or 5)
    folder = tmp_path / "course"
    assert main(["teach", str(folder), "--no-browser", "--port", "8899"]) == 5
    ((root, page, browser, port, env, options),) = calls
    assert (root, browser, port, options) == (folder, False, 8899, {"cwd": folder})
    assert "?" not in page, "the address is printed with ?token= after it"
    settings = [Path(path) for path in env["JUPYTER_CONFIG_PATH"].split(os.pathsep)[:2]]
    assert [path.parent.name for path in settings] == ["grading", "autograder"]
    assert env["PYTHONSAFEPATH"] == "1"
    assert Path(env["JUPYTERLAB_WORKSPACES_DIR"]).is_relative_to(folder / teach.NAME)


# once


def test_what_an_instructor_changed_stays(quick, tmp_path):
    teach.start(tmp_path / "course")
    (tmp_path / "course" / teach.CONFIG).write_text("mine")
    (tmp_path / "course" / "notes.txt").write_text("mine, too")
    before = files(tmp_path)
    assert teach.start(tmp_path / "course") == 0
    assert files(tmp_path) == before and len(quick) == 2


def test_what_was_killed_is_made_again(quick, tmp_path):
    folder, draft = tmp_path / "course", tmp_path / ".course.being-made"
    (draft / "source").mkdir(parents=True)
    (draft / teach.NAME).mkdir()
    (draft / "old").touch()
    assert not teach.is_course(folder)
    assert teach.start(folder) == 0
    assert teach.is_course(folder) and not draft.exists() and not (folder / "old").exists()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, build.BuildError])
def test_what_is_stopped_leaves_nothing(quick, tmp_path, stop):
    def fill(course: Path) -> None:
        raise stop

    with pytest.raises(stop):
        teach.make_course(tmp_path / "course", fill)
    assert not list(tmp_path.iterdir())


# a whole one


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("teach") / "course"
    teach.make_course(folder)
    return folder


@pytest.mark.full
def test_the_course_is_complete(course):
    for step in ("source", "release"):
        assert sorted(path.name for path in (course / step).iterdir() if path.is_dir()) == LESSONS
    assert (course / "release" / "glossary.ipynb").exists() and not list((course / "submitted").iterdir())
    for path in (course / "release").rglob("*.ipynb"):
        assert "SOLUTION" not in path.read_text(encoding="utf-8")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", teach.COURSE_ID) as gradebook:
        assert sorted(row.name for row in gradebook.assignments) == LESSONS
        assert {row.course_id for row in gradebook.assignments} == {teach.COURSE_ID}


@pytest.mark.full
def test_the_secret_is_the_instructors_alone(course, tmp_path):
    keep = course / ".rnn-course"
    assert sorted(path.name for path in keep.iterdir()) == ["mark", "secret_seed"]
    if os.name == "posix":
        assert stat.S_IMODE(keep.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in keep.iterdir()} == {0o600}
    assert Keep(keep).seed != Keep(tmp_path / "other").seed


@pytest.mark.full
def test_the_settings_are_those_of_this_repository_wherever_the_course_lies(course, tmp_path):
    moved = shutil.copytree(course, tmp_path / "moved")
    config = PyFileConfigLoader(teach.CONFIG, path=str(moved)).load_config()
    ours = PyFileConfigLoader(teach.CONFIG, path=str(ROOT)).load_config()
    own = config.CourseDirectory
    assert (own.pop("root"), own.pop("course_id")) == (str(moved), teach.COURSE_ID)
    assert config == ours
    assert "autograder.grading.nbgrader_bridge.FastExecute" in config.Autograde.autograde_preprocessors


def commands() -> list[str]:
    """The commands in docs/instructors.md, in their order, but for those that open a browser."""
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    blocks = [block for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if not kind]
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("python course.py teach", "source ", "cd "))]


@pytest.mark.full
def test_every_command_that_instructors_are_told_runs(course, tmp_path):
    for student in ("adiallo", "late"):
        shutil.copytree(course / "source" / LESSON, course / "submitted" / student / LESSON)
    (course / "submitted" / "late" / LESSON / "timestamp.txt").write_text("2026-10-13 12:00:00 UTC")
    with zipfile.ZipFile(course.parent / "class.zip", "w") as archive:  # as Canvas names what it packs
        archive.write(course / "source" / LESSON / "feedback_loop.ipynb", "diallo_101_202_feedback_loop.ipynb")
    told = commands()
    assert len(told) == 9 and told[2] == "rnn-course grade submitted"
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = os.environ | {"PATH": path}
    said = {}
    for line in told:
        if line.endswith("--force"):
            with open(course / teach.CONFIG, "a", encoding="utf-8") as config:
                config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
        ran = subprocess.run(line, shell=True, cwd=course, env=env, capture_output=True, text=True)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        said[line] = ran.stdout
    assert "adiallo  01_feedback_loop  17 of 17 points" in said["rnn-course grade submitted"]
    assert "diallo_101  01_feedback_loop  17 of 17 points" in said["rnn-course grade ../class.zip"]
    assert (course / "feedback" / "adiallo" / LESSON / "feedback_loop.html").exists()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", teach.COURSE_ID) as gradebook:
        scores = {row.student.id: row.notebooks[0] for row in gradebook.assignment_submissions(LESSON)}
        assert [scores[student].score for student in ("adiallo", "late")] == [17, 17]
        assert [scores[student].late_submission_penalty for student in ("adiallo", "late")] == [None, 17]
        assert gradebook.find_student("adiallo").last_name == "Diallo"
    assert "adiallo,Diallo,Amina" in (course / "grades.csv").read_text(encoding="utf-8")
    for path in (course / "autograded").rglob("*.ipynb"):
        assert nbformat.read(path, 4).metadata.rnn_course_graded.verified
