"""The process that processes which grade are forked from has loaded all lessons, before any is graded."""

import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from autograder.grading.fork_server import fork_server

LIGHT = "import sys; from autograder.grading.fork_server import fork_server; print('numpy' in sys.modules)"


def test_what_it_forks_has_loaded_the_grader_and_no_lesson():
    context = fork_server()
    assert fork_server() is context
    with context.Pool(1) as processes:
        found = processes.apply(eval, ["list(__import__('sys').modules)"])
        frozen, looks = processes.apply(
            eval, ["(lambda gc: (gc.get_freeze_count(), gc.isenabled()))(__import__('gc'))"]
        )
    assert "autograder.grading.batch" in found and "autograder.checks.gru" not in found
    assert frozen > 10_000 and looks  # no look for garbage goes through what was loaded


def test_asking_for_it_loads_nothing_here():
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
