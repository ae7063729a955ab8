"""On Windows a learner's commands work, and grading says in one sentence where it works.

The modules that Python has on Linux and macOS alone are taken away from a process that says that it runs on Windows.
It cannot show what Windows does; it shows what is imported.
"""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.questions import ROOT
from autograder.source import sources

MISSING = ["_posixshmem", "_posixsubprocess", "fcntl", "grp", "multiprocessing.forkserver", "posix", "pty", "pwd"]
MISSING += ["resource", "syslog", "termios", "tty"]
WINDOWS = f"""
import asyncio, ctypes, importlib.metadata, multiprocessing.context, os, sys  # these ask which system they are on
import platform, shutil, subprocess, tempfile, uuid, webbrowser, zipfile
import sqlite3, numpy
from concurrent.futures import ProcessPoolExecutor
for name in {MISSING!r}:
    sys.modules[name] = None  # what imports it raises ImportError
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fork", "geteuid", "getuid", "killpg", "setsid", "unshare"):
    if hasattr(os, name):
        delattr(os, name)
sys.platform, platform.system = "win32", lambda: "Windows"
"""
ID = "loop-feedforward-step"


def on_windows(code: str, folder: Path, before: str = "") -> subprocess.CompletedProcess:
    """Run code there. before: what is imported first, because it would look for Windows itself."""
    env = os.environ | {"HOME": str(folder), "PYTHONPATH": str(ROOT), "RNN_COURSE_PROGRESS": str(folder / "progress")}
    program = before + WINDOWS + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, text=True)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return on_windows(f"from autograder.cli import main\nsys.exit(main({[*map(str, arguments)]!r}))", folder)


@pytest.mark.parametrize(
    "arguments", [("grade", "submitted"), ("teach", "course"), ("demo-class",), ("try", ID, "answer.py", "--sandbox")]
)
def test_grading_says_where_it_works(tmp_path, arguments):
    done = command(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    words = "grading needs Linux or macOS; on Windows use WSL2 (`wsl --install`), with this folder there"
    assert done.stderr == f"rnn-course {arguments[0]}: {words}\n"
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("doctor",), "grading needs WSL2"),
        (("exercises",), ID),
        (("progress",), "feedback_loop"),
        (("try", ID, "answer.py"), f"{ID}: 0 of"),
    ],
)
def test_a_learners_commands_need_nothing_that_windows_lacks(tmp_path, arguments, words):
    (tmp_path / "answer.py").write_text("def feedforward_step(*args):\n    return 0\n")
    done = command(tmp_path, *arguments)
    assert "Traceback" not in done.stderr and words in done.stdout, done.stdout + done.stderr


def test_so_do_the_lessons_and_their_checks(tmp_path):
    done = on_windows(
        f"""
        from pathlib import Path
        from autograder import learn
        learn.run_lab = lambda *arguments, **options: 0
        here = Path("mine")
        assert learn.start(browser=False, mine=here) == 0 and (here / learn.START).exists()
        print(learn.reset("1", mine=here))
        from autograder.notebook import check, hint, model_answer, outcome, recall, solution
        print(hint({ID!r}), check({ID!r}))
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "begins anew" in done.stdout and done.stdout.strip().endswith("0.0")


def test_so_does_all_that_a_lesson_imports(tmp_path):
    lines = [line for path in sources() for line in path.read_text(encoding="utf-8").splitlines()]
    imports = sorted({line for line in lines if re.match(r"(from [\w.]+ )?import [\w., ]+$", line)})
    done = on_windows("\n".join(imports), tmp_path, before="import anywidget, matplotlib.pyplot, torch")
    assert len(imports) > 10 and done.returncode == 0, done.stderr


def test_the_process_of_these_tests_lacks_what_windows_lacks(tmp_path):
    done = on_windows("import autograder.sandbox.lockdown", tmp_path)
    assert "ModuleNotFoundError: import of resource halted" in done.stderr
