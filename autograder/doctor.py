"""What is installed, what this machine offers, and what is missing and how to get it."""

import importlib.metadata
import platform
import shutil
import subprocess
import sys
import tomllib

from autograder.questions import ROOT


def examine() -> tuple[list[str], bool]:
    """A report, a line each, and whether all that the course needs is there."""
    lines = [f"Python {platform.python_version()} on {platform.system()} {platform.release()}, {platform.machine()}"]
    packages, healthy = _packages()
    return [*lines, *packages, _gpu(), *_ladder()], healthy


def _packages() -> tuple[list[str], bool]:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    lines, healthy = [], True
    for requirement in wanted:
        name, version = requirement.split("==")
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        fits = found.split("+")[0] == version
        healthy &= fits
        lines.append(f"  {'ok     ' if fits else 'differs'} {name} {found}" + ("" if fits else f", wanted {version}"))
    verdict = "all as pinned" if healthy else "not as pinned: delete .venv and run `python course.py`"
    return [f"packages: {verdict}", *lines], healthy


def _gpu() -> str:
    script = "import torch; print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else '')"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip()
    if found:
        return f"GPU: {found}"
    if shutil.which("nvidia-smi"):
        return "GPU: a driver is here, but torch does not see it (the CPU build is installed?)"
    return "GPU: none found; every exercise has a path for two CPU cores"


def _ladder() -> list[str]:
    """What there is to keep a student's code apart, tried and not guessed."""
    lines = ["apart from the grader (only needed to grade other people's work):"]
    if platform.system() == "Windows":
        return [*lines, "  grading needs WSL2 (`wsl --install`); learning works here as it is"]
    from autograder.sandbox.probing import report  # of systems that have limits for processes

    return [*lines, *(f"  {line}" for line in report())]
