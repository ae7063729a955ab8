"""The learner's own copy of the lessons, and JupyterLab on it.

`lessons/` is generated and tracked; a learner works in `my_lessons/`, which git ignores. A copy that was not touched
follows the lessons; one that was is never overwritten.
"""

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.questions import ROOT

LESSONS, MINE = ROOT / "lessons", ROOT / "my_lessons"
MANIFEST = ".copied.json"  # path of a file -> the hash it had when it was copied
START = "01_feedback_loop/feedback_loop.ipynb"


@dataclass
class Copied:
    """What a refresh did: files new, brought up to date, and left alone because they were worked on."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def refresh(lessons: Path = LESSONS, mine: Path = MINE) -> Copied:
    """Copy what is new and update what was not touched. Raises: FileNotFoundError when there are no lessons."""
    if not lessons.is_dir():
        raise FileNotFoundError(f"there are no lessons in {lessons}; run `python course.py build`")
    mine.mkdir(parents=True, exist_ok=True)
    copied, manifest = Copied(), _read(mine / MANIFEST)
    for source in sorted(
        path for path in lessons.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts
    ):
        name = source.relative_to(lessons).as_posix()
        wanted, place = _hash(source), mine / name
        if not place.exists():
            copied.new.append(name)
        elif _hash(place) == wanted:
            manifest[name] = wanted
            continue
        elif _hash(place) == manifest.get(name):
            copied.updated.append(name)
        else:
            if manifest.get(name) != wanted:
                copied.kept.append(name)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_name(place.name + ".part")
        shutil.copyfile(source, temporary)
        os.replace(temporary, place)
        manifest[name] = wanted
    temporary = mine / (MANIFEST + ".part")
    temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    os.replace(temporary, mine / MANIFEST)
    return copied


def reset(lesson: str, lessons: Path = LESSONS, mine: Path = MINE) -> str:
    """Begin one lesson anew; the learner's version is moved to a dated folder. Returns: what was done, in words."""
    names = [path.name for path in sorted(lessons.iterdir()) if path.is_dir() and path.name[:1].isdigit()]
    found = [name for name in names if lesson == name or (lesson.isdecimal() and int(name[:2]) == int(lesson))]
    if not found:
        raise ValueError(f"there is no lesson {lesson!r}; there are {', '.join(names)}")
    folder, kept = mine / found[0], ""
    if folder.exists():
        stamp = datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
        place = mine / "kept" / f"{found[0]}_{stamp}"
        while place.exists():
            place = place.with_name(f"{place.name}_again")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, place)
        kept = f" What you had is in {place}."
    refresh(lessons, mine)
    return f"{found[0]} begins anew.{kept}"


def start(browser: bool = True, port: int | None = None, lessons: Path = LESSONS, mine: Path = MINE) -> int:
    """Refresh the learner's copy and run JupyterLab on it until it is stopped. Returns: its exit status."""
    copied = refresh(lessons, mine)
    if copied.new or copied.updated:
        print(f"my_lessons: {len(copied.new)} new files, {len(copied.updated)} brought up to date.")
    for name in copied.kept:
        way = f"`python course.py reset {name[:2]}` takes it" if name[:2].isdecimal() else "delete yours to get it"
        print(f"my_lessons/{name}: there is a newer version; yours stays. To have the new one: {way}.")
    print("JupyterLab starts. Stop it with Ctrl-C; your work is in my_lessons/.", flush=True)
    return run_lab(mine, f"/lab/tree/{START}", browser, port, environment())


def run_lab(root: Path, page: str, browser: bool, port: int | None, env: dict[str, str], **options: Any) -> int:
    """Run JupyterLab on a folder until it is stopped; `options` are those of Popen. Returns: its exit status."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += [f"--LabApp.default_url={page}", "--LabApp.news_url="]
    command.append("--LabApp.extension_manager=readonly")  # its list is fetched from the network
    command += [] if browser else ["--no-browser"]
    command += [f"--ServerApp.port={port}"] if port else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    server = subprocess.Popen(command, env=env, **options)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())  # whoever ends this ends the server
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            continue  # the server got it too, and asks or stops by itself


def environment() -> dict[str, str]:
    """The environment of the server: this Python's programs first, no news, one thread for numpy's products.

    Beside other busy programs, two threads on two cores can be far slower than one.
    """
    env = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
    env["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", "")))
    ours = str(Path(__file__).parent / "jupyter")
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, (ours, env.get("JUPYTER_CONFIG_PATH"))))
    return env


def _hash(path: Path) -> str:
    """By what a file counts as touched: a notebook by what stands in its cells, as opening it rewrites all else."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # no notebook: by its bytes
            cells = json.loads(content)["cells"]
            cells = [(cell["source"], cell["metadata"].get("nbgrader")) for cell in cells if cell["source"]]
            content = json.dumps(cells).encode()
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, dict) else {}  # without it, whatever differs from the lessons counts as touched
