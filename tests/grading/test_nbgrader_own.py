"""nbgrader's own tests of grading pass unchanged with our preprocessors in the place of its own.

Measured with nbgrader 0.9.6: its own code passes the same 250 and skips the same two (too long, too much memory).
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.questions import ROOT

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

pytestmark = pytest.mark.full

GROUPS = (  # two processes side by side
    ("apps.test_nbgrader_autograde",),
    (
        "apps.test_nbgrader_generate_feedback",
        "apps.test_nbgrader_export",
        "api",
        "preprocessors.test_saveautogrades",
        "preprocessors.test_overwritecells",
    ),
)
PASSED, SKIPPED, FAILED = 250, 2, ()  # FAILED: tests that fail with nbgrader's own code, too


def start(folder: Path, modules: tuple[str, ...], *options: str, ours: bool = True) -> subprocess.Popen:
    """Run tests of nbgrader in a process whose only configuration is our nbgrader_config.py, or none."""
    config = folder / "config"
    config.mkdir(parents=True)
    if ours:
        shutil.copy(ROOT / "nbgrader_config.py", config)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    witness = {"JUPYTER_CONFIG_DIR": str(config), "RNN_COURSE_WITNESS": str(folder / "witness")}
    names = [f"nbgrader.tests.{module}" for module in modules]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.grading.witness"]
    with open(folder / "out", "wb") as out:
        return subprocess.Popen(
            [*command, *options, "--pyargs", *names],
            cwd=folder,
            env={**os.environ, **witness, "PATH": path, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def seen(*folders: Path) -> Counter:
    """How often what was called."""
    return Counter(line for folder in folders for line in (folder / "witness").read_text().splitlines())


def test_the_witness_sees_nbgraders_own_preprocessors(tmp_path):
    only = start(tmp_path, ("apps.test_nbgrader_autograde",), "-k", "test_side_effects", ours=False)
    assert only.wait(300) == 0, (tmp_path / "out").read_text()
    assert seen(tmp_path) == {"a notebook is autograded": 1, "a kernel starts": 1, "stock SaveAutoGrades": 1}


def test_nbgraders_own_tests_pass_with_our_preprocessors(tmp_path):
    folders = [tmp_path / str(number) for number in range(len(GROUPS))]
    running = [start(folder, modules) for folder, modules in zip(folders, GROUPS, strict=True)]
    try:
        codes = [process.wait(1800) for process in running]
    finally:
        for process in running:
            process.kill()
    said = "\n".join((folder / "out").read_text(errors="replace") for folder in folders)
    failed = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE))
    assert failed <= set(FAILED), said[-5000:]
    assert all(code in (0, 1) for code in codes), said[-5000:]
    counts = {word: sum(map(int, re.findall(rf"(\d+) {word}", said))) for word in ("passed", "skipped")}
    assert counts == {"passed": PASSED - len(FAILED), "skipped": SKIPPED}, said[-5000:]
    calls = seen(*folders)
    assert calls["a notebook is autograded"] == 94
    assert calls["FastExecute"] >= 0.9 * calls["a notebook is autograded"]  # some are broken on purpose
    assert calls["TrustedSaveAutoGrades"] >= 0.9 * calls["a notebook is autograded"]
    assert not calls["a kernel starts"]
    assert not calls["stock SaveAutoGrades"]
