"""The house keeps its rules: formatted, linted, imports in one direction."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    ["ruff check --quiet", "ruff format --check --quiet", "lint-imports --no-cache"],
)
def test_the_rules_hold(command: str):
    program, *arguments = command.split()
    outcome = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
