"""What the README shows is what the course says."""

import re
import subprocess
import sys
from pathlib import Path

from autograder.source import sources

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_output_shown_is_the_real_one():
    block = r"<!-- output -->\n```\n\$ python course\.py ([^\n]*)\n(.*?)```"
    command, shown = re.search(block, README, re.DOTALL).groups()
    run = [sys.executable, "-m", "autograder.cli", *command.split()]
    outcome = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert outcome.returncode == 1
    assert shown == outcome.stdout


def test_every_lesson_and_every_linked_file_is_there():
    for path in sources():
        assert f"`{path.stem}`" in README
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link
