"""The doctor says what is there and what is missing, on every kind of machine."""

import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest

from autograder import doctor

PINNED = tomllib.loads((doctor.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


@pytest.fixture
def machine(monkeypatch):
    """A machine as the doctor sees it: packages as pinned, no GPU, and the second rung of the ladder."""
    state = SimpleNamespace(
        packages=dict(requirement.split("==") for requirement in PINNED),
        gpu="",
        programs=set(),
    )

    def version(name):
        if name not in state.packages:
            raise importlib.metadata.PackageNotFoundError(name)
        return state.packages[name]

    def run(command, **kwargs):
        return subprocess.CompletedProcess(command, 0, stdout=state.gpu + "\n", stderr="")

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in state.programs else None)
    monkeypatch.setattr("autograder.sandbox.probing.report", lambda: ["rung B: B", "  not A: refused"])
    return state


def report() -> tuple[str, bool]:
    lines, healthy = doctor.examine()
    assert all("\n" not in line for line in lines)
    return "\n".join(lines), healthy


def test_all_as_pinned(machine):
    text, healthy = report()
    assert healthy and "packages: all as pinned" in text
    assert text.startswith(f"Python {sys.version.split()[0]} on ")
    assert all(f"  ok      {requirement.replace('==', ' ')}" in text for requirement in PINNED)


def test_a_local_build_of_the_pinned_version_fits(machine):
    machine.packages["torch"] += "+cpu"
    assert report()[1]


@pytest.mark.parametrize("version", ["0.0.1", None])
def test_another_version_or_none(machine, version):
    name, wanted = PINNED[1].split("==")
    if version:
        machine.packages[name] = version
    else:
        del machine.packages[name]
    text, healthy = report()
    assert not healthy and "packages: not as pinned: delete .venv and run `python course.py`" in text
    assert f"  differs {name} {version or 'missing'}, wanted {wanted}" in text


def test_the_gpu(machine):
    assert "GPU: none found; every exercise has a path for two CPU cores" in report()[0]
    machine.programs.add("nvidia-smi")
    assert "GPU: a driver is here, but torch does not see it" in report()[0]
    machine.gpu = "NVIDIA Something"
    assert "GPU: NVIDIA Something" in report()[0]


def test_what_keeps_code_apart(machine, monkeypatch):
    text, _ = report()
    assert "apart from the grader (only needed to grade other people's work):\n  rung B: B\n    not A: refused" in text
    monkeypatch.setattr(doctor.platform, "system", lambda: "Windows")
    assert "grading needs WSL2" in report()[0]


@pytest.mark.full
def test_this_machine():
    lines, healthy = doctor.examine()
    assert isinstance(healthy, bool) and len(lines) >= len(PINNED) + 3
